"""Faces as they are in life, each degraded alike: blurred, small, dark, or covered."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

SIDE = 96  # pixels of the face in which the strength of "size" is told
GREY = 0.5  # of what covers
MIDDLE_OF = {"eyes": 0.38, "mouth": 0.72}  # of an upright face: how far down its crop they are, of its side


def degrade(faces: Tensor, kind: str, strength: float) -> Tensor:
    """Degrade faces alike.

    Args:
        faces: (N, 3, S, S) in [0, 1].
        kind: with the meaning of ``strength``. "blur": standard deviation of a Gaussian, of the side. "size": pixels
            that are left of the side, were it ``SIDE`` long. "cover": side of a grey square in the middle, of the side.
            "darkness": of the brightness. "eyes", "mouth": height of a grey band over them, of the side. Any other
            kind leaves the faces as they are.
        strength: from 0 to 1; of "size" from 0 to ``SIDE``.

    Returns:
        (N, 3, S, S) in [0, 1].
    """
    side = faces.shape[-1]
    if kind == "blur":
        from scipy.ndimage import gaussian_filter

        sigma = strength * side
        return torch.from_numpy(gaussian_filter(faces.numpy(), (0, 0, sigma, sigma), mode="nearest"))
    if kind == "size":
        return blurred(faces, pixels_left(side, strength))
    if kind == "cover":
        edge, out = round(side * (1 - strength) / 2), faces.clone()
        out[..., edge : side - edge, edge : side - edge] = GREY
        return out
    if kind in MIDDLE_OF:
        top, bottom = (round(side * (MIDDLE_OF[kind] + half * strength)) for half in (-0.5, 0.5))
        out = faces.clone()
        out[..., max(0, top) : bottom, :] = GREY
        return out
    return faces * strength if kind == "darkness" else faces


def pixels_left(side: int, strength: float) -> int:
    """Return how many pixels of the side the kind "size" leaves, at least one."""
    return max(1, round(strength * side / SIDE))


def blurred(faces: Tensor, side: int) -> Tensor:
    """Return faces of which ``side`` x ``side`` pixels are left: (N, 3, S, S) -> the same, enlarged again."""
    coarse = F.interpolate(faces, (side, side), mode="area")
    return F.interpolate(coarse, faces.shape[2:], mode="bilinear")
