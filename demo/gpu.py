"""On a ZeroGPU Space a GPU is lent for each call; everywhere else the device is simply there."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

# Seconds for which a GPU is borrowed at most: the queue lets short loans go first, and a visitor without an account
# has two minutes a day. Each is several times what the work takes there, the transfer of the weights included.
PREDICT_SECONDS, EXPLAIN_SECONDS, STUDY_SECONDS = 15, 30, 60

Function = TypeVar("Function", bound=Callable[..., Any])

# The package wants to be imported before torch: this is the first module that app.py imports.
_SPACES = import_module("spaces") if find_spec("spaces") else None
LENT = _SPACES is not None


def on_gpu(function: Function, seconds: int = EXPLAIN_SECONDS) -> Function:
    """Return ``function``, run with a lent GPU where the host lends them.

    There it runs in a process of its own: what it takes and returns is pickled.

    Args:
        function: what computes.
        seconds: for how long it may borrow the GPU; then it is stopped.
    """
    if _SPACES is None:
        return function
    wrapped: Function = _SPACES.GPU(duration=seconds)(function)
    return wrapped
