"""Which addresses of Gradio's app are open: what the page, the clients and MCP need, and nothing else."""

from __future__ import annotations

import re

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from demo import uploads, words
from demo.server.paths import path_of

# Gradio has twice as many, for reloading, monitoring, editing, proxying, recording and functions of components.
OPEN = (
    r"/", r"/config/?", r"/theme\.css", r"/favicon\.ico", r"/robots\.txt", r"/manifest\.json",
    r"/(assets|static)/.+",
    r"/gradio_api/(info|startup-events|upload|upload_progress|reset|cancel)/?",
    r"/gradio_api/(openapi\.json|app_id|queue/join|queue/data|heartbeat/[^/]+)",
    r"/gradio_api/(call|run)/[^/]+/?", r"/gradio_api/call/[^/]+/[^/]+/?", r"/gradio_api/call/v2/[^/]+/[^/]+",
    r"/gradio_api/stream/[^/]+(/close)?",
    r"/gradio_api/mcp(/|/http/?|/schema)?",
)  # fmt: skip
_OPEN = re.compile("|".join(OPEN))
# The page asks for it when its connection was lost, to see that the app is there again.
_PAGES_OWN = "/gradio_api/app_id"


class OpenRoutes:
    """ASGI middleware behind which nothing else is there; files of the cache are its own to send.

    Gradio would send what a link in the cache leads to, fetch what any address on the web holds, and answer for a part
    of a file with the request's own headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = path_of(scope)
        if path.startswith(uploads.OWN_FILE) and scope["method"] in ("GET", "HEAD"):
            response = await uploads.answer(path.removeprefix(uploads.OWN_FILE))
            await response(scope, receive, send)
        elif _OPEN.fullmatch(path) and (path != _PAGES_OWN or _asks_itself(scope)):
            await self._app(scope, receive, send)
        else:
            await JSONResponse({"error": words.NO_SUCH_ADDRESS}, status_code=404)(scope, receive, send)


def _asks_itself(scope: Scope) -> bool:
    """Return whether the page's own script asks; a browser says so, at an address without TLS by naming the page."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"")
    page = headers.get(b"referer", b"").partition(b"://")[2].partition(b"/")[0]
    return headers.get(b"sec-fetch-site") == b"same-origin" or (bool(host) and page == host)
