"""What is shown in the place of a part that is taken away."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glamor.errors import ExplainError, quoted
from glamor.explain.baselines import BASELINES
from glamor.images import chw_to_hwc

BLURRED, SURROUNDINGS, MEAN = "blurred", "surroundings", "mean"
REPLACEMENTS = (BLURRED, SURROUNDINGS, MEAN)
_BESIDE = ((0, 1), (0, -1), (1, 0), (-1, 0))


def stand_in(face: Tensor, owner: NDArray[np.int8], replacement: str) -> Tensor:
    """Return the picture from which every part comes that is taken away.

    Args:
        face: (1, 3, S, S) in [0, 1].
        owner: (S, S), the part of each pixel.
        replacement: one of REPLACEMENTS. ``blurred`` and ``mean`` are the whole face blurred, and its mean colour, as
            in ``glamor.explain.BASELINES``; ``surroundings`` paints each part anew from what stands around it, as
            smoothly as can be (Laplace's equation: each pixel is the mean of those beside it), so nothing of it stays.

    Returns:
        (1, 3, S, S) in the range of the face.

    Raises:
        ExplainError: for another replacement.
    """
    if replacement not in REPLACEMENTS:
        choices = ", ".join(REPLACEMENTS)
        raise ExplainError(f"A missing part cannot be shown as {quoted(replacement)}; choose one of {choices}.")
    if replacement != SURROUNDINGS or (owner == owner[0, 0]).all():  # nothing stands around a part that is all there is
        everywhere = torch.ones(face.shape[-2:], dtype=torch.bool, device=face.device)
        return BASELINES[MEAN if replacement == SURROUNDINGS else replacement](face, everywhere)
    pixels = chw_to_hwc(face[0]).astype(np.float64)  # (3, S, S) -> (S, S, 3)
    painted = np.empty_like(pixels)
    for part in np.unique(owner):
        hole = owner == part
        painted[hole] = _from_around(pixels, hole)
    return torch.from_numpy(painted).permute(2, 0, 1).unsqueeze(0).to(face)


def _from_around(pixels: NDArray[np.float64], hole: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Solve Laplace's equation in a hole: (S, S, 3) and (S, S) -> (pixels of the hole, 3).

    At the picture's edge a pixel is the mean of those that there are.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import splu

    count = int(hole.sum())
    place = np.full(hole.shape, -1)
    place[hole] = np.arange(count)
    known = np.where(hole[..., None], 0.0, pixels)
    beside, around, sums = np.zeros(hole.shape), [], np.zeros(pixels.shape)
    for down, across in _BESIDE:
        here, there = _overlap(hole.shape, down, across)
        beside[here] += 1
        sums[here] += known[there]
        both = hole[here] & hole[there]
        around.append((place[here][both], place[there][both]))
    rows, columns = np.concatenate(around, axis=1)
    diagonal = np.arange(count)
    entries = np.concatenate((np.full(len(rows), -1.0), beside[hole]))
    places = np.concatenate((rows, diagonal)), np.concatenate((columns, diagonal))
    solved: NDArray[np.float64] = splu(coo_array((entries, places), (count, count)).tocsc()).solve(sums[hole])
    return solved


def _overlap(shape: tuple[int, ...], down: int, across: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the pixels that have one beside them in a direction, and these."""
    height, width = shape
    here = slice(max(0, -down), height - max(0, down)), slice(max(0, -across), width - max(0, across))
    there = slice(max(0, down), height - max(0, -down)), slice(max(0, across), width - max(0, -across))
    return here, there
