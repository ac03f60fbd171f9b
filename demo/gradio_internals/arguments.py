"""What an endpoint takes, said to whoever sent something else."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from demo import words


def names(function: Any) -> list[str]:
    """Return the names of an endpoint's arguments, in order."""
    return list(inspect.signature(function.fn).parameters)[: len(function.inputs)]


def surplus(function: Any, values: Sequence[Any]) -> str:
    """Return the sentence for a call with more arguments than its endpoint, or event of the page, takes; else nothing.

    Args:
        function: Gradio's.
        values: what came.
    """
    most = len(function.inputs)
    if len(values) <= most:
        return ""
    if function.api_visibility != "public":
        return words.TOO_MANY_VALUES.format(given=len(values), most=most)
    name, listed = function.api_name, ", ".join(names(function))
    return words.TOO_MANY_ARGUMENTS.format(given=len(values), name=name, most=most, names=listed)


def taken(function: Any) -> str:
    """Return the sentence for a call with other names than its endpoint takes."""
    return words.BAD_ARGUMENTS.format(name=function.api_name, names=", ".join(names(function)))


def endpoint(page: Any, name: str) -> Any:
    """Return the endpoint of that name; None if there is none."""
    public = (function for function in page.fns.values() if function.api_visibility == "public")
    return next((function for function in public if function.api_name == name.removeprefix("/")), None)
