"""Pictures of more than 8 bits a channel, as the 8 that can be seen, whatever range their values have.

A microscope's or a camera's 12 bits lie in 16 of a TIFF, and nothing in the file says so but the values.
"""

from __future__ import annotations

import io
import re
import struct
import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, TiffImagePlugin

from glamor.structure import tiff_tags

ROWS = 64  # at once: all of a large picture's would be in memory as several kinds of number

_BITS, _PHOTOMETRIC, _LARGEST, _SAMPLES = 258, 262, 281, 339  # TIFF 6.0
_WHITE_IS_ZERO, _BLACK_IS_ZERO = b"\0\0", 1
_UNSIGNED = 1
_DEEP = frozenset({12, 16, 32})
_DEPTHS, _SIGNED_DEPTHS = (8, 10, 12, 14, 16, 24, 32), (8, 10, 12, 14, 15, 24, 31)
_BRIGHT = 2.0  # floating-point pictures reach 1, or a little more where a light glares; or 255
_COLOUR_16 = re.compile(r"(RGB|RGBA|RGBX|CMYK|[RGB]);16([LBN])")
_OTHER_HALF = {"L": "B", "B": "L", "N": "B" if sys.byteorder == "little" else "L"}


def black_is_zero(data: bytes) -> tuple[bytes, bool]:
    """Return a deep grey TIFF in which 0 is white as one in which 0 is black, to be inverted; whether it was one.

    Pillow reads some of these inverted, and others not at all.
    """
    if data[:2] not in (b"II", b"MM"):
        return data, False
    order = "<" if data[:2] == b"II" else ">"
    places = {tag: at for tag, kind, count, at in tiff_tags(data) if (kind, count) == (3, 1)}
    bits, photometric = places.get(_BITS), places.get(_PHOTOMETRIC)
    if bits is None or photometric is None or data[photometric : photometric + 2] != _WHITE_IS_ZERO:
        return data, False
    if struct.unpack_from(order + "H", data, bits)[0] not in _DEEP:
        return data, False
    return data[:photometric] + struct.pack(order + "H", _BLACK_IS_ZERO) + data[photometric + 2 :], True


def mark_planes(image: Image.Image) -> None:
    """Have Pillow read 16-bit colours that lie in a plane each as such: it takes them for 8 bits."""
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(_BITS) in ((16,) * 3, (16,) * 4):
        order = "L" if image.tag_v2.prefix == b"II" else "B"
        image.tile = [_plane(tile, order) for tile in image.tile]


def _plane(tile: ImageFile._Tile, order: str) -> ImageFile._Tile:
    if tile.codec_name != "raw" or not isinstance(tile.args, tuple) or tile.args[0] not in ("R", "G", "B"):
        return tile
    return tile._replace(args=(f"{tile.args[0]};16{order}", *tile.args[1:]))


def is_deep(image: Image.Image) -> bool:
    """Tell whether an image has one channel of more than 8 bits, of which it is known how bright they are."""
    tiff = isinstance(image, TiffImagePlugin.TiffImageFile)
    return image.mode.startswith("I;16") or (tiff and image.mode in ("I", "F"))


def grey(image: Image.Image) -> Image.Image:
    """Return a deep image, see :func:`is_deep`, with 8 bits: the upper ones of those that are used."""
    tags = image.tag_v2 if isinstance(image, TiffImagePlugin.TiffImageFile) else None
    unsigned = image.mode == "I" and tags is not None and _first(tags.get(_SAMPLES, _UNSIGNED)) == _UNSIGNED
    least, most = _range(image, unsigned)
    shallow = np.empty((image.height, image.width), np.uint8)
    depth = 16 if tags is None else _depth(least, max(most, _first(tags.get(_LARGEST))), image.mode == "I", unsigned)
    scale = 1.0 if most <= _BRIGHT else 255.0 if most <= 255 else float(2**depth - 1)
    for top, values in _strips(image, unsigned):
        if image.mode == "F":
            shallow[top : top + ROWS] = (values.clip(0, scale) * (255 / scale)).round()
        else:
            offset = 2 ** (depth - 1) if least < 0 else 0
            shallow[top : top + ROWS] = ((values.astype(np.int64) + offset) >> (depth - 8)).clip(0, 255)
    made = Image.fromarray(shallow)
    made.info = image.info.copy()
    return made


def colour(image: Image.Image, data: bytes) -> Image.Image:
    """Return a decoded image as it is, or brighter if it is of a 16-bit colour TIFF in which fewer bits are used.

    Pillow keeps the upper 8 bits. Read in the other order of bytes, the file gives the lower ones.

    Args:
        image: whose size has been checked.
        data: the file that it is from.
    """
    if image.format != "TIFF" or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    colours = len(image.mode) - (image.mode == "RGBA")
    most = max(highest for _, highest in image.getextrema()[:colours])  # type: ignore[misc]
    depth = next(depth for depth in _DEPTHS if most < 2 ** max(0, depth - 8))
    if depth >= 16:
        return image
    low = Image.open(io.BytesIO(data), formats=("TIFF",))
    mark_planes(low)
    halves = [_COLOUR_16.fullmatch(str(tile.args[0])) for tile in low.tile if isinstance(tile.args, tuple)]
    if not halves or None in halves:
        return image
    low.tile = [
        tile._replace(args=(f"{half[1]};16{_OTHER_HALF[half[2]]}", *tile.args[1:]))  # type: ignore[index]
        for tile, half in zip(low.tile, halves, strict=True)
    ]
    shift = 16 - depth
    upper, lower = np.array(image), np.asarray(low)
    for top in range(0, image.height, ROWS):
        rows = slice(top, top + ROWS)
        upper[rows, :, :colours] = upper[rows, :, :colours].astype(np.uint16) << shift & 255
        upper[rows, :, :colours] |= lower[rows, :, :colours] >> (8 - shift)
    made = Image.fromarray(upper, image.mode)
    made.info = image.info.copy()
    return made


def _depth(least: float, most: float, signed: bool, unsigned: bool) -> int:
    """Return how many bits are used."""
    if signed and not unsigned:
        if least < 0:
            return 16 if least >= -(2**15) and most < 2**15 else 32
        return next(depth for depth in _SIGNED_DEPTHS if most < 2**depth or depth == _SIGNED_DEPTHS[-1])
    return next(depth for depth in _DEPTHS if most < 2**depth or depth == _DEPTHS[-1])


def _range(image: Image.Image, unsigned: bool) -> tuple[float, float]:
    ends = [(values.min(), values.max()) for _, values in _strips(image, unsigned)]
    return float(min(least for least, _ in ends)), float(max(most for _, most in ends))


def _strips(image: Image.Image, unsigned: bool) -> Iterator[tuple[int, NDArray[np.generic]]]:
    for top in range(0, image.height, ROWS):
        values = np.asarray(image.crop((0, top, image.width, min(top + ROWS, image.height))))
        if image.mode == "F":
            values = np.nan_to_num(values, nan=0, posinf=0, neginf=0)
        yield top, values.view(np.uint32) if unsigned else values


def _first(value: object) -> int:
    """Return the value of a tag, or the first of several; 0 for none."""
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else 0
