"""What a request that reaches no event is answered: one sentence, whatever it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import JSONResponse

from demo import words
from demo.html import message_of

Handler = Callable[[Request, Exception], Awaitable[JSONResponse]]
BY_NAME = "/gradio_api/call/v2/"  # where arguments come by their names, which Gradio looks up as they are


def refusals() -> dict[Any, Handler]:
    """Return how FastAPI answers where Gradio would quote the request, or say nothing."""
    return {
        RequestValidationError: _NO_REQUEST,
        FnIndexInferError: _NO_ENDPOINT,
        # An event or an argument that there is not: else it would be logged with what was asked for.
        LookupError: _unexpected,
        TypeError: _unexpected,
        ValueError: _unexpected,
        500: _saying(500, words.UNEXPECTED),
    }


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    if BY_NAME in request.url.path:
        return await (_NO_ENDPOINT if isinstance(error, LookupError) else _NO_REQUEST)(request, error)
    return JSONResponse({"error": message_of(error)}, status_code=500)


def _saying(status: int, sentence: str) -> Handler:
    async def answer(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": sentence}, status_code=status)

    return answer


_NO_REQUEST, _NO_ENDPOINT = _saying(422, words.NOT_A_REQUEST), _saying(404, words.NO_SUCH_ENDPOINT)
