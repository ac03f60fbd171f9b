"""Answers against labels: the usual figures, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glamor.evaluation.metrics import (
    accuracy,
    bootstrap_intervals,
    calibration_error_by_luck,
    confusion_matrix,
    expected_calibration_error,
    precision,
    recall,
)

CALIBRATION = 2  # its place among the statistics


@dataclass(frozen=True)
class Measure:
    """A figure and its 95 % bootstrap interval; nan where it is undefined."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Measure:
        """Read what stands in a JSON file, where None is nan."""
        value, low, high = (math.nan if values[key] is None else float(values[key]) for key in ("value", "low", "high"))
        return cls(value, low, high)


@dataclass(frozen=True)
class ClassReport:
    """Recall and precision of one class, in [0, 1]."""

    name: str
    count: int
    recall: Measure
    precision: Measure


@dataclass(frozen=True)
class Report:
    """How good the answers were under one condition.

    Attributes:
        condition: what was done to the network or its input, ``fused`` for nothing.
        subset: ``all``, or the source the samples came from.
        count: how many samples.
        accuracy, macro_recall: in [0, 1].
        calibration_error: expected calibration error of the shown probabilities, 15 bins.
        calibration_luck: the same if these probabilities were exactly right, mean and 95 % range: what so few samples
            show by luck alone.
        classes: one a class.
        confusion: (classes, classes) counts, row = true class.
    """

    condition: str
    subset: str
    count: int
    accuracy: Measure
    macro_recall: Measure
    calibration_error: Measure
    calibration_luck: Measure
    classes: tuple[ClassReport, ...]
    confusion: tuple[tuple[int, ...], ...]


def score(
    condition: str,
    subset: str,
    labels: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    class_names: Sequence[str],
    draws: int = 1000,
) -> Report:
    """Measure answers against labels.

    Args:
        condition: what was done to the network or its input.
        subset: which samples these are.
        labels: (N,) class indices, N at least 1.
        probabilities: (N, classes).
        class_names: one a class.
        draws: resamples for the intervals.
    """
    predicted = probabilities.argmax(axis=1)
    classes = len(class_names)

    def statistics(chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        return _statistics(labels[chosen], predicted[chosen], probabilities[chosen], classes)

    values = statistics(np.arange(len(labels)))
    measures = [
        Measure(float(v), float(lo), float(hi))
        for v, lo, hi in zip(
            values,
            *bootstrap_intervals(len(labels), statistics, draws=draws, biased=[CALIBRATION]),
            strict=True,
        )
    ]
    matrix = confusion_matrix(labels, predicted, classes)
    return Report(
        condition=condition,
        subset=subset,
        count=len(labels),
        accuracy=measures[0],
        macro_recall=measures[1],
        calibration_error=measures[2],
        calibration_luck=Measure(*calibration_error_by_luck(probabilities, draws=draws)),
        classes=tuple(
            ClassReport(name, int(matrix[i].sum()), measures[3 + i], measures[3 + classes + i])
            for i, name in enumerate(class_names)
        ),
        confusion=tuple(tuple(int(n) for n in row) for row in matrix),
    )


def _statistics(
    labels: NDArray[np.int64], predicted: NDArray[np.int64], probabilities: NDArray[np.float64], classes: int
) -> NDArray[np.float64]:
    matrix = confusion_matrix(labels, predicted, classes)
    recalls = recall(matrix)
    scalars = (accuracy(labels, predicted), np.nanmean(recalls), expected_calibration_error(labels, probabilities))
    return np.concatenate((np.array(scalars, dtype=np.float64), recalls, precision(matrix)))
