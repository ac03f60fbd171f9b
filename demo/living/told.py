"""Small things of which what the picture is told is made."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from demo.kept import KeptPhoto
from demo.visits import Analysis
from glamor.images import chw_to_hwc, data_uri, encode_jpeg, shrink
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction

LONGEST, QUALITY = 560, 75  # pixels of the photo in the picture, and of its JPEG: 10 to 60 kB


def address(pixels: Tensor) -> str:
    """Return an input of the network, (3, H, W) in [0, 1], as an address that holds it: every pixel as it is fed."""
    file = BytesIO()
    Image.fromarray(np.rint(chw_to_hwc(pixels) * 255).astype(np.uint8)).save(file, "PNG", compress_level=1)
    return data_uri(file.getvalue())


def photo(kept: KeptPhoto) -> str:
    """Return a photo as an address that holds it, small."""
    pixels = kept.on_screen().pixels
    return data_uri(encode_jpeg(shrink(pixels, LONGEST / max(pixels.shape[:2])), QUALITY), "image/jpeg")


def person(analysis: Analysis, prediction: Prediction) -> dict[str, Any]:
    """Return a face's ``box``, of the photo's sides, and its ``label``."""
    return {"box": shares(prediction.prepared.geometry.face_box_xyxy, analysis.photo.hw), "label": prediction.emotion}


def shares(box_xyxy: BoxXyxy | Sequence[float], photo_hw: tuple[int, int]) -> list[float]:
    """Return (x1, y1, x2, y2), photo pixels, as shares of the photo's width and height."""
    sides = (photo_hw[1], photo_hw[0]) * 2
    return [round(value / side, 5) for value, side in zip(box_xyxy, sides, strict=True)]
