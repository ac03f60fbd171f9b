"""Random views of whole batches, for training only.

Per-sample pipelines decode and warp one picture at a time in workers; on few cores that starves
the network. Here a batch of uint8 pictures already in memory is warped in one grid_sample.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from glamor.config import ModelConfig

BLACK = 12 / 255  # darker than this and reaching the edge: a blacked-out background
TIGHT_SOURCES = ("effectnet", "fer2013")  # cut closer than a whole head
BLACKED_OUT_SOURCES = ("effectnet",)


@dataclass(frozen=True)
class Jitter:
    """How far views stray from the original; every range is symmetric around no change.

    Attributes:
        degrees: rotation, either way.
        zoom: factor range of the picture's size in the view.
        shift: fraction of the picture's side, either way.
        colour: strength of brightness, contrast and saturation changes, in [0, 1].
        grey: probability of a grey picture.
        erase: probability of erasing one rectangle.
        dark: probability of a dark, flat picture, as film frames are (mean 57 of 255 against 115 on the web).
        blur: probability of losing half the resolution.
    """

    degrees: float = 12.0
    zoom: tuple[float, float] = (0.85, 1.18)
    shift: float = 0.06
    colour: float = 0.35
    grey: float = 0.15
    erase: float = 0.25
    dark: float = 0.0
    blur: float = 0.0


def to_float(images: Tensor) -> Tensor:
    """Turn (N, H, W, C) uint8 into (N, C, H, W) float in [0, 1]."""
    return images.permute(0, 3, 1, 2).float().div_(255)


def random_theta(count: int, zoom: Tensor, jitter: Jitter, aspect: float, rng: torch.Generator) -> Tensor:
    """Return (N, 2, 3) affine maps from view to picture, in grid_sample's coordinates.

    Args:
        count: N.
        zoom: (N,), size of the picture in the view.
        jitter: rotation and shift.
        aspect: width / height of the view, so that rotation keeps squares square.
        rng: source of randomness.
    """
    angle = math.radians(jitter.degrees) * _uniform(count, -1, 1, rng)
    flip = torch.where(torch.rand(count, generator=rng) < 0.5, -1.0, 1.0)
    shift = jitter.shift * 2 * torch.stack((_uniform(count, -1, 1, rng), _uniform(count, -1, 1, rng)), dim=1)
    cos, sin = angle.cos() / zoom, angle.sin() / zoom
    rows = torch.stack((torch.stack((flip * cos, -flip * sin / aspect), 1), torch.stack((sin * aspect, cos), 1)), 1)
    return torch.cat((rows, shift.unsqueeze(2)), dim=2)  # (N, 2, 3)


def warp(images: Tensor, theta: Tensor, size_hw: tuple[int, int]) -> Tensor:
    """Sample (N, C, H, W) at ``theta`` into (N, C, *size_hw); outside the picture is zero."""
    grid = F.affine_grid(theta, [len(images), images.shape[1], *size_hw], align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def recolour(images: Tensor, jitter: Jitter, rng: torch.Generator) -> Tensor:
    """Change brightness, contrast, saturation and gamma of (N, 3, H, W), some to grey."""
    count, strength = len(images), jitter.colour
    column = (count, 1, 1, 1)
    gamma = torch.exp(strength * _uniform(count, -1, 1, rng)).view(column)
    brightness = (1 + strength * _uniform(count, -1, 1, rng)).view(column)
    contrast = (1 + strength * _uniform(count, -1, 1, rng)).view(column)
    saturation = (1 + strength * _uniform(count, -1, 1, rng)).view(column)
    saturation[torch.rand(count, generator=rng) < jitter.grey] = 0
    dark = (torch.rand(count, generator=rng) < jitter.dark).view(column)
    gamma = torch.where(dark, gamma * _uniform(count, 1.0, 1.6, rng).view(column), gamma)
    brightness = torch.where(dark, _uniform(count, 0.3, 0.85, rng).view(column), brightness)
    images = _blurred(images, jitter, rng).clamp(1e-4, 1).pow(gamma) * brightness
    images = (images - (mean := images.mean(dim=(1, 2, 3), keepdim=True))) * contrast + mean
    grey = images.mean(dim=1, keepdim=True)
    return ((images - grey) * saturation + grey).clamp(0, 1)


def _blurred(images: Tensor, jitter: Jitter, rng: torch.Generator) -> Tensor:
    chosen = (torch.rand(len(images), generator=rng) < jitter.blur).view(-1, 1, 1, 1)
    coarse = F.interpolate(F.avg_pool2d(images, 2), images.shape[2:], mode="bilinear")
    return torch.where(chosen, coarse, images)


def erase(images: Tensor, jitter: Jitter, rng: torch.Generator) -> Tensor:
    """Fill one random rectangle in some of (N, 3, H, W) with a random colour."""
    count, _, height, width = images.shape
    centre = torch.rand(count, 2, generator=rng)
    half = 0.05 + 0.15 * torch.rand(count, 2, generator=rng)
    rows = (torch.arange(height) + 0.5) / height
    columns = (torch.arange(width) + 0.5) / width
    inside = ((rows - centre[:, :1]).abs() < half[:, :1])[:, None, :, None] & (
        (columns - centre[:, 1:]).abs() < half[:, 1:]
    )[:, None, None, :]  # (N, 1, H, W)
    chosen = (torch.rand(count, generator=rng) < jitter.erase).view(count, 1, 1, 1)
    return torch.where(inside & chosen, torch.rand(count, 3, 1, 1, generator=rng), images)


def foreground(images: Tensor) -> Tensor:
    """Return (N, 1, H, W), 0 where near-black pixels reach the edge along a row or column."""
    dark = (images.amax(dim=1, keepdim=True) < BLACK).float()
    reach = [dark.cumprod(dim).bool() for dim in (2, 3)]
    reach += [dark.flip(dim).cumprod(dim).flip(dim).bool() for dim in (2, 3)]
    background = (reach[0] | reach[1] | reach[2] | reach[3]).float()
    return 1 - F.max_pool2d(background, 3, stride=1, padding=1)  # one pixel less of soft edge


def backgrounds(images: Tensor, size: int, rng: torch.Generator) -> Tensor:
    """Return (N, 3, size, size) to stand behind faces: soft noise, or a neighbour's colours."""
    count = len(images)
    noise = F.interpolate(torch.rand(count, 3, 4, 4, generator=rng), (size, size), mode="bilinear")
    noise = (noise - 0.5) * torch.rand(count, 1, 1, 1, generator=rng) + torch.rand(count, 3, 1, 1, generator=rng)
    others = F.interpolate(F.adaptive_avg_pool2d(images.roll(1, 0), 8), (size, size), mode="bilinear")
    pick = torch.rand(count, 1, 1, 1, generator=rng) < 0.5
    return torch.where(pick, noise.clamp(0, 1), others)


def face_views(
    images: Tensor, tight: Tensor, blacked_out: Tensor, size: int, jitter: Jitter, rng: torch.Generator
) -> Tensor:
    """Return random views of faces from face datasets.

    Args:
        images: (N, S, S, 3) uint8.
        tight: (N,) bool, whether the picture is cut closer than a whole head.
        blacked_out: (N,) bool, whether the background is black; it is filled in half of the views.
        size: side of the views.
        jitter: how far to stray.
        rng: source of randomness.

    Returns:
        (N, 3, size, size) float in [0, 1].
    """
    pictures = to_float(images)
    if size * 2 <= pictures.shape[-1]:
        pictures = F.avg_pool2d(pictures, 2)
    count = len(pictures)
    low, high = jitter.zoom
    zoom = _uniform(count, low, high, rng) * torch.where(tight, _uniform(count, 0.8, 1.1, rng), 1.0)
    fill = torch.rand(count, 1, 1, 1, generator=rng) < 0.5
    alpha = torch.where(fill & blacked_out.view(-1, 1, 1, 1), foreground(pictures), 1.0)
    theta = random_theta(count, zoom, jitter, 1.0, rng)
    view = warp(torch.cat((pictures * alpha, alpha), dim=1), theta, (size, size))
    behind = torch.where(fill, backgrounds(pictures, size, rng), 0.0)
    view = view[:, :3] + (1 - view[:, 3:]) * behind
    return erase(recolour(view, jitter, rng), jitter, rng)


def scene_views(
    patches: Tensor,
    photos: Tensor,
    boxes: Tensor,
    patch_scale: float,
    config: ModelConfig,
    jitter: Jitter,
    rng: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Return random views of (face, masked scene) pairs.

    Args:
        patches: (N, P, P, 3) uint8, face crops enlarged ``patch_scale`` times.
        photos: (N, H, W, 3) uint8.
        boxes: (N, 4), face crops xyxy as fractions of the photo's sides.
        patch_scale: see ``patches``.
        config: input sizes.
        jitter: how far to stray.
        rng: source of randomness.

    Returns:
        Faces (N, 3, face_size, face_size) and contexts (N, 3, context_size, context_size),
        both float in [0, 1], the face painted black in the context.
    """
    count, (rows, columns) = len(patches), config.context_resize_hw
    side = config.face_size
    zoom = patch_scale * _uniform(count, *jitter.zoom, rng)
    faces = warp(to_float(patches), random_theta(count, zoom, jitter, 1.0, rng), (side, side))

    pictures = to_float(photos)
    aspect = pictures.shape[3] / pictures.shape[2]
    theta = random_theta(count, _uniform(count, *jitter.zoom, rng), jitter, aspect, rng)
    pictures = _paint_black(pictures, boxes, jitter, rng)
    scenes = warp(pictures, theta, (rows, columns))
    top, left = (rows - config.context_size) // 2, (columns - config.context_size) // 2
    scenes = scenes[:, :, top : top + config.context_size, left : left + config.context_size]
    return (
        erase(recolour(faces, jitter, rng), jitter, rng),
        erase(_recolour_around_black(scenes, jitter, rng), jitter, rng),
    )


def _recolour_around_black(scenes: Tensor, jitter: Jitter, rng: torch.Generator) -> Tensor:
    """Recolour a masked scene and keep its masked face black, as it is at inference."""
    seen = (scenes.amax(dim=1, keepdim=True) > 0).float()
    return recolour(scenes, jitter, rng) * seen


def _paint_black(pictures: Tensor, boxes: Tensor, jitter: Jitter, rng: torch.Generator) -> Tensor:
    """Paint each face crop black, a little larger or smaller, since a detector is never exact."""
    _, _, height, width = pictures.shape
    centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
    half = half * _uniform(len(boxes), *jitter.zoom, rng).view(-1, 1)
    x, y = (torch.arange(width) + 0.5) / width, (torch.arange(height) + 0.5) / height
    inside = ((y - centre[:, 1:]).abs() < half[:, 1:])[:, None, :, None] & ((x - centre[:, :1]).abs() < half[:, :1])[
        :, None, None, :
    ]
    return pictures.masked_fill(inside, 0.0)


def _uniform(count: int, low: float, high: float, rng: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=rng)
