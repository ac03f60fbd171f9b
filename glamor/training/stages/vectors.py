"""What both encoders say of every training picture, computed once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet
from glamor.training.augment import BLACKED_OUT_SOURCES, TIGHT_SOURCES, Jitter, face_views, scene_views
from glamor.training.data import (
    PATCH_SCALE,
    FaceArrays,
    SceneArrays,
    balanced_weights,
    list_samples,
    load_faces,
    load_scenes,
)
from glamor.training.degrade import canvases, degraded
from glamor.training.recipe import LIGHT
from glamor.training.softlabels import soft_targets
from glamor.training.stages.evidence import FOLDS, LOOKS, looks

FILM = "film"
LONE, CANVASES = 16_000, 400  # faces alone that are drawn, every class alike; scenes in which nothing is to be seen
_STILL = Jitter(degrees=0.0, zoom=(1.0, 1.0), shift=0.0, colour=0.0, grey=0.0, erase=0.0)
_BATCH, _SEED = 64, 7


@dataclass(frozen=True)
class Vectors:
    """What the encoders say of N scenes and M faces alone.

    Attributes:
        faces, degraded: (N, C) of the people in the scenes, as they are and made hard to read.
        cells: (N, C, h, w) float16 of the scenes.
        labels: (N,); targets: (N, K), which second choices share in; sources: (N,).
        folds: (N,), for maps that must not see a picture; copies and frames of one film share one.
        lone, lone_degraded: (M, C); lone_labels: (M,).
        canvases: (., C, h, w) of scenes in which nothing is to be seen, the first of them black.
        black: (1, C) of a face that is black.
    """

    faces: Tensor
    degraded: Tensor
    cells: Tensor
    labels: Tensor
    targets: Tensor
    sources: NDArray[np.str_]
    folds: Tensor
    lone: Tensor
    lone_degraded: Tensor
    lone_labels: Tensor
    canvases: Tensor
    black: Tensor


def encode(net: GLAMORNet, scenes: Sequence[Path], faces: Path, cache: Path | None = None, lone: int = LONE) -> Vectors:
    """Encode the training splits.

    Args:
        net: its encoders are asked, in eval mode.
        scenes: folders in NCAER-S layout.
        faces: an image folder of faces alone.
        cache: where decoded pictures are kept; None: nowhere.
        lone: faces alone that are drawn.

    Raises:
        DataError: if a folder cannot be used.
    """
    rng, names = torch.Generator().manual_seed(_SEED), net.config.class_names
    fused = fuse_batchnorm(net)
    listed = [list_samples(root, "train", names) for root in scenes]
    arrays = [load_scenes(samples, cache) for samples in listed]
    parts = [_scene_parts(fused, part, rng) for part in arrays]
    seen, hard, cells = (torch.cat([part[i] for part in parts]) for i in range(3))
    sources = np.concatenate([part.sources for part in arrays])
    targets = [soft_targets(root, "train", some, names) for root, some in zip(scenes, listed, strict=True)]
    alone = load_faces(list_samples(faces, "train", names), net.config.face_size, cache)
    drawn = torch.multinomial(balanced_weights(alone.labels), lone, generator=rng)
    clear, unclear = _lone_parts(fused, alone, drawn, rng)
    return Vectors(
        faces=seen,
        degraded=hard,
        cells=cells,
        labels=torch.from_numpy(np.concatenate([part.labels for part in arrays])),
        targets=torch.cat(targets),
        sources=sources,
        folds=_folds(cells, sources, arrays),
        lone=clear,
        lone_degraded=unclear,
        lone_labels=torch.from_numpy(alone.labels)[drawn],
        canvases=_run(fused.encode_context, canvases(CANVASES, net.config.context_size, rng)).half(),
        black=_vectors(fused, torch.zeros(1, 3, net.config.face_size, net.config.face_size)),
    )


def _scene_parts(net: GLAMORNet, scenes: SceneArrays, rng: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    faces, hard, cells = [], [], []
    for at in _batches(len(scenes.labels)):
        patches, photos, boxes = (torch.from_numpy(a[at]) for a in (scenes.patches, scenes.photos, scenes.boxes))
        face, context = scene_views(patches, photos, boxes, PATCH_SCALE, net.config, _STILL, rng)
        faces.append(_vectors(net, face))
        hard.append(_vectors(net, degraded(face, 1.0, rng)))
        cells.append(_run(net.encode_context, context).half())
    return torch.cat(faces), torch.cat(hard), torch.cat(cells)


def _lone_parts(net: GLAMORNet, faces: FaceArrays, drawn: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    clear, hard = [], []
    for at in drawn.split(_BATCH):
        sources = faces.sources[at.numpy()]
        tight, cut_out = (torch.from_numpy(np.isin(sources, kind)) for kind in (TIGHT_SOURCES, BLACKED_OUT_SOURCES))
        images = torch.from_numpy(faces.images[at.numpy()])
        views = face_views(images, tight, cut_out, net.config.face_size, LIGHT, rng)
        clear.append(_vectors(net, views))
        hard.append(_vectors(net, degraded(views, 1.0, rng)))
    return torch.cat(clear), torch.cat(hard)


def _vectors(net: GLAMORNet, faces: Tensor) -> Tensor:
    return _run(net.encode_face, faces).mean(dim=(2, 3))


def _run(encoder: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    with torch.inference_mode():
        return torch.cat([encoder(part.contiguous(memory_format=torch.channels_last)) for part in images.split(_BATCH)])


def _batches(count: int) -> Iterator[slice]:
    return (slice(start, start + _BATCH) for start in range(0, count, _BATCH))


def _folds(cells: Tensor, sources: NDArray[np.str_], scenes: Sequence[SceneArrays]) -> Tensor:
    """Return folds in which copies of a picture, and frames that look like one film, stay together."""
    digests = [hashlib.sha256(photo.tobytes()).digest() for part in scenes for photo in part.photos]
    numbers = {digest: number for number, digest in enumerate(dict.fromkeys(digests))}
    order = np.random.default_rng(_SEED).permutation(len(numbers))
    folds = torch.from_numpy(order[[numbers[digest] for digest in digests]] % FOLDS)
    film = torch.from_numpy(np.flatnonzero(sources == FILM))
    if len(film) > LOOKS:
        pictures = cells[film].float().mean(dim=(2, 3))
        folds[film] = looks(pictures, LOOKS, torch.Generator().manual_seed(_SEED)) % FOLDS
    return folds
