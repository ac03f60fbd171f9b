"""An event's pictures, put into the cache whole."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import gradio as gr
from PIL.Image import Image

from demo import cache, words
from demo.room import Room


def with_kept_pictures(blocks: Sequence[Any], values: Any, room: Room) -> Any:
    """Return an event's outputs with the paths of their pictures in the cache."""
    if len(blocks) == 1:
        return _with_kept_picture(blocks[0], values, room)
    if not isinstance(values, list | tuple):
        return values
    # (Gradio tells if they are not as many.)
    return [_with_kept_picture(block, value, room) for block, value in zip(blocks, values, strict=False)]


def _with_kept_picture(block: Any, value: Any, room: Room) -> Any:
    if isinstance(value, dict) and "value" in value:
        return value | {"value": _with_kept_picture(block, value["value"], room)}
    if not isinstance(value, Image):
        return value
    data = BytesIO()
    value.save(data, block.format, compress_level=1)  # of PNG: a quarter larger, and there in half the time
    room.measure()
    if not room.take(len(data.getvalue())):
        raise gr.Error(words.CACHE_FULL, print_exception=False)
    return cache.keep(data.getvalue(), f"image.{block.format}")
