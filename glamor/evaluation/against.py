"""Two checkpoints on the same photos: how much better one is, and how surely.

python -m glamor evaluate data/scenes --split val --against my-checkpoint
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glamor.checkpoint import Checkpoint
from glamor.errors import DataError
from glamor.evaluation.evaluate import collect, recall_gain, rows_of, subsets_of
from glamor.evaluation.metrics import macro_recall
from glamor.evaluation.scoring import Measure
from glamor.training.data import Sample, list_samples


@dataclass(frozen=True)
class Difference:
    """One subset of the photos, answered by both.

    Attributes:
        subset: "all", or a source.
        count: photos.
        first, second: macro recall of each checkpoint, in [0, 1].
        gain: the first's minus the second's, with its 95 % interval over resampled photos; both answer the same photos,
            so what is hard for both is no difference.
    """

    subset: str
    count: int
    first: float
    second: float
    gain: Measure


def compare(first: Checkpoint, second: Checkpoint, dataset: Path, split: str) -> tuple[Difference, ...]:
    """Compare two checkpoints on one split of a dataset.

    Args:
        first: a network; each gets the photos prepared its own way.
        second: the one that it is compared with.
        dataset: folder in either layout of :mod:`glamor.training.data`.
        split: its sub-folder.

    Returns:
        One :class:`Difference` a subset, all photos first.

    Raises:
        DataError: if the dataset cannot be used, or the checkpoints do not know the same classes.
    """
    if first.config.class_names != second.config.class_names:
        names = " and ".join(", ".join(checkpoint.config.class_names) for checkpoint in (first, second))
        raise DataError(f"The checkpoints know different classes, {names}; compare two that know the same.")
    samples = list_samples(dataset, split, first.config.class_names)
    answers = [collect(checkpoint.model, samples)[0].logits.argmax(axis=1) for checkpoint in (first, second)]
    return tuple(_difference(subset, answers, samples, len(first.config.class_names)) for subset in subsets_of(samples))


def table(differences: Sequence[Difference]) -> str:
    """Return the comparison as a readable table."""
    lines = [f"{'subset':<10}{'n':>6}  {'macro recall':<14}{'the other':<11}{'difference [95% interval, same photos]'}"]
    lines += [
        f"{d.subset:<10}{d.count:>6}  {d.first:<14.3f}{d.second:<11.3f}"
        f"{d.gain.value:+.3f} [{d.gain.low:+.3f}, {d.gain.high:+.3f}]"
        for d in differences
    ]
    return "\n".join(lines)


def _difference(
    subset: str, answers: Sequence[NDArray[np.int64]], samples: Sequence[Sample], classes: int
) -> Difference:
    rows, labels = rows_of(samples, subset)
    first, second = (answer[rows] for answer in answers)
    own, other = (macro_recall(labels, answer, classes) for answer in (first, second))
    return Difference(subset, len(labels), own, other, recall_gain(labels, first, second, classes))
