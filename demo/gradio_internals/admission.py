"""Who may wait: programs are refused long before they could shut the page's visitors out of the queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo import words
from demo.limits import MIB, Limits
from demo.server.bodies import LENGTH
from demo.server.refused import RefusedError


def bound(page: Any, limits: Limits) -> None:
    """Have Gradio's queue ask :func:`check` before it takes a request.

    Its own bound (6.31) counts all requests alike, and says so in words about itself.

    Args:
        page: ``gr.Blocks``; nothing waits in its queue yet.
        limits: what the host allows.
    """
    queue = page._queue
    push = queue.push

    async def checked(body: Any, request: Any, username: Any) -> Any:
        check(list(_waiting(queue)), _is_program(queue.blocks, body.fn_index), request.scope.get(LENGTH, 0), limits)
        return await push(body=body, request=request, username=username)

    queue.push = checked


def check(waiting: list[Any], program: bool, length: int, limits: Limits) -> None:
    """Let one more request wait.

    Args:
        waiting: Gradio's events that wait already.
        program: whether it is a call of the API, by whatever way it came.
        length: of the request, bytes.
        limits: what the host allows.

    Raises:
        RefusedError: if there are too many, or they are too long together.
    """
    programs = sum(event.fn.api_visibility == "public" for event in waiting)
    if program and programs >= limits.waiting_programs:
        raise RefusedError(503, words.MANY_PROGRAMS.format(waiting=programs))
    if len(waiting) >= limits.waiting:
        raise RefusedError(503, words.BUSY.format(waiting=len(waiting)))
    held = sum(event.request.scope.get(LENGTH, 0) for event in waiting)
    if held + length > limits.bodies_mib * MIB:
        raise RefusedError(503, words.MANY_BODIES)


def _waiting(queue: Any) -> Iterator[Any]:
    for event_queue in queue.event_queue_per_concurrency_id.values():
        yield from event_queue.queue


def _is_program(blocks: Any, index: Any) -> bool:
    function = blocks.fns.get(index)
    return function is not None and function.api_visibility == "public"
