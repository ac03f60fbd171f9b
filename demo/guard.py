"""What goes wrong reaches the visitor as one sentence, and the log without any of the visitor's content."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import gradio as gr
import torch

from demo import text
from glamor.errors import GlamorError

P = ParamSpec("P")
R = TypeVar("R")
_LOG = logging.getLogger("glamor.demo")


def message_of(error: Exception) -> str:
    """Return the sentence for a visitor; an unexpected error is logged, by type and place only."""
    if isinstance(error, GlamorError):
        return str(error)
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error):
        return text.OUT_OF_MEMORY  # on a CPU torch raises a plain RuntimeError
    place = traceback.extract_tb(error.__traceback__)[-1]
    # Not its message: that may quote a file name or a value that a visitor sent.
    _LOG.error("unexpected %s in %s, line %s", type(error).__name__, place.name, place.lineno)
    return text.UNEXPECTED


def as_api_errors(handler: Callable[P, R]) -> Callable[P, R]:
    """Wrap an API handler: whatever it raises becomes a ``gr.Error`` with one sentence."""

    @wraps(handler)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return handler(*args, **kwargs)
        except Exception as error:
            raise gr.Error(message_of(error), print_exception=False) from None

    return guarded
