"""Explaining leaves the model and the random generators as they were."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch

from glamor.explain import METHODS, explain
from glamor.model import GLAMORNet
from glamor.prepare import Prepared


class CancelledError(Exception):
    pass


def unusual(model: GLAMORNet) -> GLAMORNet:
    """Give the model a state that careless clean-up would flatten."""
    model.train()
    model.attention.eval()
    model.head[3].weight.requires_grad_(False)
    model.head[0].weight.grad = torch.full_like(model.head[0].weight, 3.0)
    model.head[1].register_forward_hook(lambda *_: None)
    model.face_encoder[0][2].inplace = True
    return model


def state(model: GLAMORNet) -> list[Any]:
    """Everything about a model that explaining could change, in comparable form."""
    return [
        [(name, _module_state(module)) for name, module in model.named_modules()],
        [(name, p.requires_grad, _checksum(p.grad)) for name, p in model.named_parameters()],
        [(name, _checksum(value)) for name, value in model.state_dict().items()],
    ]


def _module_state(module: torch.nn.Module) -> list[Any]:
    attributes = sorted(vars(module).items())
    hooks = [(key, list(value)) for key, value in attributes if "hooks" in key and isinstance(value, dict)]
    return [[key for key, _ in attributes], module.training, getattr(module, "inplace", None), hooks]


def _checksum(value: torch.Tensor | None) -> float | None:
    return None if value is None else value.double().sum().item()


@pytest.mark.parametrize("method", METHODS)
def test_the_model_is_untouched(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    before = state(unusual(small_net))
    explain(small_net, person, method, 0)
    assert state(small_net) == before


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("calls", [1, 2])
def test_untouched_after_cancelling(method: str, calls: int, small_net: GLAMORNet, person: Prepared) -> None:
    before, seen = state(unusual(small_net)), []

    def cancel(done: float) -> None:
        seen.append(done)
        if len(seen) == calls:
            raise CancelledError

    with pytest.raises(CancelledError):
        explain(small_net, person, method, 0, progress=cancel)
    assert state(small_net) == before


@pytest.mark.parametrize("method", ["deep_lift", "guided_backprop", "grad_cam", "layer_conductance"])
def test_untouched_after_a_failure_in_the_middle_of_a_pass(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    passes = []

    def fail(*_: object) -> None:
        passes.append(1)
        if len(passes) > 1:  # the first pass only reads the logits
            raise RuntimeError("out of memory")

    unusual(small_net).head[2].register_forward_hook(fail)
    before = state(small_net)
    with pytest.raises(RuntimeError, match="out of memory"):
        explain(small_net, person, method, 0)
    assert state(small_net) == before


def test_dropout_and_batch_statistics_play_no_part(small_net: GLAMORNet, person: Prepared) -> None:
    calm = explain(small_net, person, "integrated_gradients", 0)
    wild = explain(small_net.train(), person, "integrated_gradients", 0)
    np.testing.assert_array_equal(calm.face, wild.face)


def test_the_inputs_are_not_touched(small_net: GLAMORNet, person: Prepared) -> None:
    face, context = person.face.clone(), person.context.clone()
    explain(small_net, person, "saliency", 0)
    assert torch.equal(face, person.face)
    assert torch.equal(context, person.context)
    assert not person.face.requires_grad


@pytest.mark.parametrize("method", ["gradient_shap", "kernel_shap", "saliency"])
def test_the_global_random_generators_go_on_as_before(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    np.random.seed(1)
    torch.manual_seed(1)
    expected = np.random.random(), torch.rand(1).item()
    np.random.seed(1)
    torch.manual_seed(1)
    explain(small_net, person, method, 0, baseline="noise")
    assert (np.random.random(), torch.rand(1).item()) == expected


@pytest.mark.parametrize(
    ("method", "settings"),
    [("saliency", {"smooth": True}), ("input_x_gradient", {"smooth": True}), ("deep_lift", {"baseline": "noise"})],
)
def test_maps_made_at_the_same_time_do_not_take_each_others_draws(
    method: str, settings: dict[str, Any], small_net: GLAMORNet, person: Prepared
) -> None:
    def make(seed: int) -> np.ndarray[Any, Any]:
        def yield_to_the_other(done: float) -> None:
            time.sleep(0.002)

        model = deepcopy(small_net)  # as the page does: a copy for everyone
        return explain(model, person, method, 0, seed=seed, progress=yield_to_the_other, **settings).face

    alone = [make(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(make, range(4)))
    for expected, found in zip(alone, together, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_draws_nothing_waits_for_nobody(small_net: GLAMORNet, person: Prepared) -> None:
    met = []

    def explain_something_else(done: float) -> None:
        if not met:
            with ThreadPoolExecutor(1) as thread:
                other = thread.submit(explain, deepcopy(small_net), person, "grad_cam", 0)
                met.append(other.result(timeout=60))

    explain(small_net, person, "saliency", 0, smooth=True, progress=explain_something_else)
    assert met[0].method == "grad_cam"


def test_captum_is_imported_only_when_a_method_runs() -> None:
    code = "import sys, glamor.explain; sys.exit(any(name in sys.modules for name in ('captum', 'skimage')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
