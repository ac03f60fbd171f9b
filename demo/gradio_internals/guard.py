"""Whether this Gradio has inside what is used of it here: found out at the start, not in the middle."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio import mcp, processing_utils, route_utils
from gradio.state_holder import SessionState, StateHolder

# By what they belong to: the names that are read, replaced or overridden.
USED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gr.Blocks, ("preprocess_data", "postprocess_data", "process_api")),
    (StateHolder, ("update",)),
    (SessionState, ("__setitem__",)),
    (route_utils.GradioMultiPartParser, ("on_headers_finished", "parse")),
    (processing_utils, ("async_transport", "async_ssrf_protected_get")),
    (mcp.GradioMCPServer, ("_execute_tool_without_progress", "_prepare_tool_call_args", "postprocess_output_data")),
)
OF_HOLDER = ("session_data", "time_last_used", "blocks")
OF_QUEUE = (
    "pending_messages_per_session", "pending_event_ids_session", "event_ids_to_events", "event_analytics",
    "event_queue_per_concurrency_id",
)  # fmt: skip
OF_PUSH = {"body", "request", "username"}


def check(page: Any) -> None:
    """Look at everything.

    Args:
        page: ``gr.Blocks``, with its queue.

    Raises:
        RuntimeError: if anything is missing, with its names.
    """
    missing = list(_missing(page))
    if missing:
        raise RuntimeError(f"This Gradio has no {', '.join(missing)}; install the version that requirements.txt names.")


def _missing(page: Any) -> Iterator[str]:
    for owner, names in USED:
        yield from (f"{owner.__name__}.{name}" for name in names if not hasattr(owner, name))
    yield from (f"state_holder.{name}" for name in OF_HOLDER if not hasattr(page.state_holder, name))
    yield from (f"queue.{name}" for name in OF_QUEUE if not isinstance(getattr(page._queue, name, None), dict))
    if not set(inspect.signature(type(page._queue).push).parameters) >= OF_PUSH:
        yield "queue.push(body, request, username)"
    yield from (f"asyncio.Queue.{name}" for name in ("_queue", "_getters") if not hasattr(asyncio.Queue(), name))
