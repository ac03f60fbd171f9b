"""Vectors of training pictures in which it is known what tells the label."""

from __future__ import annotations

import torch
from torch import Tensor

from glamor.training.stages.vectors import Vectors

LABELS = torch.arange(210) % 7
SHOWN = torch.nn.functional.one_hot(LABELS, 7).float()


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def direction_of_each_label(channels: int) -> Tensor:
    """Return (7, channels) by which faces tell their label."""
    return torch.cat((torch.eye(7), torch.zeros(7, channels - 7)), dim=1)


def told_faces(channels: int, canvases: Tensor) -> Vectors:
    """Return faces that tell their label, and degraded ones that tell nothing."""

    def clear(seed: int) -> Tensor:
        return 6 * direction_of_each_label(channels)[LABELS] + noise(len(LABELS), channels, seed=seed)

    return Vectors(
        faces=clear(4),
        degraded=noise(len(LABELS), channels, seed=1),
        cells=torch.zeros(len(LABELS), 1, 2, 2),
        labels=LABELS,
        targets=SHOWN,
        sources=torch.zeros(len(LABELS)).numpy().astype(str),
        folds=LABELS,
        lone=clear(5),
        lone_degraded=noise(len(LABELS), channels, seed=6),
        lone_labels=LABELS,
        canvases=canvases,
        black=torch.zeros(1, channels),
    )
