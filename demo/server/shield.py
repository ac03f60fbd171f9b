"""What stands between the network and Gradio's app, from the outside in."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from fastapi import HTTPException
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo import words
from demo.html import message_of
from demo.server.headers import SecurityHeaders
from demo.server.hosts import HostGuard, Hosts
from demo.server.routes import OpenRoutes
from demo.server.subpath import SubPath


def put_up(app: Any, hosts: Hosts) -> None:
    """Put everything around a Gradio app that is about to serve.

    Gradio puts its own middleware around those that it is given, so these go around all of it: no answer goes past.

    Args:
        app: Gradio's, which knows its middleware by now.
        hosts: what it answers to.
    """
    app.middleware_stack = SecurityHeaders(Quiet(HostGuard(SubPath(OpenRoutes(app.middleware_stack)), hosts)))
    quieten_libraries()


class Quiet:
    """ASGI middleware that ends what goes wrong in one sentence; the log is told its type and place, and no more.

    uvicorn would write a trace of many lines, which quotes what was sent, for whatever a stranger makes fail.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] == "lifespan":
                raise
            if not _is_of_the_request(error):
                message_of(error)
            with suppress(Exception):  # nobody may be there to hear it
                if begun:
                    await send({"type": "http.response.body", "body": b""})
                else:
                    await JSONResponse({"error": words.UNEXPECTED}, status_code=500)(scope, receive, send)


class PlaceOnly(logging.Handler):
    """Writes where a library had something to say, and not what: that may quote a request."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line to the standard error output, where it goes to without a handler."""
        own = record.name.startswith("glamor")
        message = record.getMessage() if own else f"{record.levelname} in {record.module}, line {record.lineno}"
        handler = logging.lastResort
        if handler is not None and record.levelno >= handler.level:
            handler.emit(logging.makeLogRecord({"name": record.name, "levelno": record.levelno, "msg": message}))


def quieten_libraries() -> None:
    """Keep what strangers send out of what libraries log."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(PlaceOnly())
    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # a line for every message that is none


def _is_of_the_request(error: BaseException) -> bool:
    """Return whether something was asked for that there is not, or nobody listens any more."""
    kinds = (HTTPException, StarletteHTTPException, ClientDisconnect)
    return isinstance(error, kinds) or isinstance(error.__cause__, kinds)
