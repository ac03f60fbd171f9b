"""Figures of merit of a classifier, each from labels and probabilities alone (numpy only)."""

from __future__ import annotations

from collections.abc import Callable

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
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(which, confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def bootstrap_interval(
    count: int, statistic: Callable[[Labels], float], *, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % percentile interval of a statistic over resampled rows.

    Args:
        count: how many rows there are.
        statistic: maps (count,) row indices, drawn with replacement, to a number.
        draws: how many resamples.
        seed: of the resampling.

    Returns:
        (lower, upper).
    """
    rng = np.random.default_rng(seed)
    values = [statistic(rng.integers(0, count, count)) for _ in range(draws)]
    lower, upper = np.nanpercentile(values, [2.5, 97.5])
    return float(lower), float(upper)


def entropy(distribution: Floats) -> Floats:
    """Return the entropy in nats over the last axis; rows sum to 1, 0 log 0 = 0."""
    logs = np.log(distribution, out=np.zeros_like(distribution), where=distribution > 0)
    return np.asarray(-(distribution * logs).sum(axis=-1))


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Floats:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
