"""From the command line and the environment to an engine that is ready for visitors."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from demo import words
from demo.engine import Engine
from glamor.checkpoint import EMBEDDED, resolve_source
from glamor.errors import CheckpointError
from glamor.predictor import Predictor

HOST, EVERYWHERE, PORT = "127.0.0.1", "0.0.0.0", 7860


@dataclass(frozen=True)
class Settings:
    """Where the weights come from, where the page is served, and which other weights visitors may ask for."""

    checkpoint: str
    host: str
    port: int
    allowed: tuple[str, ...] = ()


def read_settings(arguments: Sequence[str] | None = None) -> Settings:
    """Read the command line; what it leaves out comes from GLAMOR_CHECKPOINT and Gradio's own variables.

    Which other checkpoints visitors may ask for is the host's to say: GLAMOR_ALLOWED_CHECKPOINTS, by commas.

    Raises:
        SystemExit: after ``--help`` (0) or arguments that make no sense (2).
    """
    parser = argparse.ArgumentParser(prog="app.py", description=words.TITLE)
    parser.add_argument("--checkpoint", metavar="SOURCE", help="folder, owner/name or owner/name@revision on the Hub")
    # A Space is reached from outside its container, whatever else is set there; anywhere else that takes a decision.
    host = EVERYWHERE if os.environ.get("SPACE_ID") else HOST
    parser.add_argument("--host", default=os.environ.get("GRADIO_SERVER_NAME") or host, help="address to listen on")
    parser.add_argument(
        "--port", type=int, default=os.environ.get("GRADIO_SERVER_PORT") or str(PORT), help="port to listen on"
    )
    options = parser.parse_args(arguments)
    return Settings(resolve_source(options.checkpoint), options.host, options.port, _allowed())


def open_engine(source: str, fallback: str | os.PathLike[str] = EMBEDDED, allowed: Sequence[str] = ()) -> Engine:
    """Load the weights; where a Hub repository fails, use others and say so on the page.

    Args:
        source: a folder, ``owner/name`` or ``owner/name@revision``.
        fallback: folder of the weights to use instead, the embedded ones.
        allowed: sources of other checkpoints that visitors may ask for; none is loaded before somebody does.

    Raises:
        CheckpointError: if a folder cannot be loaded.
        DeviceError: if GLAMOR_DEVICE names no device of this machine.
    """
    try:
        return Engine(Predictor(source), allowed=allowed)
    except CheckpointError as error:
        if not _is_on_hub(source):
            raise
        return Engine(Predictor(fallback), words.FELL_BACK.format(source=source, reason=error), allowed)


def _allowed() -> tuple[str, ...]:
    named = (name.strip() for name in os.environ.get("GLAMOR_ALLOWED_CHECKPOINTS", "").split(","))
    return tuple(dict.fromkeys(filter(None, named)))


def _is_on_hub(source: str) -> bool:
    return source.count("/") == 1 and not source.startswith((".", "~", "/")) and not Path(source).exists()
