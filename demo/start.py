"""From the command line and the environment to an engine that is ready for visitors."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo import gpu, words
from demo.engine import Engine
from glamor.checkpoint import EMBEDDED, resolve_source
from glamor.errors import CheckpointError, GlamorError
from glamor.predictor import Predictor

HOST, EVERYWHERE, PORT = "127.0.0.1", "0.0.0.0", 7860
INTERRUPTED = 130  # what shells expect after Ctrl-C
_REASONS = {
    errno.EADDRINUSE: words.PORT_TAKEN,
    errno.EACCES: words.PORT_FORBIDDEN,
    errno.EADDRNOTAVAIL: words.NOT_AN_ADDRESS,
}


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
    return Settings(resolve_source(options.checkpoint), _bracketed(options.host), options.port, _allowed())


def in_one_line(main: Callable[[], int]) -> int:
    """Return what a program ends with; what keeps it from its work is said in one line."""
    try:
        return main()
    except (GlamorError, OSError) as error:
        print("app.py:", *str(error).split(), file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # in the middle of the start
        return INTERRUPTED


def check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before anything that takes time.

    Raises:
        GlamorError: if it is taken, forbidden, or no address of this machine.
    """
    if not 0 < port < 65536:
        raise GlamorError(words.NO_PORT.format(port=port))
    for name in dict.fromkeys((host, HOST)):  # Gradio looks whether the port is free at HOST too
        try:
            found = socket.getaddrinfo(name.strip("[]"), port, type=socket.SOCK_STREAM)
            family, kind, _, _, address = found[0]
            with socket.socket(family, kind) as probe:
                if os.name != "nt":  # where it would mean that a taken port will do
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except (OSError, UnicodeError) as error:
            reason = _REASONS.get(getattr(error, "errno", None) or 0, words.NOT_AN_ADDRESS)
            raise GlamorError(reason.format(host=name, port=port)) from error


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
    device = gpu.device_name()
    try:
        return Engine(Predictor(source, device), allowed=allowed)
    except CheckpointError as error:
        if not _is_on_hub(source):
            raise
        return Engine(
            Predictor(fallback, gpu.device_name()), words.FELL_BACK.format(source=source, reason=error), allowed
        )


def _bracketed(host: str) -> str:
    """Return an address as it stands in a link: one of IPv6 in brackets."""
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host


def _allowed() -> tuple[str, ...]:
    named = (name.strip() for name in os.environ.get("GLAMOR_ALLOWED_CHECKPOINTS", "").split(","))
    return tuple(dict.fromkeys(filter(None, named)))


def _is_on_hub(source: str) -> bool:
    return source.count("/") == 1 and not source.startswith((".", "~", "/")) and not Path(source).exists()
