"""Random orders, areas, bands and ranks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency, chisquare

from glamor.explain.trust import rank_agreement
from glamor.explain.trust.orders import Band, area, band_of, cell_sums, descending, kept_cells, random_orders
from glamor.explain.trust.verdict import judge, sentence


def test_each_random_order_is_a_permutation() -> None:
    orders = random_orders(49, seed=1)
    assert orders.shape == (40, 49)
    assert (np.sort(orders, axis=1) == np.arange(49)).all()


def test_random_orders_are_seeded() -> None:
    assert (random_orders(49, seed=1) == random_orders(49, seed=1)).all()
    assert (random_orders(49, seed=1) != random_orders(49, seed=2)).any()


def test_every_permutation_is_as_likely_as_any_other() -> None:
    orders = random_orders(4, seed=0, count=24_000)
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(counts) == 24
    assert chisquare(counts).pvalue > 0.01


def test_one_order_tells_nothing_of_the_next() -> None:
    orders = random_orders(4, seed=0, count=24_000)
    pairs = np.zeros((4, 4))
    np.add.at(pairs, (orders[:-1, 0], orders[1:, 0]), 1)
    assert chi2_contingency(pairs).pvalue > 0.01


def test_descending_order_breaks_ties_by_the_seed() -> None:
    values = np.array([0.0, 5.0, 0.0, 0.0, 0.0, 7.0])
    orders = [descending(values, seed) for seed in range(20)]
    assert all(list(order[:2]) == [5, 1] for order in orders)
    assert len({tuple(order) for order in orders}) > 5
    assert (descending(values, 3) == descending(values, 3)).all()


def test_the_first_k_cells_go() -> None:
    kept = kept_cells(np.array([[2, 0, 1]]))
    assert kept.tolist() == [[[True, True, True], [True, True, False], [False, True, False], [False, False, False]]]


def test_areas_of_straight_lines() -> None:
    curves = np.array([np.linspace(1, 0, 50), np.full(50, 0.3), np.r_[1.0, np.zeros(49)]])
    assert area(curves) == pytest.approx([0.5, 0.3, 0.5 / 49])


def test_five_percent_of_new_orders_fall_outside_the_band_of_others() -> None:
    evidence = np.arange(49.0) ** 2  # how much of the score goes with each cell
    evidence /= evidence.sum()
    outside = []
    for seed in range(1500):
        curves = 1 - np.cumsum(evidence[random_orders(49, seed, count=41)], axis=1)
        areas = area(np.c_[np.ones(41), curves])
        _, low, high = band_of(areas[:40])
        outside.append(not low <= areas[40] <= high)
    assert np.mean(outside) == pytest.approx(0.05, abs=0.015)


def test_five_percent_of_new_draws_fall_outside_the_band() -> None:
    rng = np.random.default_rng(0)
    bands = np.array([band_of(rng.random(40)) for _ in range(2000)])  # uniform: a bound is the chance to be below it
    mean, low, high = bands.mean(axis=0)
    assert mean == pytest.approx(0.5, abs=0.005)
    assert low == pytest.approx(0.025, abs=0.003)
    assert high == pytest.approx(0.975, abs=0.003)


def test_cell_sums_of_tiles_that_fit_and_that_do_not() -> None:
    values = np.arange(16.0).reshape(4, 4)
    assert cell_sums(values, (2, 2)).tolist() == [[0 + 1 + 4 + 5, 2 + 3 + 6 + 7], [8 + 9 + 12 + 13, 10 + 11 + 14 + 15]]
    assert cell_sums(np.ones((7, 7)), (3, 3)).sum() == 49


def test_rank_agreement() -> None:
    values = np.random.default_rng(0).standard_normal((7, 7))
    assert rank_agreement(values, values) == pytest.approx(1)
    assert rank_agreement(values, np.exp(values)) == pytest.approx(1)  # ranks only
    assert rank_agreement(values, -values) == pytest.approx(-1)
    assert rank_agreement(values, np.ones_like(values)) is None


BAND = Band(mean=0.5, low=0.4, high=0.6)


@pytest.mark.parametrize(
    ("deletion", "insertion", "effect", "outcome"),
    [
        (0.3, 0.7, 0.5, "better"),
        (0.3, 0.5, 0.5, "partly"),
        (0.5, 0.7, 0.5, "partly"),
        (0.5, 0.5, 0.5, "chance"),
        (0.4, 0.6, 0.5, "chance"),  # on the edge is not beyond it
        (0.3, 0.3, 0.5, "chance"),  # one for, one against
        (0.7, 0.5, 0.5, "worse"),
        (0.7, 0.3, 0.5, "worse"),
        (0.3, 0.7, 0.009, "nothing"),
    ],
)
def test_the_band_decides(deletion: float, insertion: float, effect: float, outcome: str) -> None:
    assert judge(deletion, insertion, BAND, effect) == outcome


def test_the_verdict_says_its_numbers() -> None:
    yes = sentence("Attention", "better", 0.31, 0.72, BAND)
    assert yes.startswith("Attention finds the evidence better than chance: deletion AUC 0.31")
    assert "insertion AUC 0.72" in yes
    assert "0.50 at random (95% of random orders: 0.40 to 0.60)" in yes
    assert "no better than chance" in sentence("Attention", "chance", 0.5, 0.5, BAND)
