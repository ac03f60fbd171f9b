"""Hand-computed cases."""

from __future__ import annotations

import numpy as np
import pytest

from glamor.metrics import (
    accuracy,
    bootstrap_intervals,
    calibration_error_by_luck,
    confusion_matrix,
    entropy,
    expected_calibration_error,
    fit_temperature,
    macro_recall,
    precision,
    recall,
    uncertain_margin,
)

LABELS = np.array([0, 0, 0, 0, 1, 1])
PREDICTED = np.array([0, 0, 0, 1, 1, 0])


def test_confusion_rows_are_the_truth() -> None:
    assert confusion_matrix(LABELS, PREDICTED, 2).tolist() == [[3, 1], [1, 1]]


def test_recall_precision_and_accuracy_by_hand() -> None:
    matrix = confusion_matrix(LABELS, PREDICTED, 2)
    assert recall(matrix).tolist() == [3 / 4, 1 / 2]
    assert precision(matrix).tolist() == [3 / 4, 1 / 2]
    assert macro_recall(LABELS, PREDICTED, 2) == (3 / 4 + 1 / 2) / 2
    assert accuracy(LABELS, PREDICTED) == 4 / 6


def test_macro_recall_leaves_out_classes_without_samples() -> None:
    assert macro_recall(LABELS, PREDICTED, 7) == (3 / 4 + 1 / 2) / 2


def test_calibration_error_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    labels = np.array([0, 1, 0, 1])
    # Bin of 0.9: confidence 0.9, accuracy 0.5; bin of 0.6: confidence 0.6, accuracy 1.
    assert expected_calibration_error(labels, probabilities) == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)


def test_the_calibration_error_of_one_exact_probability_is_known() -> None:
    # Right with 0.7: off by 0.3 in seven of ten draws, by 0.7 in three.
    mean, low, high = calibration_error_by_luck(np.array([[0.7, 0.3]]), draws=4000)
    assert mean == pytest.approx(2 * 0.7 * 0.3, abs=0.012)  # four standard errors
    assert (low, high) == pytest.approx((0.3, 0.7))


def test_the_calibration_error_by_luck_is_a_binomials_mean_deviation_and_vanishes_with_many_samples() -> None:
    for count in (50, 5000):
        mean, low, high = calibration_error_by_luck(np.tile([0.63, 0.37], (count, 1)))
        spread = np.sqrt(0.63 * 0.37 / count)
        assert mean == pytest.approx(np.sqrt(2 / np.pi) * spread, rel=0.08)
        assert low < mean < high == pytest.approx(2.24 * spread, rel=0.15)  # 97.5 % of |normal|
    certain = np.tile([1.0, 0.0], (9, 1))
    assert calibration_error_by_luck(certain) == (0, 0, 0)


def test_entropy_of_uniform_and_of_certain() -> None:
    assert entropy(np.full((1, 49), 1 / 49))[0] == pytest.approx(np.log(49))
    assert entropy(np.array([1.0, 0.0])) == 0.0


def test_bootstrap_interval_of_a_proportion_matches_the_normal_approximation() -> None:
    right = np.arange(1000) < 300
    low, high = bootstrap_intervals(1000, lambda rows: np.array([right[rows].mean()]), draws=2000)
    spread = 1.96 * np.sqrt(0.3 * 0.7 / 1000)
    assert low[0] == pytest.approx(0.3 - spread, abs=0.004)
    assert high[0] == pytest.approx(0.3 + spread, abs=0.004)


def test_bootstrap_says_nan_where_nothing_is_defined() -> None:
    low, high = bootstrap_intervals(5, lambda rows: np.array([1.0, np.nan]), draws=10)
    assert (low[0], high[0]) == (1.0, 1.0)
    assert np.isnan([low[1], high[1]]).all()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_temperature_of_a_softmax_sampler_is_found_again(temperature: float) -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(size=(20_000, 7)) * 2
    noise = rng.gumbel(size=logits.shape)  # argmax(logits / T + Gumbel) is a draw from softmax(logits / T)
    labels = (logits / temperature + noise).argmax(axis=1)
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.05)


def test_uncertain_margin_lies_where_the_first_choice_starts_to_win() -> None:
    rng = np.random.default_rng(3)
    margins = np.linspace(0.001, 0.9, 4000)
    probabilities = np.stack(((1 + margins) / 2, (1 - margins) / 2), axis=1)
    coin = rng.random(4000) < 0.5
    labels = np.where(margins < 0.3, coin, 0).astype(np.int64)  # closer than 0.3: a coin; else always the first
    assert uncertain_margin(labels, probabilities) == pytest.approx(0.3, abs=0.06)


def test_uncertain_margin_is_small_if_the_first_choice_is_always_right() -> None:
    spread = np.linspace(0.51, 0.9, 100)
    probabilities = np.stack((spread, 1 - spread), axis=1)
    assert uncertain_margin(np.zeros(100, dtype=np.int64), probabilities) < 0.06
