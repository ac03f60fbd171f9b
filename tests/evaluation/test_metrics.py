"""Hand-computed cases."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics
from sklearn.calibration import calibration_curve

from glamor.evaluation.metrics import (
    accuracy,
    bootstrap_intervals,
    calibration_error_by_luck,
    confusion_matrix,
    expected_calibration_error,
    fit_temperature,
    macro_recall,
    precision,
    recall,
)

LABELS = np.array([0, 0, 0, 0, 1, 1])
PREDICTED = np.array([0, 0, 0, 1, 1, 1])


def test_confusion_rows_are_the_truth() -> None:
    matrix = confusion_matrix(LABELS, PREDICTED, 2)
    assert matrix.tolist() == [[3, 1], [0, 2]]
    assert matrix.dtype == np.int64


def test_recall_precision_and_accuracy_by_hand() -> None:
    matrix = confusion_matrix(LABELS, PREDICTED, 2)
    assert recall(matrix).tolist() == [3 / 4, 1]
    assert precision(matrix).tolist() == [1, 2 / 3]
    assert macro_recall(LABELS, PREDICTED, 2) == (3 / 4 + 1) / 2
    assert accuracy(LABELS, PREDICTED) == 5 / 6


def test_one_sample_is_enough_for_a_recall_and_none_is_not() -> None:
    matrix = confusion_matrix(np.array([0, 0]), np.array([0, 1]), 3)
    np.testing.assert_array_equal(recall(matrix), [1 / 2, np.nan, np.nan])
    np.testing.assert_array_equal(precision(matrix), [1, 0, np.nan])


def test_macro_recall_leaves_out_classes_without_samples() -> None:
    assert macro_recall(LABELS, PREDICTED, 7) == (3 / 4 + 1) / 2


def test_calibration_error_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    labels = np.array([0, 1, 0, 1])
    # Bin of 0.9: confidence 0.9, accuracy 0.5; bin of 0.6: confidence 0.6, accuracy 1.
    assert expected_calibration_error(labels, probabilities) == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)


def test_calibration_bins_are_fifteenths_unless_told_otherwise() -> None:
    # 0.61 and 0.66 share one of 15 bins, 0.71 and 0.79 do not; of 10 and of 16 bins it is the other way round.
    confidence = np.array([0.61, 0.66, 0.71, 0.79])
    labels, probabilities = np.array([0, 1, 0, 1]), np.stack((confidence, 1 - confidence), axis=1)
    fifteen = (abs(-0.39 + 0.66) + 0.29 + 0.79) / 4
    assert expected_calibration_error(labels, probabilities) == pytest.approx(fifteen)
    assert expected_calibration_error(labels, probabilities, 10) == pytest.approx((0.27 + abs(-0.29 + 0.79)) / 4)


def test_certainty_belongs_to_the_last_bin() -> None:
    confidence = np.array([1.0, 0.97, 0.9])  # wrong, right, right; the last one in the bin below
    probabilities = np.stack((confidence, 1 - confidence), axis=1)
    error = expected_calibration_error(np.array([1, 0, 0]), probabilities)
    assert error == pytest.approx(((1.0 - 0.03) + 0.1) / 3)


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


def test_what_is_drawn_is_the_same_every_time_and_as_the_documentation_says() -> None:
    probabilities = np.random.default_rng(2).dirichlet((1, 1), 30)
    by_luck = calibration_error_by_luck(probabilities)
    assert by_luck == calibration_error_by_luck(probabilities, 15, draws=1000, seed=0)
    assert by_luck != calibration_error_by_luck(probabilities, 15, draws=1000, seed=1)
    intervals = bootstrap_intervals(30, lambda rows: probabilities[rows, 0].mean(keepdims=True))
    again = bootstrap_intervals(30, lambda rows: probabilities[rows, 0].mean(keepdims=True), draws=1000, seed=0)
    assert intervals == again


@pytest.mark.parametrize("seed", range(5))
def test_scikit_learn_finds_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels, probabilities = rng.choice([0, 1, 1, 2, 4, 5], 300), rng.dirichlet(np.full(6, 0.4), 300)  # nobody is a 3
    predicted = probabilities.argmax(axis=1)
    matrix, undefined = confusion_matrix(labels, predicted, 6), {"labels": range(6), "zero_division": np.nan}
    assert (matrix == sklearn.metrics.confusion_matrix(labels, predicted, labels=range(6))).all()
    theirs = sklearn.metrics.recall_score(labels, predicted, average=None, **undefined)
    np.testing.assert_allclose(recall(matrix), theirs)
    assert np.isnan(theirs[3])
    theirs = sklearn.metrics.precision_score(labels, predicted, average=None, **undefined)
    np.testing.assert_allclose(precision(matrix), theirs)
    assert accuracy(labels, predicted) == pytest.approx(sklearn.metrics.accuracy_score(labels, predicted))
    theirs = np.nanmean(sklearn.metrics.recall_score(labels, predicted, average=None, **undefined))
    assert macro_recall(labels, predicted, 6) == pytest.approx(theirs)
    confidence, right = probabilities.max(axis=1), predicted == labels
    shares, means = calibration_curve(right, confidence, n_bins=15)
    counts = np.histogram(confidence, np.linspace(0, 1, 16))[0]
    error = (counts[counts > 0] * np.abs(shares - means)).sum() / len(labels)
    assert expected_calibration_error(labels, probabilities) == pytest.approx(error)


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


def test_bootstrap_bounds_are_the_outer_fortieths_of_draws_from_all_rows() -> None:
    drawn: list[float] = []

    def statistics(rows: np.ndarray) -> np.ndarray:
        drawn.append(float(np.sqrt(rows).sum()))
        return np.array([drawn[-1], rows.min(), rows.max()])

    low, high = bootstrap_intervals(9, statistics, draws=41)  # 2.5 % of 40 steps is one step
    assert (low[0], high[0]) == (sorted(drawn)[1], sorted(drawn)[-2])
    assert (low[1], high[2]) == (0, 8)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_temperature_of_a_softmax_sampler_is_found_again(temperature: float) -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(size=(20_000, 7)) * 2
    noise = rng.gumbel(size=logits.shape)  # argmax(logits / T + Gumbel) is a draw from softmax(logits / T)
    labels = (logits / temperature + noise).argmax(axis=1)
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.05)


def test_a_temperature_stays_between_its_bounds() -> None:
    logits = np.array([[0.3, 0.0], [0.4, 0.0]])
    assert fit_temperature(logits, np.array([0, 0])) == pytest.approx(0.05, rel=0.01)  # always right
    assert fit_temperature(logits, np.array([1, 1])) == pytest.approx(20, rel=0.01)  # always wrong


def test_a_sample_of_weight_three_counts_as_three() -> None:
    logits, labels = np.array([[2.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), np.array([0, 1, 1])
    thrice = fit_temperature(np.repeat(logits, (3, 1, 1), axis=0), np.repeat(labels, (3, 1, 1)))
    assert fit_temperature(logits, labels, np.array([3.0, 1.0, 1.0])) == pytest.approx(thrice, rel=1e-3)
    assert fit_temperature(logits, labels) > 1.2 * thrice


def test_the_interval_of_what_resampling_makes_larger_is_moved_back_and_holds_the_estimate() -> None:
    probabilities = np.array([[0.75, 0.25]] * 40 + [[0.6, 0.4]] * 40 + [[0.9, 0.1]] * 40)
    labels = np.array(([0] * 30 + [1] * 10) + ([0] * 24 + [1] * 16) + ([0] * 36 + [1] * 4))  # exactly as often right

    def error(chosen: np.ndarray) -> np.ndarray:
        return np.array([expected_calibration_error(labels[chosen], probabilities[chosen]), 0.5])

    value = error(np.arange(120))[0]
    plain, moved = (bootstrap_intervals(120, error, draws=400, biased=biased) for biased in ((), (0,)))
    assert value == pytest.approx(0)
    assert plain[0][0] > 0.005, "resampling alone adds to it"
    assert moved[0][0] <= value < moved[1][0] < plain[1][0]
    assert [bound[1] for bound in moved] == [0.5, 0.5]
