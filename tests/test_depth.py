"""Pictures of 16 bits a channel, however these are used, are those that 8 bits show."""

from __future__ import annotations

import struct
import zlib
from functools import cache

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from glamor.photo import load_photo

BLACK_IS_ZERO, WHITE_IS_ZERO, COLOURS = 1, 0, 2
UNSIGNED, SIGNED, FLOAT = 1, 2, 3


@cache
def portrait(mode: str) -> np.ndarray:
    return np.asarray(Image.fromarray(pictures.astronaut()).crop((180, 40, 260, 100)).convert(mode))


def tiff(pixels: np.ndarray, order: str, photometric: int, sample: int = UNSIGNED, **more: int) -> bytes:
    """Lay a TIFF file out by hand, TIFF 6.0, section 2: header, pixels, values that are long, directory."""
    height, width, *rest = pixels.shape
    channels, planes = (rest[0] if rest else 1), more.get("planes", 1)
    stored = pixels.astype(pixels.dtype.newbyteorder(order))
    laid = np.moveaxis(stored, 2, 0) if planes == 2 else stored
    parts = [part.tobytes() for part in laid] if planes == 2 else [laid.tobytes()]
    if more.get("packed"):
        parts = [zlib.compress(part) for part in parts]
    body, at = b"".join(parts), 8
    starts = [at + sum(map(len, parts[:number])) for number in range(len(parts))]

    def values(kind: str, numbers: list[int]) -> tuple[int, int, bytes]:
        return {"H": 3, "L": 4}[kind], len(numbers), struct.pack(order + kind * len(numbers), *numbers)

    bits = 8 * pixels.dtype.itemsize
    tags = {
        256: values("H", [width]),
        257: values("H", [height]),
        258: values("H", [bits] * channels),
        259: values("H", [8 if more.get("packed") else 1]),
        262: values("H", [photometric]),
        273: values("L", starts),
        277: values("H", [channels]),
        278: values("H", [height]),
        279: values("L", [len(part) for part in parts]),
        284: values("H", [planes]),
        339: values("H", [sample] * channels),
    }
    if "largest" in more:
        tags[281] = values("H", [more["largest"]])
    entries = b""
    for tag, (kind, count, value) in sorted(tags.items()):
        if len(value) > 4:
            body += bytes(len(body) % 2)
            value, body = struct.pack(order + "L", at + len(body)), body + value
        entries += struct.pack(order + "HHL", tag, kind, count) + value.ljust(4, b"\0")
    body += bytes(len(body) % 2)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HL", 42, at + len(body))
    return head + body + struct.pack(order + "H", len(tags)) + entries + bytes(4)


def deep(mode: str, bits: int) -> np.ndarray:
    """Return the portrait with so many bits, 0 to 2**bits - 1."""
    return (portrait(mode).astype(np.uint32) * (2**bits - 1) // 255).astype(np.uint16)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("packed", [0, 1])
@pytest.mark.parametrize("photometric", [BLACK_IS_ZERO, WHITE_IS_ZERO, COLOURS])
def test_a_16_bit_tiff_is_the_8_bit_picture(order: str, bits: int, packed: int, photometric: int) -> None:
    mode = "RGB" if photometric == COLOURS else "L"
    pixels = deep(mode, bits)
    if photometric == WHITE_IS_ZERO:
        pixels = 2**bits - 1 - pixels
    photo = load_photo(tiff(pixels, order, photometric, packed=packed))
    expected = portrait(mode) if mode == "RGB" else portrait(mode)[..., None]
    assert abs(photo.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [12, 16])
def test_colours_that_lie_in_a_plane_each(order: str, bits: int) -> None:
    photo = load_photo(tiff(deep("RGB", bits), order, COLOURS, planes=2))
    assert abs(photo.astype(int) - portrait("RGB")).max() <= 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("pixels", "sample"),
    [
        (lambda grey: (grey.astype(int) * 257 - 32768).astype(np.int16), SIGNED),
        (lambda grey: (grey.astype(int) * 128).astype(np.int16), SIGNED),
        (lambda grey: (grey.astype(int) * 16).astype(np.int16), SIGNED),
        (lambda grey: (grey.astype(int) * 2**23).astype(np.int32), SIGNED),
        (lambda grey: (grey / 255).astype(np.float32), FLOAT),
        (lambda grey: grey.astype(np.float32), FLOAT),
        (lambda grey: grey.astype(np.float32) * 257, FLOAT),
    ],
    ids=["-32768 to 32767", "0 to 32767", "0 to 4095", "0 to 2 ** 31", "0 to 1", "0 to 255", "0 to 65535"],
)
def test_signed_and_floating_point_values(order: str, pixels, sample: int) -> None:  # type: ignore[no-untyped-def]
    photo = load_photo(tiff(pixels(portrait("L")), order, BLACK_IS_ZERO, sample))
    assert abs(photo.astype(int) - portrait("L")[..., None]).max() <= 1


def test_floating_point_values_that_are_no_numbers_are_black() -> None:
    grey = (portrait("L") / 255).astype(np.float32)
    grey[0, :3] = np.nan, np.inf, -np.inf
    assert load_photo(tiff(grey, "<", BLACK_IS_ZERO, FLOAT))[0, :3].max() == 0


def test_a_dark_picture_stays_dark_if_its_file_says_how_bright_it_could_be() -> None:
    dark = deep("L", 16) // 16
    assert abs(load_photo(tiff(dark, "<", BLACK_IS_ZERO)).mean() - portrait("L").mean()) < 1
    assert load_photo(tiff(dark, "<", BLACK_IS_ZERO, largest=65_535)).max() <= 15


def test_a_picture_as_bright_as_a_third_of_white_is_left_as_it_is() -> None:
    for mode, photometric in (("L", BLACK_IS_ZERO), ("RGB", COLOURS)):
        expected = (deep(mode, 16) // 3) >> 8
        photo = load_photo(tiff(deep(mode, 16) // 3, "<", photometric))
        np.testing.assert_array_equal(photo, expected if mode == "RGB" else expected[..., None].repeat(3, 2))


def test_a_dark_8_bit_tiff_stays_dark() -> None:
    assert load_photo(tiff(portrait("RGB") // 64, "<", COLOURS)).max() == 3
