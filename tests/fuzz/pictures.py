"""Files of every accepted picture format, in the forms that its decoder treats differently, and damaged ones."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from PIL import Image

from glamor.photo import load_photo, register_heif
from tests.fuzz.mutate import Rng, any_of, damaged_bytes

GIANT_SIZE = (7000, 7100)  # just within the accepted number of pixels
GIANT_EVERY = 100  # of so many inputs one is a giant: it takes seconds

# Format, mode, options of each form.
FORMS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("JPEG", "RGB", {"quality": 90}),
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "L", {}),
    ("JPEG", "CMYK", {}),
    ("PNG", "RGB", {}),
    ("PNG", "RGBA", {}),
    ("PNG", "LA", {}),
    ("PNG", "P", {"transparency": 3}),
    ("PNG", "1", {}),
    ("PNG", "I;16", {}),
    ("PNG", "RGB", {"save_all": True}),
    ("WEBP", "RGB", {"quality": 80}),
    ("WEBP", "RGBA", {"lossless": True}),
    ("WEBP", "RGB", {"save_all": True}),
    ("GIF", "P", {}),
    ("GIF", "P", {"save_all": True, "transparency": 0}),
    ("BMP", "RGB", {}),
    ("BMP", "P", {}),
    ("BMP", "1", {}),
    ("TIFF", "RGB", {}),
    ("TIFF", "RGBA", {"compression": "tiff_lzw"}),
    ("TIFF", "RGB", {"compression": "tiff_adobe_deflate"}),
    ("TIFF", "RGB", {"compression": "jpeg"}),
    ("TIFF", "L", {"compression": "packbits"}),
    ("TIFF", "1", {"compression": "group4"}),
    ("TIFF", "CMYK", {}),
    ("TIFF", "I;16", {}),
    ("AVIF", "RGB", {"speed": 10}),
    ("AVIF", "RGBA", {"speed": 10}),
    ("HEIF", "RGB", {}),
    ("HEIF", "RGBA", {}),
    ("HEIF", "RGB", {"save_all": True}),
)
# Uncompressed, a giant is over the limit of bytes; writing one as AVIF or HEIC takes a minute.
GIANT_FORMS = tuple(
    form
    for form in FORMS
    if not form[2].get("save_all") and (form[0] not in ("BMP", "TIFF") or form[2]) and form[0] not in ("AVIF", "HEIF")
)


@cache
def small() -> tuple[bytes, ...]:
    """Return a small valid file of each form."""
    register_heif()  # also to write it
    return tuple(_encoded(*form, (40, 32)) for form in FORMS)


def prepare(seed: int) -> Callable[[], None]:
    """Return what has one damaged, or giant, file read and raises what the reader raises."""
    rng = np.random.default_rng(seed)
    if seed % GIANT_EVERY == GIANT_EVERY // 2:
        data = _encoded(*GIANT_FORMS[seed // GIANT_EVERY % len(GIANT_FORMS)], GIANT_SIZE)
    else:
        data = damaged(rng)
    return partial(_read, data)


def damaged(rng: Rng) -> bytes:
    """Return a small file with some damage."""
    data = damaged_bytes(any_of(rng, small()), rng)
    return _with_right_sums(data) if rng.random() < 0.5 else data


def _read(data: bytes) -> None:
    photo = load_photo(data)
    assert photo.dtype == np.uint8
    assert photo.ndim == 3
    assert photo.shape[2] == 3


def _encoded(format: str, mode: str, options: dict[str, Any], size: tuple[int, int]) -> bytes:
    image, buffer = _picture(mode, size), io.BytesIO()
    more = {"append_images": [image.rotate(180)]} if options.get("save_all") else {}
    exif = {} if format in ("BMP", "GIF") or size == GIANT_SIZE else {"exif": _exif()}
    image.save(buffer, format, **options, **more, **exif)
    return buffer.getvalue()


def _picture(mode: str, size: tuple[int, int]) -> Image.Image:
    if size == GIANT_SIZE:
        return Image.new(mode, size)
    noise = np.random.default_rng(1).integers(0, 256, (size[1] // 4, size[0] // 4, 3)).astype(np.uint8)
    image = Image.fromarray(noise).resize(size)
    if mode == "I;16":
        return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) << 8)
    return image.convert(mode)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    return exif


def _with_right_sums(data: bytes) -> bytes:
    """Return a PNG whose chunks' sums are right, so that damage gets past them; another file as it is."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    made, at = bytearray(data), 8
    while at + 12 <= len(made):
        (length,) = struct.unpack_from(">I", made, at)
        end = at + 8 + length
        if end + 4 <= len(made):
            struct.pack_into(">I", made, end, zlib.crc32(made[at + 4 : end]))
        at = end + 4
    return bytes(made)
