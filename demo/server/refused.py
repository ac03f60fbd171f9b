"""A request that is refused: a status and one sentence."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send


class RefusedError(Exception):
    """Raised wherever a request is found to be too much.

    Args:
        status: of the HTTP answer.
        sentence: what came, what is accepted, what to do.
        close: whether the connection is of no more use.
    """

    def __init__(self, status: int, sentence: str, *, close: bool = False) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.close = status, sentence, close

    def response(self) -> JSONResponse:
        """Return what the client is told."""
        headers = {"retry-after": "10"} if self.status in (429, 503) else {}
        if self.close:
            headers["connection"] = "close"
        return JSONResponse({"error": self.sentence}, self.status, headers)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell the client, as an ASGI app does."""
        await self.response()(scope, receive, send)
