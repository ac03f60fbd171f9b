"""Prediction sets: which labels to name, so that the right one is among them as often as promised.

Class-conditional split conformal prediction (Vovk 2012, "Conditional validity of inductive conformal predictors",
section 4.3): for each class, the validation samples of that class tell how small its probability may be, against the
highest, before it is left out. The most probable label is always named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glamor.errors import ConfigError, quoted

Floats = NDArray[np.float64]
FEWEST = 50  # answers that a source's coverage has to rest on before it is said


@dataclass(frozen=True)
class Coverage:
    """How often the sets held the right label, on samples that took no part in fitting them.

    Attributes:
        source: where the samples came from.
        count: how many they were.
        share: of them whose set held the right label, in [0, 1].
        labels: in a set, on average.
    """

    source: str
    count: int
    share: float
    labels: float


@dataclass(frozen=True)
class PredictionSet:
    """The labels that are named for one face.

    Attributes:
        labels: by falling probability, at least one.
        level: share of sets that are meant to hold the right label, in (0, 1).
        measured: smallest and largest share that did, over the sources that it was measured on; None if on none.
    """

    labels: tuple[str, ...]
    level: float
    measured: tuple[float, float] | None


@dataclass(frozen=True)
class SetRule:
    """How a checkpoint's prediction sets are made.

    Attributes:
        level: share of sets that are meant to hold the right label, in (0, 1).
        ratios: one a class, in [0, 1]; a class is named if its probability is at least this times the highest.
        coverage: what was measured of it, one a source.
    """

    level: float
    ratios: tuple[float, ...]
    coverage: tuple[Coverage, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ConfigError(f"prediction sets: level is {quoted(self.level)}, but must lie between 0 and 1.")
        if not all(0 <= ratio <= 1 for ratio in self.ratios):
            raise ConfigError(f"prediction sets: ratios are {quoted(self.ratios)}, but each must be from 0 to 1.")
        if not all(0 <= row.share <= 1 and row.count >= 0 and row.labels >= 0 for row in self.coverage):
            raise ConfigError("prediction sets: coverage must hold shares from 0 to 1, and counts of 0 or more.")

    def holds(self, probabilities: Floats) -> NDArray[np.bool_]:
        """Return which classes are in the sets: (N, classes) probabilities -> (N, classes)."""
        highest = probabilities.max(axis=1, keepdims=True)
        return probabilities >= np.array(self.ratios) * highest

    def of(self, probabilities: Floats, class_names: Sequence[str]) -> PredictionSet:
        """Return the set of one answer: (classes,) probabilities -> its labels."""
        held = self.holds(probabilities[None])[0]
        order = np.argsort(-probabilities, kind="stable")
        shares = [row.share for row in self.coverage if row.count >= FEWEST]
        measured = (min(shares), max(shares)) if shares else None
        return PredictionSet(tuple(class_names[i] for i in order if held[i]), self.level, measured)


def fit(labels: NDArray[np.int64], probabilities: Floats, weights: Floats, level: float) -> SetRule:
    """Fit the ratios on samples that no training saw.

    Args:
        labels: (N,) class indices.
        probabilities: (N, classes) after the temperature.
        weights: (N,) how much each sample counts; all alike, the sets of samples like these hold the right label with
            a probability of at least ``level``, class by class. Otherwise that holds of samples that come as often
            as the weights say (Tibshirani et al. 2019, "Conformal prediction under covariate shift").
        level: that share, in (0, 1).

    Returns:
        The rule; a class with too few samples to tell is always named.
    """
    ratios = probabilities / probabilities.max(axis=1, keepdims=True)
    own = (labels == i for i in range(probabilities.shape[1]))
    return SetRule(level, tuple(_ratio(ratios[rows, i], weights[rows], level) for i, rows in enumerate(own)))


def measure(
    rule: SetRule, labels: NDArray[np.int64], probabilities: Floats, sources: Sequence[str]
) -> tuple[Coverage, ...]:
    """Return how often the sets hold the right label, source by source, in the order of their names."""
    held = rule.holds(probabilities)
    right, sizes = held[np.arange(len(labels)), labels], held.sum(axis=1)
    rows = {name: np.array(sources) == name for name in sorted(set(sources))}
    return tuple(
        Coverage(name, int(own.sum()), float(right[own].mean()), float(sizes[own].mean())) for name, own in rows.items()
    )


def read_rule(values: Mapping[str, Any]) -> SetRule:
    """Read a rule that ``dataclasses.asdict`` wrote.

    Raises:
        ConfigError: if it is anything else.
    """
    try:
        coverage = tuple(map(_read_coverage, values["coverage"]))
        return SetRule(float(values["level"]), tuple(map(float, values["ratios"])), coverage)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        given = quoted(values)
        raise ConfigError(f"config: prediction_sets is {given}, but must be as calibrate writes it.") from error


def _read_coverage(row: Mapping[str, Any]) -> Coverage:
    row["source"].encode()  # refuses what is no text, or half a character
    return Coverage(row["source"], int(row["count"]), float(row["share"]), float(row["labels"]))


def _ratio(ratios: Floats, weights: Floats, level: float) -> float:
    """Return the largest ratio that all but ``1 - level`` of the weight reaches; one more sample might reach none."""
    order = np.argsort(ratios)
    missed = np.cumsum(weights[order]) - weights[order]  # of the samples that lie below
    one_more = weights.mean() if len(weights) else 1.0
    allowed = (1 - level) * (weights.sum() + one_more) - one_more
    within = np.flatnonzero(missed <= allowed + 1e-12)
    return float(ratios[order[within[-1]]]) if len(within) else 0.0
