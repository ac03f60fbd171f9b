"""Completeness, sensitivity, infidelity and the cascading sanity check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from glamor.explain import explain
from glamor.explain.inputs import input_pair, scored_pixels
from glamor.explain.trust import cascade, infidelity, relative_delta, reliability, sensitivity
from glamor.explain.trust import noise as noise_module
from glamor.explain.trust.again import is_repeated, map_again
from glamor.explain.trust.cascade import layers_from_top, shuffle, ssim
from glamor.model import GLAMORNet
from glamor.prepare import Prepared

STAGES = ("trained", "head", "fusion", "attention", "block 5", "block 4", "block 3", "block 2", "block 1")


def test_the_same_map_is_similar_to_itself_and_not_to_another() -> None:
    rng, everywhere = np.random.default_rng(0), np.ones((48, 48), bool)
    first, second = rng.standard_normal((2, 48, 48))
    assert ssim(first, first, everywhere) == pytest.approx(1)
    assert ssim(first, 3 * first, everywhere) == pytest.approx(1)  # as figures scale each map by itself
    assert abs(ssim(first, second, everywhere)) < 0.1
    assert ssim(first, -first, everywhere) < -0.5
    assert ssim(first, np.zeros_like(first), everywhere) < 0.1


def test_similarity_counts_scored_pixels_only() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((2, 48, 48))
    half = np.zeros((48, 48), bool)
    half[:20] = True
    second[:30] = first[:30]
    second[30:] = np.clip(second[30:], -0.1, 0.1)
    assert ssim(first, second, half) == pytest.approx(1, abs=0.02)
    assert ssim(first, second, ~half) < 0.6
    assert ssim(first, second, np.zeros((48, 48), bool)) == 1


def test_the_cascade_starts_at_one_and_falls(small_net: GLAMORNet, person: Prepared) -> None:
    maps = [explain(small_net, person, method) for method in ("integrated_gradients", "grad_cam")]
    found = cascade(small_net, person, maps)
    assert found.stages == STAGES
    assert found.similarity.shape == (2, len(STAGES))
    assert found.similarity[:, 0] == pytest.approx([1, 1])
    assert (found.similarity[:, 1:] < 1).all()
    assert (found.similarity[:, -1] < 0.7).all()


@pytest.mark.parametrize("method", ["grad_cam", "kernel_shap", "occlusion"])
def test_the_map_of_the_trained_network_is_the_explanation_itself_or_is_made_anew_like_the_others(
    small_net: GLAMORNet, person: Prepared, method: str
) -> None:
    made = explain(small_net, person, method)
    again = map_again(small_net, made, input_pair(small_net, person), scored_pixels(person))
    same = all(np.allclose(now, was, atol=1e-5) for now, was in zip(again, (made.face, made.context), strict=True))
    assert same == is_repeated(made) == (method != "occlusion")


def test_a_cascade_changes_a_copy_only(small_net: GLAMORNet, person: Prepared) -> None:
    before = {name: tensor.clone() for name, tensor in small_net.state_dict().items()}
    cascade(small_net, person, [explain(small_net, person, "saliency")], wanted=("block 1",))
    assert all(torch.equal(tensor, before[name]) for name, tensor in small_net.state_dict().items())


def test_wanted_stages_are_those_of_the_whole_cascade(small_net: GLAMORNet, person: Prepared) -> None:
    maps = [explain(small_net, person, "input_x_gradient")]
    whole, some = cascade(small_net, person, maps), cascade(small_net, person, maps, wanted=("head", "block 1"))
    assert some.stages == ("trained", "head", "block 1")
    assert some.similarity[0].tolist() == whole.similarity[0, [0, 1, -1]].tolist()


def test_shuffling_keeps_the_numbers_and_the_cascade_reaches_all_of_them(small_net: GLAMORNet) -> None:
    covered = {p for _, modules in layers_from_top(small_net) for module in modules for p in module.parameters()}
    assert covered == set(small_net.parameters())
    layer = nn.Linear(20, 20)
    before = layer.weight.detach().clone()
    shuffle((layer,), torch.Generator().manual_seed(0))
    assert not torch.equal(layer.weight, before)
    assert torch.equal(layer.weight.detach().flatten().sort().values, before.flatten().sort().values)


def test_relative_convergence_delta() -> None:
    one = _explanation(delta=0.3, logit=2.0, baseline_logit=-4.0)
    assert relative_delta(one) == pytest.approx(0.05)
    assert relative_delta(replace(one, convergence_delta=None)) is None
    assert relative_delta(replace(one, logit=-4.0, convergence_delta=0.0)) == 0
    assert relative_delta(replace(one, logit=-4.0)) == float("inf")


def test_without_noise_a_map_does_not_move(
    small_net: GLAMORNet, person: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps = [explain(small_net, person, method) for method in ("saliency", "gradient_shap", "occlusion")]
    assert all(sensitivity(small_net, person, one) > 0 for one in maps)
    monkeypatch.setattr(noise_module, "RADIUS", 0.0)
    assert [sensitivity(small_net, person, one) for one in maps] == pytest.approx([0, 0, 0], abs=1e-5)


def test_sensitivity_is_seeded(small_net: GLAMORNet, person: Prepared) -> None:
    one = explain(small_net, person, "saliency")
    first, second, other = (sensitivity(small_net, person, one, seed=seed) for seed in (1, 1, 2))
    assert first == second != other


def test_an_additive_network_is_foretold_without_error(red_detector, red_person) -> None:  # type: ignore[no-untyped-def]
    model, person = red_detector(threshold=0.2, scene_gain=0.0), red_person((1, 1), (2, 2))
    exact = explain(model, person, "integrated_gradients")
    wrong = replace(exact, face=np.roll(exact.face, 16, axis=0))
    found = infidelity(model, person, [exact, wrong])
    assert found.maps[0] == pytest.approx(0, abs=1e-6)
    assert found.maps[1] is not None
    assert found.flat is not None
    assert 0 < found.flat < found.maps[1] <= 1


def test_infidelity_does_not_depend_on_the_maps_scale(small_net: GLAMORNet, person: Prepared) -> None:
    one = explain(small_net, person, "occlusion")
    doubled = replace(one, face=2 * one.face, context=2 * one.context)
    zero = replace(one, face=0 * one.face, context=0 * one.context)
    plain, scaled, nothing = infidelity(small_net, person, [one, doubled, zero]).maps
    assert plain == pytest.approx(scaled)
    assert nothing == pytest.approx(1)


def test_a_constant_network_has_no_infidelity(red_detector, red_person) -> None:  # type: ignore[no-untyped-def]
    model, person = red_detector(face_gain=0.0, scene_gain=0.0), red_person((1, 1), (2, 2))
    found = infidelity(model, person, [explain(model, person, "saliency")])
    assert found.maps == (None,)
    assert found.flat is None


def test_bad_figures_are_warned_of_and_good_ones_are_not(small_net: GLAMORNet, person: Prepared) -> None:
    good = explain(small_net, person, "integrated_gradients")
    bad = replace(good, convergence_delta=0.5 * (good.logit - (good.baseline_logit or 0)))
    first, second = reliability(small_net, person, [good, bad])
    assert first.convergence is not None
    assert first.convergence < 0.05
    assert not any("completeness gap" in warning for warning in first.warnings)
    assert any("completeness gap of 50%" in warning for warning in second.warnings)
    assert first.stages == STAGES
    assert first.similarity[0] == pytest.approx(1)


def test_a_method_that_needs_no_sum_has_no_convergence(small_net: GLAMORNet, person: Prepared) -> None:
    (found,) = reliability(small_net, person, [explain(small_net, person, "grad_cam")])
    assert found.convergence is None
    assert reliability(small_net, person, []) == ()


def _explanation(delta: float, logit: float, baseline_logit: float):  # type: ignore[no-untyped-def]
    from glamor.explain import Explanation

    blank = np.zeros((4, 4), np.float32)
    scored = np.ones((4, 4), bool)
    return Explanation(
        "integrated_gradients", 0, "Anger", blank, blank, delta, scored, logit=logit, baseline_logit=baseline_logit
    )
