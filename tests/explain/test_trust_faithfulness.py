"""Planted evidence is found, random attention is not, and the curves are what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from glamor.errors import ExplainError
from glamor.explain import METHODS, Intervention, explain, intervene
from glamor.explain.trust import Faithfulness, faithfulness, rank_agreement
from glamor.explain.trust.faithfulness import Curves, _removal
from glamor.explain.trust.orders import descending
from glamor.explain.trust.progress import ignore
from glamor.model import GLAMORNet
from glamor.prepare import Prepared
from tests.explain.planted import GRID, PLANTED, TARGET, one_red_cell, planted_net, random_scene, scene

CELLS = GRID * GRID


@pytest.fixture(scope="module")
def planted() -> Faithfulness:
    model, person = planted_net("red", attention_gain=16.0, logit_gain=12.0), one_red_cell()
    maps = [explain(model, person, method) for method in METHODS]
    return faithfulness(model, person, maps)


def chance(model: GLAMORNet, person: Prepared, intervention: Intervention | None = None) -> float:
    logits = intervene(model, person, intervention or Intervention()).logits
    return float(logits.double().softmax(dim=1)[0, TARGET])


def test_attention_and_every_method_find_the_planted_cell(planted: Faithfulness) -> None:
    assert planted.target == TARGET
    for removal in (planted.pixels, planted.weights):
        assert [curves.key for curves in removal.curves] == ["attention", *METHODS]
        assert [curves.outcome for curves in removal.curves] == ["better"] * (1 + len(METHODS))
    assert np.unravel_index(planted.attention.argmax(), (GRID, GRID)) == PLANTED
    assert all(np.unravel_index(cells.argmax(), (GRID, GRID)) == PLANTED for cells in planted.cells)
    assert planted.verdict.startswith("Attention finds the evidence better than chance: deletion AUC 0.1")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_planted_cell_is_found_whatever_the_random_orders(seed: int) -> None:
    found = faithfulness(planted_net("red", 16.0, 12.0), one_red_cell(), [], seed=seed)
    assert found.pixels.curves[0].outcome == "better"


def test_removing_the_planted_cell_first_is_a_step(planted: Faithfulness) -> None:
    curves = planted.pixels.curves[0]
    assert curves.deletion[0] > 0.9
    assert curves.deletion[1:] == pytest.approx(np.full(CELLS, 1 / 7))
    assert curves.insertion[0] == pytest.approx(1 / 7)
    assert curves.insertion[1:].min() > 0.9
    assert curves.least_first[CELLS - 1] == pytest.approx(curves.deletion[0], abs=0.02)
    # Among random orders the cell is equally likely to go at any time: a straight line on average.
    line = np.linspace(curves.deletion[0], 1 / 7, CELLS + 1)
    assert np.abs(planted.pixels.random_mean - line).max() < 0.15


@pytest.mark.parametrize("seed", range(4))
def test_random_attention_gets_the_verdict_no(seed: int) -> None:
    model = planted_net("blue", attention_gain=0.3, logit_gain=30.0)
    found = faithfulness(model, random_scene(seed), [], TARGET, seed=seed)
    assert found.pixels.curves[0].outcome != "better"
    assert found.pixels.curves[0].outcome != "nothing"
    assert found.weights.curves[0].outcome != "better"


def test_random_attention_is_said_to_be_no_better_than_chance() -> None:
    model, person = planted_net("blue", attention_gain=0.3, logit_gain=30.0), random_scene(0)
    found = faithfulness(model, person, [explain(model, person, "occlusion", TARGET)], TARGET)
    assert found.verdict.startswith("Attention finds the evidence no better than chance: deletion AUC 0.")
    assert found.pixels.curves[1].outcome == "better"  # occlusion sees through it


def test_a_scene_without_effect_has_nothing_to_find() -> None:
    found = faithfulness(planted_net("red", 16.0, 0.0), one_red_cell(), [], TARGET)
    assert found.pixels.curves[0].outcome == "nothing"
    assert "nothing to find" in found.verdict


def test_the_curves_are_the_networks_own_answers(small_net: GLAMORNet, person: Prepared) -> None:
    found = faithfulness(small_net, person, [], seed=5)
    hw, hole = found.attention.shape, person.context.sum(dim=0) == 0
    mean = person.context[:, ~hole].mean(dim=1)  # the mean colour of the scored pixels
    order = descending(found.attention.ravel(), 5)
    for k in (0, 1, 7, 16):
        context, weights = person.context.clone(), torch.from_numpy(found.attention.copy()).flatten()
        for cell in order[:k]:
            row, column = divmod(int(cell), hw[1])
            tile = (slice(16 * row, 16 * row + 16), slice(16 * column, 16 * column + 16))
            filled = torch.where(hole[tile], torch.zeros(()), mean.view(3, 1, 1))
            context[:, tile[0], tile[1]] = filled
            weights[cell] = 0
        masked = intervene(small_net, person, Intervention(context=context)).logits
        assert found.pixels.curves[0].deletion[k] == pytest.approx(_probability(masked, found.target), abs=1e-6)
        if k < 16:
            unattended = intervene(small_net, person, Intervention(attention=weights.view(hw))).logits
            assert found.weights.curves[0].deletion[k] == pytest.approx(
                _probability(unattended, found.target), abs=1e-6
            )


def test_deletion_of_all_is_insertion_of_none(small_net: GLAMORNet, person: Prepared) -> None:
    found = faithfulness(small_net, person, [explain(small_net, person, "saliency")])
    plain = _probability(intervene(small_net, person, Intervention()).logits, found.target)
    for removal in (found.pixels, found.weights):
        nothing_left = {curves.deletion[-1] for curves in removal.curves} | {c.insertion[0] for c in removal.curves}
        assert len(nothing_left) == 1
        for curves in removal.curves:
            assert curves.deletion[0] == curves.insertion[-1] == pytest.approx(plain, abs=1e-6)


def test_the_random_band_brackets_its_mean(planted: Faithfulness) -> None:
    for removal in (planted.pixels, planted.weights):
        assert (removal.random_low <= removal.random_mean + 1e-12).all()
        assert (removal.random_mean <= removal.random_high + 1e-12).all()
        assert removal.random_auc.low < removal.random_auc.mean < removal.random_auc.high
    assert planted.random_orders >= 20


def test_cells_in_the_hole_do_not_take_part_in_rank_agreement() -> None:
    red = np.random.default_rng(0).random((GRID, GRID))
    person = scene(red, np.zeros_like(red), hole=(16, 16, 48, 64))
    model = planted_net("red", 1.0, 12.0)
    found = faithfulness(model, person, [explain(model, person, "input_x_gradient", TARGET)])
    assert found.scored.sum() == CELLS - 6
    assert not found.scored[1:4, 1:3].any()
    (agreement,) = found.agreement
    assert agreement is not None
    assert agreement > 0.9  # both follow the red


def test_uniform_attention_has_no_rank_agreement() -> None:
    model, person = planted_net("red", 0.0, 30.0), one_red_cell()
    found = faithfulness(model, person, [explain(model, person, "occlusion", TARGET)])
    assert found.agreement == (None,)


def test_the_same_seed_gives_the_same_numbers(small_net: GLAMORNet, person: Prepared) -> None:
    first, second, other = (faithfulness(small_net, person, [], seed=seed) for seed in (4, 4, 5))
    assert (first.pixels.random_mean == second.pixels.random_mean).all()
    assert first.verdict == second.verdict
    assert (first.pixels.random_mean != other.pixels.random_mean).any()


def test_maps_of_another_class_are_refused(small_net: GLAMORNet, person: Prepared) -> None:
    with pytest.raises(ExplainError, match="one class"):
        faithfulness(small_net, person, [explain(small_net, person, "saliency", 1)], target=2)


def _probability(logits: torch.Tensor, target: int) -> float:
    return float(logits.double().softmax(dim=1)[0, target])


def test_only_cells_that_hold_something_of_the_photo_are_ranked(small_net: GLAMORNet, person: Prepared) -> None:
    """The map is attention itself, but where the face is painted black it says the opposite."""
    person = replace(person, geometry=replace(person.geometry, face_box_xyxy=(32, 32, 64, 96)))
    person.context[:, 16:48, 16:32] = 0  # two cells of the four by four
    with torch.inference_mode():
        attention = small_net(person.face[None], person.context[None]).attention[0].numpy()
    opposite = attention.copy()
    opposite[1:3, 1] = 1 - attention[1:3, 1]
    pixels = opposite.repeat(16, axis=0).repeat(16, axis=1)
    drawn = replace(explain(small_net, person, "saliency"), context=pixels)
    found = faithfulness(small_net, person, [drawn])
    assert found.scored.sum() == 14
    assert found.agreement == (pytest.approx(1),)
    assert rank_agreement(attention, opposite) < 0.9


def test_the_seed_decides_which_of_equal_cells_goes_first() -> None:
    def curve(seed: int) -> list[float]:
        return list(_removed(np.ones(CELLS), lambda kept: kept[:, 0], seed).deletion)

    steps = [curve(seed).index(0) for seed in range(4)]
    assert len(set(steps)) > 1


def test_a_smoothed_map_is_told_apart_from_the_plain_one(small_net: GLAMORNet, person: Prepared) -> None:
    plain = explain(small_net, person, "saliency")
    found = faithfulness(small_net, person, [plain, replace(plain, smooth=True)])
    for removal in (found.pixels, found.weights):
        assert [curves.key for curves in removal.curves] == ["attention", "saliency", "saliency+smooth"]
        assert [curves.name for curves in removal.curves] == ["Attention", "Saliency", "Saliency, smooth"]


def test_progress_rises_to_the_end(small_net: GLAMORNet, person: Prepared) -> None:
    told: list[float] = []
    faithfulness(small_net, person, [], progress=told.append)
    assert told == sorted(told)
    assert (len(told) > 5, told[0] >= 0, told[-1]) == (True, True, 1.0)


def test_an_effect_in_any_order_is_an_effect() -> None:
    """Cell 0 speaks for the class only where cell 1 is gone, which removing the least first alone brings about."""
    curves = _removed(np.arange(CELLS, 0.0, -1), lambda kept: kept[:, 0] & ~kept[:, 1])
    assert set(curves.deletion) == {0}
    assert curves.outcome != "nothing"


def _removed(ranks: np.ndarray, answer: Callable[[np.ndarray], np.ndarray], seed: int = 0) -> Curves:
    """Remove cells in the order of one map; ``answer`` gives the probability for what is kept, (N, cells) bool."""
    labels = [("attention", "Attention")]
    removal = _removal("pixels", lambda _, kept, report: 1.0 * answer(kept), None, labels, ranks[None], seed, ignore)
    return removal.curves[0]
