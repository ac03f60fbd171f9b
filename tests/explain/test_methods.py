"""Attribution methods against mathematics and against networks built by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from glamor.errors import ExplainError
from glamor.explain import ALIASES, METHODS, Intervention, cam, explain, gradients
from glamor.model import GLAMORNet
from glamor.prepare import Geometry, Prepared

CELL, TARGET = 16, 2
FACE_CELL, SCENE_CELL = (0, 2), (2, 1)
COMPLETE = ("integrated_gradients", "layer_conductance", "kernel_shap")
EQUIVARIANT = ("integrated_gradients", "grad_cam", "occlusion", "saliency", "input_x_gradient", "deep_lift")
SMOOTHABLE = tuple(key for key, method in METHODS.items() if method.can_smooth)

RedPerson = Callable[[tuple[int, int], tuple[int, int]], Prepared]
RedDetector = Callable[..., GLAMORNet]


@pytest.fixture
def many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Integrate finely enough that what is left is a mistake, not the step."""
    monkeypatch.setattr(gradients, "IG_STEPS", 400)
    monkeypatch.setattr(cam, "CONDUCTANCE_STEPS", 400)


def strongest_cell(values: NDArray[np.float32]) -> tuple[int, int]:
    side = len(values) // CELL
    cells = np.abs(values).reshape(side, CELL, side, CELL).sum(axis=(1, 3))
    row, column = np.unravel_index(cells.argmax(), cells.shape)
    return int(row), int(column)


def logit(model: GLAMORNet, face: torch.Tensor, context: torch.Tensor, target: int) -> float:
    with torch.no_grad():
        return float(model(face[None], context[None]).logits[0, target])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_planted_evidence(method: str, red_detector: RedDetector, red_person: RedPerson) -> None:
    found = explain(red_detector(threshold=0.5), red_person(FACE_CELL, SCENE_CELL), method)
    assert found.target == TARGET
    assert strongest_cell(found.face) == FACE_CELL
    assert strongest_cell(found.context) == SCENE_CELL
    assert found.face.max() > 0
    assert found.context.max() > 0


@pytest.mark.parametrize("method", SMOOTHABLE)
def test_smoothed_methods_find_it_too(method: str, red_detector: RedDetector, red_person: RedPerson) -> None:
    found = explain(red_detector(threshold=0.5), red_person(FACE_CELL, SCENE_CELL), method, smooth=True)
    assert found.smooth
    assert strongest_cell(found.face) == FACE_CELL
    assert strongest_cell(found.context) == SCENE_CELL


@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion", "deep_lift", "feature_ablation"])
@pytest.mark.parametrize("baseline", ["mean", "blurred"])
def test_other_baselines_find_it_too(
    method: str, baseline: str, red_detector: RedDetector, red_person: RedPerson
) -> None:
    found = explain(red_detector(threshold=0.5), red_person(FACE_CELL, SCENE_CELL), method, baseline=baseline)
    assert found.baseline == baseline
    assert strongest_cell(found.face) == FACE_CELL
    assert strongest_cell(found.context) == SCENE_CELL


@pytest.mark.parametrize("method", ["integrated_gradients", "input_x_gradient", "deep_lift"])
def test_face_share_of_a_linear_path_by_hand(method: str, red_detector: RedDetector, red_person: RedPerson) -> None:
    # One of nine cells has redness 1: the face adds 9 / 9 / 2 to the logit, and linearly so.
    found = explain(red_detector(), red_person(FACE_CELL, SCENE_CELL), method, TARGET)
    assert found.face.sum() == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("method", ["integrated_gradients", "layer_conductance"])
def test_scene_share_by_hand(method: str, red_detector: RedDetector, red_person: RedPerson, many_steps: None) -> None:
    found = explain(red_detector(), red_person(FACE_CELL, SCENE_CELL), method, TARGET)
    attention = math.exp(8) / (math.exp(8) + 15)
    assert found.logit == pytest.approx(0.5 + 1.5 * attention, abs=1e-5)
    assert found.baseline_logit == pytest.approx(0)
    assert found.convergence_delta == pytest.approx(0, abs=0.005)


def test_occlusion_by_hand(red_detector: RedDetector, red_person: RedPerson) -> None:
    # Of the four patches that cover a pixel of the square's middle only one hides it all.
    found = explain(red_detector(), red_person((1, 1), SCENE_CELL), "occlusion", TARGET)
    assert found.face[24, 24] == pytest.approx(0.5 / 4, abs=1e-6)
    assert found.face[0, 0] == 0


@pytest.mark.parametrize("method", COMPLETE)
@pytest.mark.parametrize("baseline", ["black", "blurred"])
def test_attributions_add_up_to_the_difference(
    method: str, baseline: str, small_net: GLAMORNet, person: Prepared, many_steps: None
) -> None:
    found = explain(small_net, person, method, 1, baseline=baseline)
    assert found.baseline_logit is not None
    assert found.logit - found.baseline_logit > 0.25
    first_order = method == "layer_conductance"  # a rectangle rule; the other two are exact or nearly
    assert found.convergence_delta == pytest.approx(0, abs=0.01 if first_order else 0.005)


def test_attributions_add_up_for_the_mean_of_noise_baselines(small_net: GLAMORNet, person: Prepared) -> None:
    found = explain(small_net, person, "integrated_gradients", 4, baseline="noise")
    assert found.baseline_logit is not None
    added = found.face.sum() + found.context.sum()
    gained = found.logit - found.baseline_logit
    assert added == pytest.approx(gained + found.convergence_delta, abs=1e-4)
    assert added == pytest.approx(gained, abs=0.05)


def test_integrated_gradients_complete_against_the_network_itself(
    small_net: GLAMORNet, person: Prepared, many_steps: None
) -> None:
    found = explain(small_net, person, "integrated_gradients", 4)
    gained = logit(small_net, person.face, person.context, 4) - logit(
        small_net, torch.zeros_like(person.face), torch.zeros_like(person.context), 4
    )
    assert found.convergence_delta is not None
    added = found.face.sum() + found.context.sum()
    assert added == pytest.approx(gained + found.convergence_delta, abs=1e-4)
    assert added == pytest.approx(gained, rel=0.01)


@pytest.mark.parametrize("baseline", ["black", "blurred", "noise"])
def test_deep_lift_is_exact_without_attention_and_fusion(baseline: str, small_net: GLAMORNet, person: Prepared) -> None:
    # What is left then are convolutions, ReLUs and max-pools, for which its rules are exact.
    forced = Intervention(fusion=torch.tensor([0.5, 0.5]), attention=torch.ones(4, 4))
    found = explain(small_net, person, "deep_lift", 0, baseline=baseline, intervention=forced)
    assert found.baseline_logit is not None
    assert abs(found.logit - found.baseline_logit) > 0.005
    assert found.convergence_delta == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("method", EQUIVARIANT)
def test_a_symmetric_network_gives_mirrored_maps(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    with torch.no_grad():
        for encoder in (small_net.face_encoder, small_net.context_encoder):
            for block in encoder:
                block[0].weight.copy_((block[0].weight + block[0].weight.flip(-1)) / 2)
    # No flat regions: where all pixels of a max-pool are equal, the first one gets it all.
    context = torch.rand(person.context.shape, generator=torch.Generator().manual_seed(9))
    nobody = Geometry((128, 128), (0, 0, 0, 0), (0.0, 0.0, 128.0, 128.0))
    mirrored = Prepared(person.face.flip(-1), context.flip(-1), nobody)
    here = explain(small_net, Prepared(person.face, context, nobody), method, 0, baseline="blurred")
    there = explain(small_net, mirrored, method, 0, baseline="blurred")
    scale = max(np.abs(here.face).max(), np.abs(here.context).max())
    np.testing.assert_allclose(there.face[:, ::-1], here.face, atol=1e-3 * scale)
    np.testing.assert_allclose(there.context[:, ::-1], here.context, atol=1e-3 * scale)


def test_saliency_is_the_measured_slope(small_net: GLAMORNet, person: Prepared) -> None:
    found = explain(small_net, person, "saliency", 3)
    row, column = np.unravel_index(np.abs(found.face).argmax(), found.face.shape)
    slopes = []
    for channel in range(3):
        step = torch.zeros_like(person.face)
        step[channel, row, column] = 1e-3
        rise = logit(small_net, person.face + step, person.context, 3)
        slopes.append((rise - logit(small_net, person.face - step, person.context, 3)) / 2e-3)
    assert found.face[row, column] == pytest.approx(max(slopes, key=abs), rel=0.05)


@pytest.mark.parametrize("method", METHODS)
def test_the_face_mask_is_not_scored(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    found = explain(small_net, person, method, 0)
    assert found.scored.shape == found.context.shape == (64, 64)
    assert not found.scored[16:40, 8:24].any()
    assert found.scored.sum() == 64 * 64 - 24 * 16
    assert not found.context[16:40, 8:24].any()
    assert found.context.any()
    assert found.face.dtype == found.context.dtype == np.float32
    assert np.isfinite(found.face).all()
    assert np.isfinite(found.context).all()


@pytest.mark.parametrize("method", ["integrated_gradients", "deep_lift"])
def test_a_scene_without_weight_gets_nothing(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    forced = Intervention(fusion=torch.tensor([1.0, 0.0]))
    found = explain(small_net, person, method, 0, intervention=forced)
    assert np.abs(found.context).max() < 1e-6
    assert np.abs(found.face).max() > 1e-4


def test_attention_forced_to_one_cell_moves_the_evidence(small_net: GLAMORNet, person: Prepared) -> None:
    attention = torch.zeros(4, 4)
    attention[3, 3] = 1
    found = explain(small_net, person, "grad_cam", 0, intervention=Intervention(attention=attention))
    plain = explain(small_net, person, "grad_cam", 0)
    assert not np.allclose(found.context, plain.context)


@pytest.mark.parametrize("method", ["gradient_shap", "kernel_shap", "integrated_gradients"])
def test_same_seed_same_map(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    baseline = "noise" if method == "integrated_gradients" else "black"  # the others draw by themselves
    first, again, other = (explain(small_net, person, method, 0, baseline=baseline, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.face, again.face)
    np.testing.assert_array_equal(first.context, again.context)
    assert not np.array_equal(first.face, other.face)


def test_the_predicted_class_is_explained_unless_another_is_asked_for(small_net: GLAMORNet, person: Prepared) -> None:
    with torch.no_grad():
        predicted = int(small_net(person.face[None], person.context[None]).logits.argmax())
    found = explain(small_net, person, "grad_cam")
    assert found.target == predicted
    assert found.target_name == small_net.config.class_names[predicted]
    assert explain(small_net, person, "grad_cam", (predicted + 1) % 7).target == (predicted + 1) % 7


def test_aliases_name_methods(small_net: GLAMORNet, person: Prepared) -> None:
    assert set(ALIASES.values()) <= set(METHODS)
    assert explain(small_net, person, "gradcam", 0).method == "grad_cam"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "tea_leaves"}, "integrated_gradients"),
        ({"method": "saliency", "target": 7}, "0 to 6"),
        ({"method": "saliency", "target": -1}, "0 to 6"),
        ({"method": "occlusion", "baseline": "pink"}, "black, mean, blurred, noise"),
        ({"method": "grad_cam", "smooth": True}, "SmoothGrad"),
    ],
)
def test_wrong_wishes_are_refused(
    arguments: dict[str, object], message: str, small_net: GLAMORNet, person: Prepared
) -> None:
    with pytest.raises(ExplainError, match=message):
        explain(small_net, person, **arguments)


@pytest.mark.parametrize("method", METHODS)
def test_progress_rises_to_one(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    seen: list[float] = []
    explain(small_net, person, method, 0, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1
    assert len([share for share in seen if share == 1]) == 1  # expected calls were not too few


def test_every_method_says_what_it_is() -> None:
    for key, method in METHODS.items():
        assert method.key == key
        assert method.cost >= 3
        assert method.caption.endswith(".")
        assert all((method.name, method.needs, method.source))


def test_integrated_gradients_are_the_integral_along_the_straight_path(small_net: GLAMORNet, person: Prepared) -> None:
    """Sundararajan et al. 2017, eq. 1, by torch's own gradients of the network as it was trained, point by point."""
    points, weights = np.polynomial.legendre.leggauss(gradients.IG_STEPS)
    inputs = person.face[None], person.context[None]
    sums = [torch.zeros_like(image) for image in inputs]
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        there = [(image * point).requires_grad_() for image in inputs]
        small_net(*there).logits[0, TARGET].backward()
        for total, image in zip(sums, there, strict=True):
            total += weight * image.grad
    face, context = ((image * total)[0].sum(dim=0).numpy() for image, total in zip(inputs, sums, strict=True))
    found = explain(small_net, person, "integrated_gradients", TARGET)
    np.testing.assert_allclose(found.face, face, atol=2e-3 * np.abs(face).max())
    np.testing.assert_allclose(found.context, context * found.scored, atol=2e-3 * np.abs(context).max())
