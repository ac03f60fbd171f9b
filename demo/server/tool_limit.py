"""How many tools may be called at once."""

from __future__ import annotations

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from demo import words
from demo.limits import Limits
from demo.room import Room
from demo.server.bodies import LENGTH, TOOLS
from demo.server.paths import path_of
from demo.server.refused import RefusedError


class ToolLimit:
    """ASGI middleware that bounds how many tools are called at once.

    Each call holds one of the 40 threads that also hand out files, and may bring a photo that goes into the cache.
    """

    def __init__(self, app: ASGIApp, limits: Limits, room: Room) -> None:
        self._app, self._most, self._room = app, limits.tool_calls, room
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not path_of(scope).startswith(TOOLS):
            await self._app(scope, receive, send)
            return
        self._running += 1
        try:
            if self._running > self._most:
                raise RefusedError(429, words.MANY_TOOLS.format(most=self._most))
            await to_thread.run_sync(self._room.measure)
            if not self._room.take(scope.get(LENGTH, 0)):
                raise RefusedError(507, words.CACHE_FULL)
            await self._app(scope, receive, send)
        except RefusedError as refusal:
            await refusal.answer(scope, receive, send)
        finally:
            self._running -= 1
