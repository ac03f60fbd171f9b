"""Files made to keep a decoder busy are told from pictures that only are unusual."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from glamor import structure
from glamor.errors import PhotoError
from glamor.photo import load_photo
from glamor.structure import MOST_COMMENT, MOST_PARTS, MOST_SCANS, check_structure, values_overlap
from tests.fuzz import built

MANY = 16 * 2**20  # bytes
RNG = np.random.default_rng


@pytest.mark.parametrize(
    ("builder", "count", "part"),
    [
        (built.jpeg_fill, MANY, "100,000 parts"),
        (built.jpeg_junk, MANY, "100,000 parts"),
        (built.jpeg_segments, MANY, "100,000 parts"),
        (built.jpeg_tables, MANY, "100,000 parts"),
        (built.jpeg_scans, 10_000, "scans, more than the 100 accepted"),
        (built.png_chunks, MANY, "100,000 parts"),
        (built.png_frames, MANY, "100,000 parts"),
        (built.gif_comment, 2 * 2**20, "100,000 parts|GIF's comment is longer than 1,020,000 letters"),
        (built.gif_extensions, MANY, "100,000 parts"),
        (built.gif_junk, MANY, "100,000 parts"),
        (built.bmp_lines, 0, "run-length BMP of 65000 x 769 pixels holds only 4,156 bytes"),
        (built.bmp_runs, 10_000, "run-length BMP of 7000 x 7000 pixels"),
        (built.tiff_overlap, 2**20, "tags are together longer than the file"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_file_made_to_keep_a_decoder_busy_is_refused_before_it_does(
    builder: built.Builder, count: int, part: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = builder(count, RNG(seed))
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it reached the decoder"))
    with pytest.raises(PhotoError, match=part):
        load_photo(data)


def _encoded(format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    noise = RNG(1).integers(0, 256, (64, 80, 3)).astype(np.uint8)
    Image.fromarray(noise).save(buffer, format, **options)
    return buffer.getvalue()


def _after_start(data: bytes, length: int, more: bytes) -> bytes:
    return data[:length] + more + data[length:]


def _chunks(count: int) -> Callable[[], bytes]:
    return lambda: _after_start(_encoded("PNG"), 33, built._chunk(b"abCd") * count)


# With the longest that cameras and programs write: profiles and XMP in many segments, films behind the picture,
# pixels in chunks of a kilobyte, comments of many lines, values that two tags share.
UNUSUAL: dict[str, Callable[[], bytes]] = {
    "255 segments of a profile": lambda: _encoded("JPEG", icc_profile=bytes(255 * 65_000)),
    "1,000 segments": lambda: _after_start(_encoded("JPEG"), 2, built._segment(0xE1, bytes(65_000)) * 1000),
    "progressive": lambda: _encoded("JPEG", progressive=True),
    "fill bytes": lambda: _after_start(_encoded("JPEG"), 2, b"\xff" * 100),
    "a film": lambda: _encoded("JPEG") + b"\xff\xda" * 5000,
    "several pictures": lambda: _encoded("MPO", save_all=True, append_images=[Image.new("RGB", (64, 64))] * 40),
    "many chunks": _chunks(MOST_PARTS - 10),
    "small IDAT chunks": lambda: built.png_crumbs(2**20, RNG(0)),
    "a long comment": lambda: _encoded("GIF", comment=b"word " * (MOST_COMMENT * 255 // 5 - 100)),
    "a run-length picture": lambda: built._bmp(255, 100, 8, 1, b"\xff\x07\0\0" * 100 + b"\0\1"),
    "shared values": lambda: built._tiff(
        [*built._TINY_TAGS, (273, 4, 1, 8), (278, 3, 1, 64), (279, 4, 1, 4096), (282, 5, 1, 200), (283, 5, 1, 200)],
        bytes(5000),
    ),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_picture_is_read(name: str) -> None:
    data = UNUSUAL[name]()
    assert load_photo(data).min() >= 0


def test_the_limits_are_what_they_say() -> None:
    check_structure(_chunks(MOST_PARTS - 5)())
    with pytest.raises(PhotoError, match="parts"):
        check_structure(_chunks(MOST_PARTS + 1)())
    scan = built._scan(1, 63, b"\x80")
    for scans, refused in ((MOST_SCANS - 1, False), (MOST_SCANS, True)):
        data = built._jpeg(b"", sof=0xC2, scans=built._scan(0, 0, bytes(8)) + scan * scans)
        if refused:
            with pytest.raises(PhotoError, match=f"{scans + 1} scans"):
                check_structure(data)
        else:
            check_structure(data)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_shared_values_are_counted_in_every_byte_order_and_size(order: str, big: bool) -> None:
    entry, number = ("HHQQ", "Q") if big else ("HHLL", "H")
    mark = b"II" if order == "<" else b"MM"
    start = struct.pack(order + "HHHQ", 43, 8, 0, 16) if big else struct.pack(order + "HL", 42, 8)

    def tiff(tags: int) -> bytes:
        entries = struct.pack(order + entry, 1000, 7, 10_000, 0) * tags
        return (mark + start + struct.pack(order + number, tags) + entries).ljust(10_000, b"\0")

    assert not values_overlap(tiff(2))
    assert values_overlap(tiff(3))
    assert values_overlap(b"Exif\0\0" + tiff(3))


def test_a_wrong_count_in_exif_does_not_cost_the_picture_its_orientation() -> None:
    exif = built._tiff([(274, 3, 1, 6), (305, 2, 10_000, 8)])
    assert load_photo(_encoded("PNG", exif=exif)).shape == (80, 64, 3)


def test_exif_whose_tags_share_a_megabyte_is_left_aside() -> None:
    exif = built.overlapping(2000, 2**20, RNG(0))
    assert load_photo(_encoded("PNG", exif=exif)).shape == (64, 80, 3)


def test_what_is_no_picture_at_all_is_for_the_decoder_to_tell() -> None:
    for signature in structure._CHECKS:
        for length in range(40):
            check_structure(signature + bytes(length))
            check_structure(signature + b"\xff" * length)
