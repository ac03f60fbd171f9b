"""The endpoints as tools of the Model Context Protocol; Gradio makes them from the endpoints' docstrings."""

from __future__ import annotations

import json
from typing import Any

from mcp.types import CallToolRequest

from demo import parse
from demo.gradio_internals import arguments
from demo.limits import MIB, Limits

LONGEST_REFUSAL = 400  # letters


def mend(server: Any) -> None:
    """Have a tool's outputs sent one by one: pictures as pictures, values as JSON.

    Gradio (6.31) sends values as Python writes them, and one text with everything in it, pictures as paths on
    this machine, to clients that do not ask to be told of progress.

    Args:
        server: Gradio's MCP server.
    """
    run, write = server._execute_tool_without_progress, server.postprocess_output_data

    async def one_by_one(job: Any) -> list[Any]:
        outputs = await run(job)
        together = len(outputs) == 1 and isinstance(outputs[0], list | tuple)
        return list(outputs[0]) if together else outputs

    def with_json(outputs: list[Any], root: str) -> Any:
        return write([output if _is_file(output) else json.dumps(output) for output in outputs], root)

    server._execute_tool_without_progress = one_by_one
    server.postprocess_output_data = with_json


def bound(server: Any, limits: Limits) -> None:
    """Have the server take requests as long as the app's others, and refuse in one short sentence.

    Args:
        server: Gradio's MCP server.
        limits: what the host allows.
    """
    server.manager.asgi_app.max_body_size = limits.body_mib * MIB
    handlers, prepare = server.mcp_server.request_handlers, server._prepare_tool_call_args
    call = handlers[CallToolRequest]

    def prepared(name: str, payload: dict[str, Any]) -> Any:
        try:
            return prepare(name, {key: parse.canonical(value) for key, value in payload.items()})
        except TypeError:  # that is: names which the tool does not take
            function = server.get_block_fn_from_endpoint_name(server.tool_to_endpoint[name])
            raise ValueError(arguments.taken(function)) from None

    async def called(request: Any) -> Any:
        return _short(await call(request))

    server._prepare_tool_call_args, handlers[CallToolRequest] = prepared, called


def _short(result: Any) -> Any:
    """Return a tool's answer; a refusal in it may quote the whole request, and is cut."""
    if result.root.isError:
        for part in result.root.content:
            part.text = part.text[:LONGEST_REFUSAL]
    return result


def _is_file(output: Any) -> bool:
    return isinstance(output, dict) and "meta" in output
