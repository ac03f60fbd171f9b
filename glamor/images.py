"""What several modules do with pictures: reorder axes, shrink, encode as JPEG, put into an address."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:  # those who only shrink and encode need no torch
    from torch import Tensor


def chw_to_hwc(image: Tensor) -> NDArray[np.float32]:
    """Return an input of the network, (3, H, W), as (H, W, 3) without its gradient, in main memory."""
    pixels: NDArray[np.float32] = image.detach().cpu().permute(1, 2, 0).numpy()
    return pixels


def shrink(
    picture: NDArray[np.uint8],
    scale: float,
    resample: Image.Resampling = Image.Resampling.BICUBIC,
    reducing_gap: float | None = 2.0,
) -> NDArray[np.uint8]:
    """Return a smaller copy, at least one pixel high and wide; from a scale of 1 on, the picture itself.

    Args:
        picture: (H, W, 3) RGB.
        scale: of both sides.
        resample: the filter.
        reducing_gap: Pillow first averages whole blocks of pixels, down to this many times the size: milliseconds even
            for a large photo. None filters every pixel.
    """
    if scale >= 1:
        return picture
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    return np.asarray(Image.fromarray(picture).resize((width, height), resample, reducing_gap=reducing_gap))


def encode_jpeg(picture: NDArray[np.uint8], quality: int, subsampling: int = -1) -> bytes:
    """Return a picture as a JPEG file.

    Args:
        picture: (H, W, 3) RGB.
        quality: from 1 to 95.
        subsampling: 0 keeps colour as fine as light; -1 leaves the choice to Pillow, which halves it.
    """
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality, subsampling=subsampling)
    return file.getvalue()


def data_uri(content: bytes, kind: str = "image/png") -> str:
    """Return a file as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
