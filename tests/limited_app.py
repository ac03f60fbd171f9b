"""The real app with limits so small that a test goes past them in a moment."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path

import httpx

from demo.limits import Limits, variable
from tests.live_app import LiveApp, files_in, start, stop
from tests.visitor import Visitor

SMALL = Limits(
    body_mib=2,
    body_parts=500,
    bodies_mib=5,
    upload_mib=1,
    upload_files=3,
    cache_mib=16,
    arriving=4,
    arriving_per_address=2,
    stall_seconds=3,
    connections=60,
    connections_per_address=40,
    waiting=12,
    waiting_programs=3,
    tool_calls=2,
    visits=6,
    visits_per_address=3,
)
ELSEWHERE = "127.0.0.2"  # another address of this machine, as good as another machine's


@cache
def limited_app(checkpoint: str) -> LiveApp:
    """Start the app; it ends with the tests.

    Args:
        checkpoint: source of its weights.
    """
    settings = {variable(name): str(value) for name, value in vars(SMALL).items()}
    app, process = start("app.py", "--checkpoint", checkpoint, **settings)
    atexit.register(stop, app, process)
    return app


def client_from(app: LiveApp, address: str) -> httpx.Client:
    """Return a client that calls from an address of this machine."""
    return httpx.Client(base_url=app.url, timeout=120, transport=httpx.HTTPTransport(local_address=address))


class VisitorFrom(Visitor):
    """A visitor who calls from an address of this machine."""

    def __init__(self, url: str, address: str) -> None:
        super().__init__(url, address=address)

    def leave(self) -> None:
        """Have the session forgotten, as *Delete now* does."""
        self.act(self.then(self.event("delete-now", "click")))


def uploads(app: LiveApp) -> set[Path]:
    """Return the files in the app's cache that are no pictures of its own."""
    return {path for path in files_in(app.cache) if path.suffix != ".svg"}
