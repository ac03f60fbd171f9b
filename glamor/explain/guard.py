"""Leave the model, the random generators and the warnings as they were found."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

_DRAWING = threading.RLock()


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Freeze a model for explaining and put everything back afterwards, whatever happens.

    Inside, the model is in eval mode, its parameters ask for no gradients and its
    activations do not work in place (guided methods and DeepLIFT hook them). On the way
    out, also after an exception, hooks, modes, ``requires_grad``, ``grad`` and every other
    attribute of every module are what they were.

    Args:
        model: the network; no other thread may use it meanwhile.
    """
    modules = [(module, _snapshot(module)) for module in model.modules()]
    parameters = [(parameter, parameter.requires_grad, parameter.grad) for parameter in model.parameters()]
    try:
        model.eval().requires_grad_(False)
        for module in model.modules():
            if getattr(module, "inplace", False) is True:
                module.__dict__["inplace"] = False
        yield
    finally:
        for module, attributes in modules:
            _restore(module, attributes)
        for parameter, requires_grad, grad in parameters:
            parameter.requires_grad_(requires_grad)
            parameter.grad = grad


@contextmanager
def reading(model: nn.Module) -> Iterator[None]:
    """Run plain forward passes on a model that is :func:`untouched`, without gradients."""
    with untouched(model), torch.no_grad():
        yield


def _snapshot(module: nn.Module) -> dict[str, tuple[Any, Any]]:
    """Return each attribute with a copy of what it holds if it is a dictionary."""
    return {name: (value, dict(value) if isinstance(value, dict) else None) for name, value in vars(module).items()}


def _restore(module: nn.Module, attributes: dict[str, tuple[Any, Any]]) -> None:
    # Dictionaries are refilled in place: handles of other people's hooks point at them.
    for name in vars(module).keys() - attributes.keys():
        del vars(module)[name]
    for name, (value, content) in attributes.items():
        if content is not None:
            value.clear()
            value.update(content)
        vars(module)[name] = value


@contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """Seed NumPy's and torch's global generators and put their states back afterwards.

    Captum draws from both (GradientShap: path positions from NumPy, noise from torch). One thread
    at a time is inside, or two visitors would take each other's draws and neither's map could be
    repeated. Threads that draw without this guard meanwhile see the seeded generators.

    Args:
        seed: from 0 to 2**32 - 1; None: nothing will be drawn, so nobody needs to wait.
    """
    if seed is None:
        yield
        return
    with _DRAWING, _global_seeds(seed):
        yield


@contextmanager
def _global_seeds(seed: int) -> Iterator[None]:
    state = np.random.get_state()
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        try:
            np.random.seed(seed)
            torch.manual_seed(seed)
            yield
        finally:
            np.random.set_state(state)


@contextmanager
def without_hook_warnings() -> Iterator[None]:
    """Silence Captum's announcement that it sets hooks; :func:`untouched` removes them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\s*Setting (forward, )?backward hooks", category=UserWarning)
        yield
