"""How good the answers are, where the folders or the data set name the true class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glamor.evaluation.metrics import bootstrap_intervals
from glamor.evaluation.scoring import Measure, Report, score

BINS = 15  # of confidence, as in the expected calibration error
RESAMPLED_ROWS = 20_000_000  # rows that all resamples may have together: a million photos take a minute, not an hour
Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: how many, their mean confidence, and how many of them are right."""

    count: int
    confidence: float
    accuracy: Measure


@dataclass(frozen=True)
class Quality:
    """Answers against labels, one face a photo: accuracy and the like, and whether confidence can be believed."""

    report: Report
    bins: tuple[Bin, ...]


def measure_quality(labels: Labels, probabilities: Floats, class_names: Sequence[str]) -> Quality:
    """Measure answers against labels, with 95 % bootstrap intervals over the photos.

    Args:
        labels: (N,) class indices, N at least 1.
        probabilities: (N, classes), rows sum to 1.
        class_names: one a class.
    """
    draws = int(np.clip(RESAMPLED_ROWS // len(labels), 100, 1000))
    report = score("fused", "all", labels, probabilities, class_names, draws)
    return Quality(report, _bins(labels, probabilities, draws))


def _bins(labels: Labels, probabilities: Floats, draws: int) -> tuple[Bin, ...]:
    confidence = probabilities.max(axis=1)
    right = (probabilities.argmax(axis=1) == labels).astype(np.float64)
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)

    def shares(rows: Labels) -> Floats:
        counts = np.bincount(which[rows], minlength=BINS)
        hits = np.bincount(which[rows], right[rows], minlength=BINS)
        return np.divide(hits, counts, out=np.full(BINS, np.nan), where=counts > 0)

    values = shares(np.arange(len(labels)))
    low, high = bootstrap_intervals(len(labels), shares, draws=draws)
    return tuple(
        Bin(
            int((which == b).sum()),
            float(confidence[which == b].mean()),
            Measure(float(values[b]), float(low[b]), float(high[b])),
        )
        for b in range(BINS)
        if (which == b).any()
    )
