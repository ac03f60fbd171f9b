"""The app under a path of its own, which a reverse proxy takes off the requests that it passes on."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.bodies import TOOLS
from demo.server.paths import path_of


class SubPath:
    """ASGI middleware that gives a request the path by which it was asked for, and lets redirects lead there.

    GRADIO_ROOT_PATH tells FastAPI the path, or the whole address, under which the app is served. ASGI wants it at the
    beginning of a request's path; uvicorn leaves it off where the proxy does. Starlette then finds nothing below what
    is mounted, such as the tools' schema, and redirects to addresses that are nobody's. A redirect names no host
    either: what the proxy does not say, such as that it speaks TLS, would be lost. Tools asked for without the slash at
    the end answer at once, for not every client repeats what it has posted.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        root = urlsplit(scope.get("root_path", "")).path.rstrip("/")
        path = path_of({**scope, "root_path": root})
        path = f"{path}/" if path == TOOLS else path

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [_without_host(*header) for header in message.get("headers", ())]}
            await send(message)

        await self._app({**scope, "root_path": root, "path": root + path}, receive, sent)


def _without_host(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name.lower() != b"location":
        return name, value
    parts = urlsplit(value)
    return name, parts._replace(scheme=b"", netloc=b"").geturl() or b"/"
