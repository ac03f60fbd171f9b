"""Stated beside effective reliance, on networks where both are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glamor.errors import ExplainError
from glamor.explain import explain
from glamor.explain.trust import Reliance, reliance
from glamor.model import GLAMORNet
from glamor.prepare import Prepared
from tests.explain.planted import TARGET, one_red_cell, planted_net


def test_a_network_that_ignores_the_face() -> None:
    model, person = planted_net("red", 16.0, 12.0), one_red_cell()
    found = reliance(model, person, explain(model, person, "integrated_gradients"))
    assert found.target == TARGET
    assert found.fusion_weights == pytest.approx((0.5, 0.5))
    assert found.attribution == pytest.approx((0.0, 1.0))
    assert found.probability_lost[0] == pytest.approx(0, abs=1e-7)
    assert found.probability_lost[1] == pytest.approx(found.probability - 1 / 7, abs=1e-6)
    assert found.logit_lost == pytest.approx((0.0, found.logit), abs=1e-5)
    assert found.baseline == "black"
    assert "but the answer depends more on the scene" not in found.verdict  # fusion is even: the scene is stated
    assert "fusion 50% face, 50% scene" in found.verdict


def test_a_network_that_says_scene_and_means_face(red_detector, red_person) -> None:  # type: ignore[no-untyped-def]
    model: GLAMORNet = red_detector(threshold=0.2)
    model.context_score[2].bias.data.fill_(1.0)  # fusion (0.27, 0.73), whatever is seen
    person: Prepared = red_person((1, 1), (2, 2))
    model.head[3].weight.data[2, 1] = 0.0  # but nothing of the scene reaches the logits
    found = reliance(model, person, explain(model, person, "integrated_gradients"))
    assert found.fusion_weights[1] == pytest.approx(0.7311, abs=1e-4)
    assert found.attribution == pytest.approx((1.0, 0.0))
    assert found.logit_lost == pytest.approx((found.logit, 0.0), abs=1e-6)
    assert "listens more to the scene" in found.verdict
    assert "but the answer depends more on the face" in found.verdict


def test_where_neither_input_moves_the_answer_nothing_is_claimed() -> None:
    pairs = {"fusion_weights": (0.7, 0.3), "attribution": (0.9, 0.1), "logit_lost": (0.1, 0.0)}
    still = Reliance(2, "Fear", probability=0.99, logit=9.0, probability_lost=(0.004, 0.0), baseline="black", **pairs)
    assert "cannot be told" in still.verdict
    assert "and so it does" in replace(still, probability_lost=(0.006, 0.0)).verdict
    assert "but the answer depends more on the scene" in replace(still, probability_lost=(0.0, 0.2)).verdict
    assert replace(still, probability_lost=(0.5, -0.001)).verdict.endswith("without the scene 0.")


def test_losses_under_noise_are_means_over_its_draws(small_net: GLAMORNet, person: Prepared) -> None:
    maps = [explain(small_net, person, "integrated_gradients", baseline="noise", seed=s) for s in (1, 1, 2)]
    first, second, other = (reliance(small_net, person, one) for one in maps)
    assert first.logit_lost == second.logit_lost
    assert first.logit_lost != other.logit_lost
    assert first.logit == pytest.approx(maps[0].logit, abs=1e-5)


def test_only_integrated_gradients_are_taken(small_net: GLAMORNet, person: Prepared) -> None:
    with pytest.raises(ExplainError, match="integrated_gradients"):
        reliance(small_net, person, explain(small_net, person, "saliency"))
