"""Targets that say how sure a label is: its second choice shares in it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from glamor.errors import DataError
from glamor.training.data import Sample

NO_SECOND = ("", "X")  # none; something that is none of the classes
SECOND_SHARE = {"3": 0.1, "2": 0.25, "1": 0.4}  # by confidence: clear, likely, a guess


def soft_targets(root: Path, split: str, samples: Sequence[Sample], class_names: Sequence[str]) -> Tensor:
    """Return what each sample shows, as far as its labels say.

    Args:
        root: the samples' dataset. If it holds ``labels-<split>.csv`` with the columns name, second and confidence, a
            second choice gets a share of the target, the larger the less sure the first is.
        split: of the samples.
        samples: of that dataset.
        class_names: in label order.

    Returns:
        (N, classes) float32, rows sum to 1.

    Raises:
        DataError: if the file cannot be understood.
    """
    targets = F.one_hot(torch.tensor([sample.label for sample in samples]), len(class_names)).float()
    seconds = _seconds(root / f"labels-{split}.csv", class_names)
    for target, sample in zip(targets, samples, strict=True):
        second, share = seconds.get(sample.path.stem, (sample.label, 0.0))
        target *= 1 - share
        target[second] += share
    return targets


def _seconds(path: Path, class_names: Sequence[str]) -> dict[str, tuple[int, float]]:
    """Return second choice and share by the sample's name, of those that have a second choice."""
    if not path.is_file():
        return {}
    names = list(class_names)
    try:
        with path.open(newline="") as file:
            return {
                row["name"]: (names.index(row["second"]), SECOND_SHARE[row["confidence"]])
                for row in csv.DictReader(file)
                if row["second"] not in NO_SECOND
            }
    except (KeyError, ValueError) as error:
        raise DataError(
            f"{path} is not understood ({error}); give it the columns name, second (a class, X for none, or "
            "empty) and confidence (1, 2 or 3)."
        ) from error
