"""What a request that reaches no event is answered: one sentence, whatever it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from demo import words
from demo.gradio_internals import arguments
from demo.html import message_of
from demo.server.refused import RefusedError

UNREADABLE = "There was an error parsing the body"  # FastAPI's words for numbers that are too long
Handler = Callable[[Request, Exception], Awaitable[Any]]
BY_NAME = "/call/v2/"  # where arguments come by their names, which Gradio looks up as they are


def refusals() -> dict[Any, Handler]:
    """Return how FastAPI answers where Gradio would quote the request, or say nothing."""
    return {
        RequestValidationError: _NO_REQUEST,
        FnIndexInferError: _NO_ENDPOINT,
        RefusedError: _refused,
        HTTPException: _http,
        # An event or an argument that there is not: else it would be logged with what was asked for.
        LookupError: _unexpected,
        TypeError: _bad_arguments,
        ValueError: _unexpected,
        500: _saying(500, words.UNEXPECTED),
    }


async def _http(request: Request, error: Exception) -> Any:
    known = error if isinstance(error, HTTPException) else HTTPException(500)
    if (known.status_code, known.detail) == (400, UNREADABLE):
        return JSONResponse({"error": words.NOT_A_REQUEST}, status_code=422)
    return await http_exception_handler(request, known)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    return error.response() if isinstance(error, RefusedError) else await _unexpected(request, error)


async def _bad_arguments(request: Request, error: Exception) -> JSONResponse:
    """Answer names that an endpoint does not take: TypeError is the only word that Gradio has for them."""
    _, call, name = request.url.path.rstrip("/").rpartition(BY_NAME)
    function = arguments.endpoint(request.app.get_blocks(), name) if call else None
    if function is None:
        return await _unexpected(request, error)
    return JSONResponse({"error": arguments.taken(function)}, status_code=422)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    if BY_NAME in request.url.path:
        return await (_NO_ENDPOINT if isinstance(error, LookupError) else _NO_REQUEST)(request, error)
    return JSONResponse({"error": message_of(error)}, status_code=500)


def _saying(status: int, sentence: str) -> Handler:
    async def answer(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": sentence}, status_code=status)

    return answer


_NO_REQUEST, _NO_ENDPOINT = _saying(422, words.NOT_A_REQUEST), _saying(404, words.NO_SUCH_ENDPOINT)
