"""How much a request may carry beside uploads, whose size Gradio itself limits."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo import words

UPLOADS = "/gradio_api/upload"
MAX_MIB = 88  # a photo of 64 MiB takes so much in base64, the longest way to send one
MAX_BODY = MAX_MIB * 2**20  # bytes


class BodyLimit:
    """ASGI middleware that refuses longer bodies before they are read, or where they go on without having said so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == UPLOADS:
            await self._app(scope, receive, send)
        elif _announced(scope) > MAX_BODY:
            refusal = JSONResponse({"error": words.TOO_LONG.format(limit=MAX_MIB)}, status_code=413)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, _counted(receive), send)


def _announced(scope: Scope) -> int:
    """Return the length that a request gives itself, bytes; 0 if it gives none."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


def _counted(receive: Receive) -> Receive:
    """Return ``receive`` that hangs up where a body grows too long."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= MAX_BODY else {"type": "http.disconnect"}

    return limited
