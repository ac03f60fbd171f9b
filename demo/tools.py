"""The endpoints as tools of the Model Context Protocol; Gradio makes them from the endpoints' docstrings."""

from __future__ import annotations

import json
from typing import Any


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


def _is_file(output: Any) -> bool:
    return isinstance(output, dict) and "meta" in output
