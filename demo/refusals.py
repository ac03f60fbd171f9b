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


def refusals() -> dict[Any, Handler]:
    """Return how FastAPI answers where Gradio would quote the request, or say nothing."""
    return {
        RequestValidationError: _saying(422, words.NOT_A_REQUEST),
        FnIndexInferError: _saying(404, words.NO_SUCH_ENDPOINT),
        LookupError: _unexpected,  # an event that there is not: else it would be logged with what was asked for
        500: _saying(500, words.UNEXPECTED),
    }


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": message_of(error)}, status_code=500)


def _saying(status: int, sentence: str) -> Handler:
    async def answer(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": sentence}, status_code=status)

    return answer
