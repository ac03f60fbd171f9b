"""Pictures that are no faces such as a network has learned from: drawn, textures, noise, and real faces changed.

Made anew each time, the same each time; what they are made from comes with scikit-image and is in the public domain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

Picture = NDArray[np.uint8]  # (S, S, 3) RGB
SIDE = 96
_EACH = 60  # pictures of a kind that is made
_THINGS = ("brick", "grass", "gravel", "moon", "page", "text", "coins", "coffee", "rocket", "camera", "chelsea")
_SKINS = ("#ffd6aa", "#f0be96", "#c88c64", "#785037", "#ffdc00")


def made() -> Mapping[str, list[Picture]]:
    """Return pictures without any face of a person, by kind."""
    rng = np.random.default_rng(0)
    return {
        "drawn faces, coloured": [_drawn(rng) for _ in range(_EACH)],
        "smileys in black lines": [_smiley(rng) for _ in range(_EACH)],
        "textures, things, a cat": [_part(name, rng) for name in _THINGS for _ in range(6)],
        "white noise": [_bytes(rng.uniform(0, 256, (SIDE, SIDE, 3))) for _ in range(_EACH)],
        "noise as soft as clouds": [_clouds(rng) for _ in range(_EACH)],
        "one colour": [np.full((SIDE, SIDE, 3), rng.integers(0, 256, 3), dtype=np.uint8) for _ in range(_EACH)],
    }


def changed(face: Picture) -> Mapping[str, Picture]:
    """Return a real face, (96, 96, 3), changed into something else, by kind."""
    changes: Mapping[str, Callable[[Picture], Picture]] = {
        "as carved in stone": _stone,
        "as smooth marble": _marble,
        "as a pencil drawing": _pencil,
        "as a cartoon": _cartoon,
        "under a full mask": _full_mask,
        "under a medical mask": _medical_mask,
        "shrunk to 12 px": _shrunk,
        "under noise": lambda own: _bytes(own + np.random.default_rng(0).normal(0, 50, own.shape)),
        "as a negative": lambda own: 255 - own,
        "upside down": lambda own: own[::-1, ::-1],
        "lying": lambda own: np.rot90(own),
    }
    return {name: np.ascontiguousarray(change(face)) for name, change in changes.items()}


def _bytes(values: NDArray[np.floating]) -> Picture:
    return np.clip(values, 0, 255).astype(np.uint8)


def _whole(rng: np.random.Generator, low: int, end: int) -> int:
    return int(rng.integers(low, end))


def _grey(face: Picture) -> NDArray[np.float64]:
    return np.asarray(Image.fromarray(face).convert("L"), dtype=np.float64)


def _small(picture: Image.Image) -> Picture:
    return np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _drawn(rng: np.random.Generator) -> Picture:
    """Draw a face in flat colours, with one of three mouths."""
    picture = Image.new("RGB", (384, 384), tuple(rng.integers(120, 256, 3).tolist()))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 40, 324, 350), fill=_SKINS[rng.integers(len(_SKINS))], outline="black", width=4)
    pen.pieslice((55, 20, 329, 240), 180, 360, fill=tuple(rng.integers(0, 120, 3).tolist()))
    for x in (140, 244):
        eye, brow = _whole(rng, 20, 36), _whole(rng, -8, 9)
        pen.ellipse((x - eye, 180 - eye, x + eye, 180 + eye), fill="white", outline="black", width=3)
        pen.ellipse((x - 9, 171, x + 9, 189), fill="black")
        pen.line((x - 30, 140 + brow, x + 30, 140 - brow), fill="black", width=8)
    pen.line((192, 190, 180, 245, 200, 245), fill="black", width=4)
    mouth = _whole(rng, 0, 3)
    if mouth == 2:
        pen.ellipse((160, 265, 224, 320), fill="#5a0000")
    else:
        pen.arc((130, 230 + 50 * mouth, 254, 310 + 30 * mouth), 180 * mouth, 180 + 180 * mouth, "#960000", width=8)
    return _small(picture)


def _smiley(rng: np.random.Generator) -> Picture:
    picture = Image.new("L", (384, 384), 255)
    pen, smile = ImageDraw.Draw(picture), _whole(rng, -20, 20)
    pen.ellipse((40, 30, 344, 354), outline=0, width=6)
    for x in (140, 244):
        pen.ellipse((x - 12, 150, x + 12, 174), fill=0)
    pen.arc((110, 180 + smile, 274, 300), 0, 180, fill=0, width=6)
    return _small(picture)


def _part(name: str, rng: np.random.Generator) -> Picture:
    picture = Image.fromarray(getattr(skimage.data, name)())
    side = int(rng.uniform(0.25, 0.9) * min(picture.size))
    x, y = _whole(rng, 0, picture.width - side), _whole(rng, 0, picture.height - side)
    return _small(picture.crop((x, y, x + side, y + side)))


def _clouds(rng: np.random.Generator) -> Picture:
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE))
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(rng.standard_normal((SIDE, SIDE, 3)), axes=(0, 1))
    waves = np.fft.irfft2(spectrum / frequency[..., None] ** rng.uniform(0.5, 1.5), s=(SIDE, SIDE), axes=(0, 1))
    return _bytes((waves - waves.min()) / np.ptp(waves) * 255)


def _stone(face: Picture) -> Picture:
    soft = ndimage.gaussian_filter(_grey(face), 1.2)
    relief = 128 + 3 * (soft - ndimage.shift(soft, 1, mode="nearest"))
    grain = skimage.data.gravel()[:SIDE, :SIDE].astype(np.float64) - 127
    return _bytes((0.55 * soft + 0.45 * relief + 40 + 0.35 * grain)[..., None] * np.array([1, 0.97, 0.9]))


def _marble(face: Picture) -> Picture:
    soft = ndimage.gaussian_filter(_grey(face), 1.5)
    light = (soft - soft.min()) / max(float(np.ptp(soft)), 1.0)
    return _bytes((light**0.6 * 140 + 90)[..., None] * np.array([1, 0.99, 0.96]))


def _lines(face: Picture) -> Picture:
    return _bytes(255 - 8 * ndimage.gaussian_gradient_magnitude(_grey(face), 1.0))


def _pencil(face: Picture) -> Picture:
    return np.repeat(_lines(face)[..., None], 3, axis=2)


def _cartoon(face: Picture) -> Picture:
    flat = ndimage.median_filter(face, size=(5, 5, 1)) // 64 * 64 + 32
    return np.where(_lines(face)[..., None] < 100, 0, flat).astype(np.uint8)


def _full_mask(face: Picture) -> Picture:
    picture = Image.fromarray(face)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((12, 4, 84, 94), fill="#d8c8b0")
    for hole in ((25, 36, 41, 46), (55, 36, 71, 46), (40, 68, 56, 74)):
        pen.ellipse(hole, fill="black")
    return np.asarray(picture)


def _medical_mask(face: Picture) -> Picture:
    picture = Image.fromarray(face)
    corners = [(14, 52), (48, 46), (82, 52), (76, 84), (48, 95), (20, 84)]
    ImageDraw.Draw(picture).polygon(corners, fill=(150, 190, 215))
    return np.asarray(picture)


def _shrunk(face: Picture) -> Picture:
    small = Image.fromarray(face).resize((12, 12), Image.Resampling.BOX)
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BILINEAR))
