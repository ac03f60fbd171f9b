"""Datasets on disk -> arrays in memory: scenes (NCAER-S layout) and faces (image folders).

    scenes: ROOT/images/<split>/<Class>/<name>.jpg  and  ROOT/crop/<split>/<Class>/<name>.txt
            with ``x1,y1,x2,y2`` of the face crop (all zero: no face found)
    faces:  ROOT/<split>/<Class>/<name>.(jpg|png|webp)

A file's source is what stands before the first underscore of its name, if there is one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glamor.config import ModelConfig
from glamor.errors import DataError
from glamor.images import chw_to_hwc
from glamor.photo import BoxXyxy, load_photo
from glamor.prepare import prepare, resize

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
PATCH_SCALE = 1.6  # how much more than the face crop is kept, for jitter of scale and position
PATCH_SIZE = 192
PHOTO_HW = (256, 342)  # twice the published (128, 171)


@dataclass(frozen=True)
class Sample:
    """One labelled picture.

    Attributes:
        path: the image file.
        label: index into the class names.
        source: where it came from, empty if the name does not say.
        face_box_xyxy: the face crop in photo pixels; None in a dataset of faces alone.
    """

    path: Path
    label: int
    source: str
    face_box_xyxy: BoxXyxy | None = None


@dataclass(frozen=True)
class FaceArrays:
    """Faces in memory: images (N, S, S, 3) uint8 RGB, labels (N,) int64, sources (N,) str."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    sources: NDArray[np.str_]


@dataclass(frozen=True)
class SceneArrays:
    """Scenes in memory, with room for jitter.

    Attributes:
        patches: (N, 192, 192, 3) uint8, the face crop enlarged 1.6 times around its centre.
        photos: (N, 256, 342, 3) uint8, the whole photo, unmasked.
        boxes: (N, 4) float32, the face crop xyxy as fractions of the photo's sides.
        labels: (N,) int64; sources: (N,) str.
    """

    patches: NDArray[np.uint8]
    photos: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    sources: NDArray[np.str_]


def is_scenes(root: Path) -> bool:
    """Return whether ``root`` has the NCAER-S layout (photos beside face boxes)."""
    return (root / "images").is_dir() and (root / "crop").is_dir()


def list_samples(root: Path, split: str, class_names: Sequence[str]) -> tuple[Sample, ...]:
    """List one split of a dataset in either layout, sorted by class and name.

    Args:
        root: the dataset's folder.
        split: its sub-folder, such as ``train`` or ``val``.
        class_names: the folders that hold the classes, in label order.

    Returns:
        One sample a file.

    Raises:
        DataError: if the split is not there, holds no picture, or a box file cannot be read.
    """
    scenes = is_scenes(root)
    folder = (root / "images" if scenes else root) / split
    if not folder.is_dir():
        raise DataError(
            f"{folder} is not a folder; expected ROOT/images/<split>/<Class> with ROOT/crop, or ROOT/<split>/<Class>."
        )
    samples = tuple(
        Sample(path, label, _source(path), _read_box(root, split, path) if scenes else None)
        for label, name in enumerate(class_names)
        for path in sorted((folder / name).glob("*"))
        if path.suffix.lower() in IMAGE_SUFFIXES
    )
    if not samples:
        raise DataError(f"{folder} holds no pictures in folders named {', '.join(class_names)}.")
    return samples


def prepare_sample(sample: Sample, config: ModelConfig) -> tuple[Tensor, Tensor]:
    """Prepare one sample exactly as the product does for a photo.

    Args:
        sample: a scene with its box, or a face alone.
        config: the model's preprocessing.

    Returns:
        The face (3, S, S) and the context (3, S, S), float in [0, 1]. The context of a face
        alone is black, because there is no scene to look at.
    """
    photo = load_photo(sample.path)
    if sample.face_box_xyxy is not None:
        prepared = prepare(photo, sample.face_box_xyxy, config)
        return prepared.face, prepared.context
    face = resize(photo, (config.face_size, config.face_size))
    return face, torch.zeros(3, config.context_size, config.context_size)


def load_faces(samples: Sequence[Sample], size: int, cache: Path | None = None) -> FaceArrays:
    """Decode faces to ``size`` x ``size`` in worker processes, once per set of files."""
    (images,) = _cached(samples, partial(_face_image, size=size), f"faces-{size}", cache)
    return FaceArrays(images, _labels(samples), _sources(samples))


def load_scenes(samples: Sequence[Sample], cache: Path | None = None) -> SceneArrays:
    """Decode scenes in worker processes, once per set of files."""
    patches, photos, boxes = _cached(samples, _scene_images, "scenes", cache)
    return SceneArrays(patches, photos, boxes, _labels(samples), _sources(samples))


def balanced_weights(labels: NDArray[np.int64], importance: NDArray[np.float64] | None = None) -> Tensor:
    """Return sampling weights that give every class the same mass.

    Args:
        labels: (N,) class indices.
        importance: (N,) positive weights within a class; None for equal ones.

    Returns:
        (N,) float64 weights that sum to 1.
    """
    weights = np.ones(len(labels)) if importance is None else importance.astype(np.float64)
    mass = np.bincount(labels, weights)
    weights = weights / mass[labels]
    return torch.from_numpy(weights / weights.sum())


def _source(path: Path) -> str:
    return path.name.split("_", 1)[0] if "_" in path.name else ""


def _read_box(root: Path, split: str, image: Path) -> BoxXyxy:
    path = (root / "crop" / split / image.parent.name / image.name).with_suffix(".txt")
    try:
        x1, y1, x2, y2 = (float(part) for part in path.read_text(encoding="utf-8-sig").split(","))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} does not hold a face box; expected 'x1,y1,x2,y2' ({error}).") from error
    return x1, y1, x2, y2


def _labels(samples: Sequence[Sample]) -> NDArray[np.int64]:
    return np.array([sample.label for sample in samples], dtype=np.int64)


def _sources(samples: Sequence[Sample]) -> NDArray[np.str_]:
    return np.array([sample.source for sample in samples], dtype=np.str_)


def _face_image(sample: Sample, size: int) -> tuple[NDArray[np.uint8]]:
    return (_uint8(resize(load_photo(sample.path), (size, size))),)


def _scene_images(sample: Sample) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    photo = load_photo(sample.path)
    height, width = photo.shape[:2]
    box = np.array(sample.face_box_xyxy, dtype=np.float32)
    fractions = box / np.array([width, height, width, height])
    return _patch(photo, box), _uint8(resize(photo, PHOTO_HW)), fractions.astype(np.float32)


def _patch(photo: NDArray[np.uint8], box: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Cut the enlarged face crop; what lies over the photo's edge is black."""
    centre, half = (box[:2] + box[2:]) / 2, PATCH_SCALE * (box[2:] - box[:2]) / 2
    x1, y1, x2, y2 = np.round(np.concatenate((centre - half, centre + half))).astype(int)
    height, width = photo.shape[:2]
    out = np.zeros((max(y2 - y1, 1), max(x2 - x1, 1), 3), dtype=np.uint8)
    left, top, right, bottom = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
    if right > left and bottom > top:
        out[top - y1 : bottom - y1, left - x1 : right - x1] = photo[top:bottom, left:right]
    return _uint8(resize(out, (PATCH_SIZE, PATCH_SIZE)))


def _uint8(image: Tensor) -> NDArray[np.uint8]:
    return (chw_to_hwc(image) * 255).round().astype(np.uint8)


def _cached(
    samples: Sequence[Sample],
    decode: Callable[[Sample], tuple[NDArray[Any], ...]],
    name: str,
    cache: Path | None,
) -> tuple[NDArray[Any], ...]:
    if cache is None:
        return _decode_all(samples, decode)
    stem = f"{name}-{_fingerprint(samples)}"
    if not (cache / f"{stem}.0.npy").exists():
        cache.mkdir(parents=True, exist_ok=True)
        arrays = _decode_all(samples, decode)
        for i in reversed(range(len(arrays))):  # part 0 comes last: where it is, all the others are
            np.save(partial := cache / f".{os.getpid()}.npy", arrays[i])
            partial.replace(cache / f"{stem}.{i}.npy")
    return tuple(np.load(part) for part in sorted(cache.glob(f"{stem}.*.npy")))


def _fingerprint(samples: Sequence[Sample]) -> str:
    """Return what changes when a file is added, taken away or replaced, or a box is moved."""
    stats = ((sample, sample.path.stat()) for sample in samples)
    rows = "\n".join(f"{s.path}|{s.face_box_xyxy}|{stat.st_size}|{stat.st_mtime_ns}" for s, stat in stats)
    return hashlib.sha256(rows.encode()).hexdigest()[:16]


def _decode_all(
    samples: Sequence[Sample], decode: Callable[[Sample], tuple[NDArray[Any], ...]]
) -> tuple[NDArray[Any], ...]:
    with ProcessPoolExecutor(os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        rows = list(pool.map(decode, samples, chunksize=64))
    return tuple(np.stack(column) for column in zip(*rows, strict=True))
