"""Tiny generated datasets in both layouts: pictures whose colour tells the class, and noise that does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glamor.config import CLASS_NAMES

SCENE_HW = (64, 86)
FACE_SIDE = 48
SCENE_SOURCES = ("film", "stock")
FACE_SOURCES = ("effectnet", "fer2013", "portraits")
SCENE_BOX = (30, 12, 58, 40)


def make_faces(root: Path, per_class: int = 3, splits: Sequence[str] = ("train", "val")) -> Path:
    """Write ``root/<split>/<Class>/<source>_<n>.png`` and return ``root``."""
    for split in splits:
        rng = np.random.default_rng(len(split))
        for label, name in enumerate(CLASS_NAMES):
            for n in range(per_class):
                path = root / split / name / f"{FACE_SOURCES[n % 3]}_{n}.png"
                save(path, coloured(label, (FACE_SIDE, FACE_SIDE), rng))
    return root


def make_scenes(root: Path, per_class: int = 2, splits: Sequence[str] = ("train", "val")) -> Path:
    """Write ``root/images/<split>/<Class>/<source>_<n>.jpg`` and its box, and return ``root``."""
    for split in splits:
        rng = np.random.default_rng(len(split) + 100)
        for label, name in enumerate(CLASS_NAMES):
            for n in range(per_class):
                photo = rng.integers(60, 200, (*SCENE_HW, 3), dtype=np.uint8)
                x1, y1, x2, y2 = SCENE_BOX
                photo[y1:y2, x1:x2] = coloured(label, (y2 - y1, x2 - x1), rng)
                add_scene(root, split, name, f"{SCENE_SOURCES[n % 2]}_{n}", photo, SCENE_BOX)
    return root


def add_scene(
    root: Path, split: str, class_name: str, stem: str, photo: NDArray[np.uint8], box: Sequence[float]
) -> None:
    """Write one scene and its box."""
    save(root / "images" / split / class_name / f"{stem}.jpg", photo)
    text = root / "crop" / split / class_name / f"{stem}.txt"
    text.parent.mkdir(parents=True, exist_ok=True)
    text.write_text(",".join(map(str, box)))


def save(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture, as finely as its format can."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=95)


def coloured(label: int, size_hw: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a noisy picture whose mean colour depends on the class."""
    colour = 40 + 160 * np.array([label % 2, label // 2 % 2, label // 4 % 2])
    noisy = colour + rng.integers(-30, 30, (*size_hw, 3))
    return np.clip(noisy, 0, 255).astype(np.uint8)
