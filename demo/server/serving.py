"""The server's connections: how many, how long without a word, and their end."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from demo.limits import Limits

LOOKS = 4  # at a connection, in the time that it may be idle
GRACE = 1.5  # seconds that the last answers have to be sent
LATEST = 9.0  # seconds after which the process ends whatever holds it; container hosts kill after ten


class Connection(H11Protocol):
    """Uvicorn's, closed when its client keeps it waiting: for a request's head, its end, or to take an answer.

    Uvicorn (0.54) itself closes only what is idle after an answer. Where there are too many, the one that has waited
    longest for a request makes room.
    """

    def __init__(self, *args: Any, limits: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits = limits
        self.waits_since: float | None = None
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to look at the connection, and have another go if there are too many."""
        super().connection_made(transport)
        self.waits_since = self.loop.time()
        self._look_again()
        others = [one for one in self.connections if isinstance(one, Connection)]
        mine = [one for one in others if one.client and self.client and one.client[0] == self.client[0]]
        if len(mine) > self._limits.connections_per_address:
            _make_room(mine)
        elif len(others) > self._limits.connections:
            _make_room(others)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Handle what came; where a request's head is whole, the client has done its part."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete and not self.flow.write_paused:
            self.waits_since = None

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the end of one that was answered before it had come."""
        self.waits_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait until the client takes what was sent."""
        self.waits_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Go on: the client has taken it."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.waits_since = None
        super().resume_writing()

    def _look_again(self) -> None:
        seconds = self._limits.stall_seconds
        if self.waits_since is not None and self.loop.time() - self.waits_since > seconds:
            self.transport.abort()
        else:
            self._look = self.loop.call_later(seconds / LOOKS, self._look_again)


def _make_room(crowd: list[Connection]) -> None:
    idle = [one for one in crowd if one.waits_since is not None]  # at least the newest
    min(idle, key=lambda one: one.waits_since or 0.0).transport.abort()


def watch(server: Any, limits: Limits) -> None:
    """Have Gradio's server, which takes no settings, make its connections of :class:`Connection` from now on."""
    server.config.http_protocol_class = partial(Connection, limits=limits)


def stop(server: Any) -> None:
    """End the server: answers that are being given have :data:`GRACE` seconds, whatever else is connected is closed."""
    server.config.timeout_graceful_shutdown = GRACE
    server.should_exit = True
    server.thread.join(2 * GRACE)


def end_at_latest(last: Callable[[], None], seconds: float = LATEST) -> None:
    """End the process in so many seconds even if something holds it, a library's thread or a slow disk.

    Args:
        last: is called before.
        seconds: from now.
    """

    def end() -> None:
        try:
            last()
        finally:
            os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
