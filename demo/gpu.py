"""On a ZeroGPU Space a GPU is lent for each call; everywhere else the device is simply there."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

# The package wants to be imported before torch: this is the first module that app.py imports.
_SPACES = import_module("spaces") if find_spec("spaces") else None
LENT = _SPACES is not None


def on_gpu(function: Function) -> Function:
    """Return ``function``, run with a lent GPU where the host lends them.

    There it runs in a process of its own: what it takes and returns is pickled.
    """
    if _SPACES is None:
        return function
    wrapped: Function = _SPACES.GPU(function)
    return wrapped
