"""Figures of merit of a classifier, each from labels and probabilities alone (numpy only)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]


def confusion_matrix(labels: Labels, predicted: Labels, classes: int) -> NDArray[np.int64]:
    """Return (classes, classes) counts: row = true class, column = predicted class."""
    cells = np.bincount(labels * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes).astype(np.int64)


def recall(matrix: NDArray[np.int64]) -> Floats:
    """Return each class's recall in [0, 1]; nan where the class has no sample."""
    return _ratio(np.diag(matrix), matrix.sum(axis=1))


def precision(matrix: NDArray[np.int64]) -> Floats:
    """Return each class's precision in [0, 1]; nan where the class was never predicted."""
    return _ratio(np.diag(matrix), matrix.sum(axis=0))


def macro_recall(labels: Labels, predicted: Labels, classes: int) -> float:
    """Return the mean recall over the classes that have a sample, in [0, 1]."""
    return float(np.nanmean(recall(confusion_matrix(labels, predicted, classes))))


def accuracy(labels: Labels, predicted: Labels) -> float:
    """Return the share of right answers, in [0, 1]."""
    return float(np.mean(labels == predicted))


def expected_calibration_error(labels: Labels, probabilities: Floats, bins: int = 15) -> float:
    """Return the mean gap between confidence and accuracy over equal-width bins.

    Args:
        labels: (N,) class indices.
        probabilities: (N, classes), rows sum to 1.
        bins: how many bins of confidence (Guo et al. 2017, section 2, use 15).

    Returns:
        The error in [0, 1].
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    return _calibration_error(confidence, right, bins)


def calibration_error_by_luck(
    probabilities: Floats, bins: int = 15, *, draws: int = 1000, seed: int = 0
) -> tuple[float, float, float]:
    """Return the calibration error that these probabilities would show if they were exactly right.

    Few samples a bin never meet their confidence exactly, so that the error of a perfectly calibrated classifier is
    not 0 (consistency resampling, Broecker and Smith 2007, "Increasing the reliability of reliability diagrams").

    Args:
        probabilities: (N, classes), rows sum to 1.
        bins: as in :func:`expected_calibration_error`.
        draws: how often N answers are drawn, each right with the probability of its confidence.
        seed: of the draws.

    Returns:
        (mean, 2.5 % quantile, 97.5 % quantile) over the draws, each in [0, 1].
    """
    confidence = probabilities.max(axis=1)
    rng = np.random.default_rng(seed)
    drawn = (rng.random(len(confidence)) < confidence for _ in range(draws))
    errors = [_calibration_error(confidence, right, bins) for right in drawn]
    low, high = np.quantile(errors, [0.025, 0.975])
    return float(np.mean(errors)), float(low), float(high)


def bootstrap_intervals(
    count: int,
    statistics: Callable[[Labels], Floats],
    *,
    draws: int = 1000,
    seed: int = 0,
    biased: Sequence[int] = (),
) -> tuple[Floats, Floats]:
    """Return 95 % percentile intervals of several statistics over resampled rows.

    Args:
        count: how many rows there are.
        statistics: maps (count,) row indices, drawn with replacement, to (k,) numbers; nan
            where one is undefined for that draw.
        draws: how many resamples.
        seed: of the resampling.
        biased: the statistics that resampling by itself makes larger, such as a calibration error: their intervals are
            moved back by as much as the draws' mean lies from the estimate, at most to 0 (Efron and Tibshirani 1993,
            section 10.2), else they may not hold the estimate.

    Returns:
        (lower, upper), each (k,); nan where every draw was.
    """
    rng = np.random.default_rng(seed)
    values = np.stack([statistics(rng.integers(0, count, count)) for _ in range(draws)])
    bounds = np.full((2, values.shape[1]), np.nan)
    known = ~np.isnan(values).all(axis=0)
    bounds[:, known] = np.nanpercentile(values[:, known], [2.5, 97.5], axis=0)
    if moved := list(biased):
        shift = values[:, moved].mean(axis=0) - statistics(np.arange(count))[moved]
        bounds[:, moved] = np.clip(bounds[:, moved] - shift, 0, None)
    return bounds[0], bounds[1]


def fit_temperature(logits: Floats, labels: Labels, weights: Floats | None = None) -> float:
    """Return the temperature that minimises the negative log-likelihood (Guo et al. 2017).

    Args:
        logits: (N, classes), raw.
        labels: (N,) class indices.
        weights: (N,) how much each sample counts, positive; None for alike.

    Returns:
        A temperature from 0.05 to 20.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(np.average(-scaled[np.arange(len(labels)), labels], weights=weights))

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded").x))


def _calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int) -> float:
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(which, confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Floats:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
