"""Faces as they are in life: small, blurred, dark or covered; and scenes that say nothing.

In training, so that the network learns when to ask the scene; in an evaluation, to see whether it does.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from glamor.degradations import blurred

COARSEST, FINEST = 6, 48  # pixels that are left of a face's side
DARKEST, LIGHTEST = 0.04, 0.44  # of its brightness
SMALLEST_COVER, LARGEST_COVER = 0.35, 0.85  # of its side
BLUR, DARK, COVER = 0.6, 0.15, 0.15  # how often; the rest is both blurred and dark
PLAIN_SHARE, GREY_SHARE, HOLE_SHARE, BAR_SHARE = 0.6, 0.6, 0.9, 0.2  # of canvases


def degraded(faces: Tensor, share: float, rng: torch.Generator) -> Tensor:
    """Blur, darken or cover some of a batch, each to a degree of its own.

    Args:
        faces: (N, 3, S, S) in [0, 1]; not changed.
        share: probability of each face to be degraded.
        rng: source of randomness.
    """
    if not share:
        return faces
    out, draw = faces.clone(), torch.rand(len(faces), generator=rng) / share
    both = draw < 1
    for chosen in (((draw < BLUR) | (draw >= BLUR + DARK + COVER)) & both).nonzero().flatten().split(4):
        out[chosen] = blurred(out[chosen], _side(rng))
    dark = ((draw >= BLUR) & (draw < BLUR + DARK)) | ((draw >= BLUR + DARK + COVER) & both)
    levels = DARKEST + (LIGHTEST - DARKEST) * torch.rand(len(faces), 1, 1, 1, generator=rng)
    out = torch.where(dark.view(-1, 1, 1, 1), out * levels, out)
    covered = (draw >= BLUR + DARK) & (draw < BLUR + DARK + COVER)
    colours = torch.rand(len(faces), 3, 1, 1, generator=rng)
    return torch.where(_cover(faces, rng) & covered.view(-1, 1, 1, 1), colours, out)


def canvases(count: int, size: int, rng: torch.Generator) -> Tensor:
    """Return scenes in which nothing is to be seen: (count, 3, size, size) in [0, 1].

    One colour, often grey, some with soft shades, most with a face mask, some between black bars;
    the first is black altogether, as the scene of a face alone.
    """
    colour = torch.rand(count, 3, 1, 1, generator=rng)
    colour = torch.where(_some(count, GREY_SHARE, rng), colour[:, :1], colour)
    shades = F.interpolate(torch.rand(count, 3, 3, 3, generator=rng) - 0.5, (size, size), mode="bilinear")
    shades = shades * 0.5 * torch.rand(count, 1, 1, 1, generator=rng)
    shades = torch.where(_some(count, PLAIN_SHARE, rng), 0.0, shades)
    scenes = (colour + shades).clamp(0, 1)

    height = 0.1 + 0.8 * torch.rand(count, generator=rng)
    width = height * (0.6 + 0.4 * torch.rand(count, generator=rng))
    centre = torch.rand(count, 2, generator=rng)
    hole = _rectangle(size, centre, torch.stack((height, width), dim=1) / 2) & _some(count, HOLE_SHARE, rng)
    bar = 0.25 * torch.rand(count, 1, generator=rng)
    inside = _rectangle(size, torch.full((count, 2), 0.5), torch.cat((0.5 - bar, torch.ones(count, 1)), dim=1))
    scenes = scenes.masked_fill(hole | (~inside & _some(count, BAR_SHARE, rng)), 0.0)
    scenes[:1] = 0
    return scenes


def _side(rng: torch.Generator) -> int:
    """Return a side between the coarsest and the finest; all factors are as likely."""
    return round(COARSEST * math.exp(float(torch.rand((), generator=rng)) * math.log(FINEST / COARSEST)))


def _cover(faces: Tensor, rng: torch.Generator) -> Tensor:
    half = SMALLEST_COVER + (LARGEST_COVER - SMALLEST_COVER) * torch.rand(len(faces), 2, generator=rng)
    return _rectangle(faces.shape[-1], torch.rand(len(faces), 2, generator=rng), half / 2)


def _some(count: int, share: float, rng: torch.Generator) -> Tensor:
    return torch.rand(count, 1, 1, 1, generator=rng) < share


def _rectangle(size: int, centre: Tensor, half: Tensor) -> Tensor:
    """Return (N, 1, size, size) bool, True inside; centres and half sides are (N, 2), (row, column), of the side."""
    at = (torch.arange(size) + 0.5) / size
    rows = (at - centre[:, :1]).abs() < half[:, :1]  # (N, size)
    columns = (at - centre[:, 1:]).abs() < half[:, 1:]
    return (rows[:, :, None] & columns[:, None, :]).unsqueeze(1)
