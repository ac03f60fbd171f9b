"""How long a request may be that is no upload, and how much there may be in it."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo import words
from demo.limits import MIB, Limits
from demo.server.arriving import Arriving, Pace
from demo.server.clients import address_of
from demo.server.paths import path_of
from demo.server.refused import RefusedError

UPLOADS, TOOLS = "/gradio_api/upload", "/gradio_api/mcp"
SHORT = 2**16  # bytes; a request of so many takes no place among those that are half way
LENGTH = "glamor.length"  # where a request's scope says how many bytes its body has
DEEPEST = 64  # levels of JSON; no endpoint takes more than three
LONGEST_NUMBER = 640  # digits, the fewest that Python can be told: reading more takes the square of the time
# Begin or part values in JSON. A photo in base64 holds none but the comma after “base64”.
_PARTS = (b",", b"[", b"{")
_NO_BRACKETS = bytes(set(range(256)).difference(b"[]{}"))
_OPENING = frozenset(b"[{")


def announced(scope: Scope) -> int:
    """Return the length that a request gives itself, bytes; 0 if it gives none."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


class BodyLimit:
    """ASGI middleware that reads the body of whatever is no upload, and refuses it as soon as it is too much.

    The app gets it whole: reading it in parts would be of no use, for JSON is only understood at its end.
    """

    def __init__(self, app: ASGIApp, limits: Limits, arriving: Arriving) -> None:
        sys.set_int_max_str_digits(LONGEST_NUMBER)
        self._app, self._limits, self._arriving = app, limits, arriving
        self._held = 0  # bytes of all bodies between their first byte and the app's answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(scope) or path_of(scope) == UPLOADS:
            await self._app(scope, receive, send)
            return
        body = bytearray()
        try:
            if await self._whole(scope, Pace(receive, self._limits.stall_seconds), body):
                await self._pass_on(scope, receive, send, body)
        except RefusedError as refusal:
            await refusal.answer(scope, receive, send)
        finally:
            self._held -= len(body)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, body: bytearray) -> None:
        pending: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]
        scope[LENGTH] = len(body)

        async def received() -> Message:
            return pending.pop() if pending else await receive()

        await self._app(scope, received, send)

    async def _whole(self, scope: Scope, receive: Receive, body: bytearray) -> bool:
        """Read a body to its end; False if the client hung up before.

        Raises:
            RefusedError: if it is too long, too slow or too full, or if there are too many.
        """
        self._check(announced(scope), 0)
        parts = 0
        with ExitStack() as place:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return False
                chunk = message.get("body", b"")
                if len(body) <= SHORT < len(body) + len(chunk):
                    place.enter_context(self._arriving.place(address_of(scope)))
                self._take(body, chunk)
                parts += sum(map(chunk.count, _PARTS))
                self._check(len(body), parts)
                if not message.get("more_body", False):
                    break
        if _depth(body) > DEEPEST:
            raise RefusedError(413, words.TOO_DEEP.format(limit=DEEPEST))
        if path_of(scope).startswith(TOOLS) and not _is_readable(body):
            raise RefusedError(400, words.UNREADABLE.format(digits=LONGEST_NUMBER))
        return True

    def _take(self, body: bytearray, chunk: bytes) -> None:
        if self._held + len(chunk) > self._limits.bodies_mib * MIB:
            raise RefusedError(503, words.MANY_BODIES)
        body += chunk
        self._held += len(chunk)

    def _check(self, length: int, parts: int) -> None:
        if length > self._limits.body_mib * MIB:
            raise RefusedError(413, words.TOO_LONG.format(limit=self._limits.body_mib))
        if parts > self._limits.body_parts:
            raise RefusedError(413, words.TOO_MANY_PARTS.format(limit=self._limits.body_parts))


def _depth(body: bytearray) -> int:
    """Return how many brackets are open at once at most, those inside strings counted too."""
    depth = deepest = 0
    for bracket in body.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        deepest = max(deepest, depth)
        if depth < 0:
            break  # no JSON
    return deepest


def _is_readable(body: bytearray) -> bool:
    """Return whether a body is JSON that can be read, and written again in an answer.

    The server of tools answers other ones with nothing, or as if the fault were its own.
    """
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except ValueError:  # a number of too many digits, half a character, or no JSON
        return False
    return True


def _has_body(scope: Scope) -> bool:
    return bool({b"content-length", b"transfer-encoding"}.intersection(name for name, _ in scope["headers"]))
