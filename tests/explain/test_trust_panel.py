"""The whole panel: repeatable, with progress, and the model untouched whenever it is cancelled."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from glamor.errors import ExplainError
from glamor.explain.trust import examine
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet

BOX = (10.0, 10.0, 50.0, 50.0)
METHODS = ("ig", "gradcam", "occlusion")


@pytest.fixture
def photo() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)


class CancelledError(Exception):
    pass


def state(model: GLAMORNet) -> list[object]:
    """Everything that an explanation could leave behind."""
    modules = [
        (m.training, dict(m._forward_hooks), dict(m._backward_hooks), dict(m._forward_pre_hooks), sorted(vars(m)))
        for m in model.modules()
    ]
    parameters = [(p.requires_grad, p.grad, p._version) for p in model.parameters()]
    return [modules, parameters]


def test_all_parts_speak_of_the_same_face_and_class(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    before, random = state(small_net), torch.get_rng_state()
    done: list[float] = []
    found = examine(small_net, photo, BOX, METHODS, progress=done.append)
    assert [one.method for one in found.explanations] == ["integrated_gradients", "grad_cam", "occlusion"]
    assert [one.key for one in found.reliability] == ["integrated_gradients", "grad_cam", "occlusion"]
    targets = {one.target for one in found.explanations} | {found.faithfulness.target, found.reliance.target}
    assert targets == {found.stability.variants[0].label}
    assert found.faithfulness.pixels.curves[0].deletion[0] == pytest.approx(found.reliance.probability, abs=1e-6)
    assert found.stability.variants[0].probability == pytest.approx(found.reliance.probability, abs=1e-6)
    assert done == sorted(done)
    assert done[0] == 0
    assert done[-1] == 1
    assert state(small_net) == before
    assert torch.equal(torch.get_rng_state(), random)


def test_the_same_seed_gives_the_same_numbers(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    first, second = (examine(small_net, photo, BOX, ("gradient_shap",), seed=3) for _ in range(2))
    assert first.faithfulness.verdict == second.faithfulness.verdict
    assert (first.faithfulness.pixels.random_low == second.faithfulness.pixels.random_low).all()
    assert first.reliance == second.reliance
    assert first.reliability[0].sensitivity == second.reliability[0].sensitivity
    assert first.reliability[0].infidelity == second.reliability[0].infidelity
    assert (first.reliability[0].similarity == second.reliability[0].similarity).all()


@pytest.mark.parametrize("when", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_cancelled_the_model_is_as_before(small_net: GLAMORNet, photo: NDArray[np.uint8], when: float) -> None:
    small_net.train()
    before = state(small_net)

    def cancel(done: float) -> None:
        if done >= when:
            raise CancelledError

    with pytest.raises(CancelledError):
        examine(small_net, photo, BOX, ("deep_lift", "grad_cam"), progress=cancel)
    assert state(small_net) == before


@pytest.mark.parametrize("passes", [1, 5, 20, 60])
def test_after_a_failure_the_model_is_as_before(small_net: GLAMORNet, photo: NDArray[np.uint8], passes: int) -> None:
    left = [passes]

    def fail(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise RuntimeError("out of memory")

    small_net.train().head[2].register_forward_hook(fail)  # copies of the network take it along
    before, random = state(small_net), torch.get_rng_state()
    with pytest.raises(RuntimeError, match="out of memory"):
        examine(small_net, photo, BOX, ("deep_lift", "gradient_shap"), progress=lambda done: None)
    assert state(small_net) == before
    assert torch.equal(torch.get_rng_state(), random)


def test_smooth_maps_are_told_apart(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    found = examine(small_net, photo, BOX, ("saliency", "grad_cam"), smooth=True)
    assert [one.key for one in found.reliability] == ["saliency+smooth", "grad_cam"]
    assert found.reliability[0].name == "Saliency, smooth"


def test_a_method_named_twice_is_checked_once(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    found = examine(small_net, photo, BOX, ("gradcam", "grad_cam"), target=1)
    assert len(found.explanations) == 1
    assert found.reliance.target == 1


def test_an_unknown_method_is_refused(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    with pytest.raises(ExplainError, match="astrology"):
        examine(small_net, photo, BOX, ("astrology",))


def test_a_fused_network_computes_the_same_and_leaves_the_original_alone(small_net: GLAMORNet) -> None:
    before = state(small_net)
    copy = fuse_batchnorm(small_net)
    assert state(small_net) == before
    assert not any(isinstance(module, nn.BatchNorm2d) for module in copy.modules())
    face, context = torch.rand(2, 3, 48, 48), torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        mine, theirs = copy(face, context), small_net(face, context)
    torch.testing.assert_close(mine.logits, theirs.logits, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(mine.attention, theirs.attention, rtol=1e-5, atol=1e-6)
