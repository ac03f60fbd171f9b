"""The server's connections: how many, how long without a word, and their end."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

import uvicorn.config
from uvicorn.protocols.http.h11_impl import H11Protocol

from demo.limits import Limits

LOOKS = 4  # at a connection, in the time that it may be idle
GRACE = 1.5  # seconds that the last answers have to be sent
LATEST = 8.5  # seconds after which the process ends whatever holds it; container hosts kill after ten


class Connection(H11Protocol):
    """Uvicorn's, closed when its client keeps it waiting: for a request's head, its end, or to take an answer.

    Uvicorn (0.54) itself closes only what is idle after an answer. Where there are too many, the one that has waited
    longest for a request makes room.
    """

    limits = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waits_since: float | None = None
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to look at the connection, and have another go if there are too many."""
        super().connection_made(transport)
        self.waits_since = self.loop.time()
        self._look_again()
        # (One that was hung up on is among them for a moment.)
        others = [
            connection
            for connection in self.connections
            if isinstance(connection, Connection) and not connection.transport.is_closing()
        ]
        mine = [
            connection
            for connection in others
            if connection.client and self.client and connection.client[0] == self.client[0]
        ]
        if len(mine) > self.limits.connections_per_address:
            _make_room(mine)
        elif len(others) > self.limits.connections:
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
        seconds = self.limits.stall_seconds
        if self.waits_since is not None and self.loop.time() - self.waits_since > seconds:
            self.transport.abort()
        else:
            self._look = self.loop.call_later(seconds / LOOKS, self._look_again)


def _make_room(crowd: list[Connection]) -> None:
    idle = [connection for connection in crowd if connection.waits_since is not None]  # at least the newest
    min(idle, key=lambda connection: connection.waits_since or 0.0).transport.abort()


def watch(limits: Limits) -> None:
    """Have servers that are started from now on make their connections of :class:`Connection`.

    Gradio (6.31) makes the server and passes no settings on; its very first connection must be watched, too.
    """
    Connection.limits = limits
    uvicorn.config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{Connection.__name__}"


def stop(server: Any) -> None:
    """End the server: answers that are being given have :data:`GRACE` seconds, then whatever is connected is hung up.

    What still runs then is left alone: uvicorn could cancel it, but would log each time where it was.
    """
    server.should_exit = True
    server.thread.join(GRACE)
    for connection in list(server.server_state.connections):
        connection.loop.call_soon_threadsafe(connection.transport.abort)
    server.thread.join(2 * GRACE)


def leave(status: int = 0) -> NoReturn:
    """End the process after what was to be done at its end.

    Python would wait for threads and take every library apart first, which takes seconds on a busy machine.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def leave_at_latest(stop_requested: threading.Event, last: Callable[[], None], seconds: float = LATEST) -> None:
    """End the process so long after it was told to, even if something holds it: a library's thread, or a slow disk.

    Args:
        stop_requested: is set when it is.
        last: is called before.
        seconds: from then.
    """

    def wait() -> None:
        stop_requested.wait()
        time.sleep(seconds)
        try:
            last()
        finally:
            os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
