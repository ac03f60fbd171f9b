"""On a ZeroGPU Space a GPU is lent for single calls; everywhere else the device is simply there.

Such a Space has processors of its own: on them a prediction is done before a GPU would have been lent, and costs a
visitor neither waiting nor quota. A GPU is borrowed only for work that ends sooner with it, its start included.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Seconds, taken on the safe side: a loan of which nobody has waited for the process, for CUDA and for the weights. The
# longer a loan asks for, the later it comes (huggingface.co/docs/hub/spaces-zerogpu), and what it asks for must be
# left of the visitor's day: two minutes for one without an account.
START_SECONDS = 5.0
# A forward pass of one person with all that belongs to it: measured on two cores of a server; and guessed, high, on a
# GPU, which such small passes leave waiting for the next one.
OWN_PASS, LENT_PASS = 0.006, 0.002
LONGEST = 60  # seconds

# The package wants to be imported before torch: this is the first module that app.py imports. Every Space with Gradio
# has it; only where GPUs are lent does the host say so.
_LENDS = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
_SPACES = import_module("spaces") if _LENDS and find_spec("spaces") else None
LENT = _SPACES is not None

_BORROWED: ContextVar[bool] = ContextVar("_BORROWED", default=False)


def device_name() -> str:
    """Return where weights are loaded: for ``choose_device``."""
    return "cpu" if LENT else "auto"


def borrowed() -> str | None:
    """Return the device that this call has borrowed, None if it has not."""
    return "cuda" if _BORROWED.get() else None


def is_quicker(passes: float) -> bool:
    """Return whether work of so many forward passes ends sooner on a GPU that must be lent first."""
    return OWN_PASS * passes > START_SECONDS + LENT_PASS * passes


def seconds_for(passes: float) -> int:
    """Return for how many seconds a GPU is borrowed for work of so many forward passes."""
    return min(LONGEST, math.ceil(START_SECONDS + LENT_PASS * passes))


def on_loan(function: Callable[P, R], passes: Callable[P, float]) -> Callable[P, R]:
    """Return ``function``, run with a lent GPU where the host lends them and that is quicker.

    With it, it runs in a process of its own: what it takes and returns is pickled, and its ``progress``, which cannot
    be, hears nothing. Where no GPU is to be had, for want of quota or for any other reason, it runs here after all.

    Args:
        function: what computes, on :func:`borrowed`.
        passes: takes the same, and returns how many forward passes of one person that costs.
    """
    if _SPACES is None:
        return function

    def duration(*args: P.args, **kwargs: P.kwargs) -> int:
        return seconds_for(passes(*args, **kwargs))

    lent = _SPACES.GPU(duration=duration)(_with_borrowed(function))

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not is_quicker(passes(*args, **kwargs)):
            return function(*args, **kwargs)
        quiet: dict[str, Any] = {**kwargs, "progress": None} if "progress" in kwargs else dict(kwargs)
        try:
            return lent(*args, **quiet)
        except Exception:  # the package tells the kinds apart by their wording only; here the true one is raised again
            return function(*args, **kwargs)

    return call


def _with_borrowed(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        import torch

        torch.set_num_threads(1)  # the process is a fork: OpenMP's threads were left behind
        token = _BORROWED.set(torch.cuda.is_available())
        try:
            return function(*args, **kwargs)
        finally:
            _BORROWED.reset(token)

    return call
