"""What is no part of the picture never makes it unreadable; what is, does."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from glamor.errors import PhotoError
from glamor.mend import MOST_MISSING, bare, ended, lacks_end
from glamor.photo import load_photo

HEADER = 33  # bytes of a PNG: its signature and its first chunk
END = b"\xff\xd9"


@cache
def portrait() -> Image.Image:
    return Image.fromarray(pictures.astronaut()).crop((100, 0, 340, 200))


def encoded(format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    portrait().save(buffer, format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes, checksum: bytes | None = None) -> bytes:
    right = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + (checksum or right)


def with_chunk(more: bytes) -> bytes:
    whole = encoded("PNG")
    return whole[:HEADER] + more + whole[HEADER:]


def with_segment(kind: int, body: bytes) -> bytes:
    whole = encoded("JPEG")
    return whole[:2] + struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body + whole[2:]


LONG = zlib.compress(bytes(3 * 2**20))
TEXTS = {
    "zTXt": chunk(b"zTXt", b"Comment\0\0" + LONG),
    "iTXt": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LONG),
    "long tEXt": chunk(b"tEXt", b"Comment\0" + b"a" * 5_000_000),
    "many texts": chunk(b"tEXt", b"Comment\0" + b"a" * 900_000) * 70,
    "iCCP": chunk(b"iCCP", b"profile\0\0" + LONG),
    "iCCP cut off": chunk(b"iCCP", b"profile\0\0" + LONG[:50]),
    "iCCP of another packing": chunk(b"iCCP", b"profile\0\7" + LONG),
    "iCCP without a name": chunk(b"iCCP", b"pro"),
    "text's checksum": chunk(b"tEXt", b"Comment\0hello", b"oops"),
    "time's checksum": chunk(b"tIME", bytes(7), b"oops"),
    "eXIf's checksum": chunk(b"eXIf", b"II*\0", b"oops"),
    "transparency of a wrong length": chunk(b"tRNS", b"\1"),
    "size of a wrong length": chunk(b"pHYs", b"\1"),
    "gamma of a wrong length": chunk(b"gAMA", b""),
    "white of a wrong length": chunk(b"cHRM", b"\1"),
    "animation of a wrong length": chunk(b"acTL", b"\1"),
    "frame of a wrong length": chunk(b"fcTL", b"\1"),
    "sRGB of a wrong length": chunk(b"sRGB", b""),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_png_is_read_whatever_stands_beside_its_pixels(name: str) -> None:
    np.testing.assert_array_equal(load_photo(with_chunk(TEXTS[name])), np.asarray(portrait()))


def test_a_png_is_read_whose_last_part_is_a_text_that_is_cut_off() -> None:
    whole = encoded("PNG")
    for cut in (whole[:-12], whole[:-5], whole[:-12] + chunk(b"tEXt", bytes(1000))[:500]):
        np.testing.assert_array_equal(load_photo(cut), np.asarray(portrait()))


def test_a_wrong_checksum_of_the_pixels_is_damage() -> None:
    whole = bytearray(encoded("PNG"))
    whole[whole.index(b"IDAT") + 100] ^= 1
    with pytest.raises(PhotoError, match="damaged"):
        load_photo(bytes(whole))


def test_what_changes_how_a_png_looks_stays() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    portrait().quantize(64).save(buffer, "PNG", exif=exif, transparency=0, icc_profile=b"some profile")
    assert bare(buffer.getvalue()) == buffer.getvalue()


@pytest.mark.parametrize("kind", [*range(0xE0, 0xF0), 0xFE], ids="{:x}".format)
@pytest.mark.parametrize(
    "start", [b"", b"JFIF\0", b"MPF\0", b"MPF\0II*\0", b"Photoshop 3.0\x008BIM", b"Exif\0\0MM", b"\xff"]
)
def test_a_jpeg_is_read_whatever_its_other_segments_hold(kind: int, start: bytes) -> None:
    expected = load_photo(encoded("JPEG"))
    for length in (0, 20_000):
        np.testing.assert_array_equal(load_photo(with_segment(kind, start + b"\xd9\xff\7" * length)), expected)


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0}], ids=str
)
def test_a_jpeg_without_its_end_marker_is_the_same_picture(options: dict[str, object]) -> None:
    whole = encoded("JPEG", **options)
    assert whole.endswith(END)
    assert not lacks_end(whole)
    expected = load_photo(whole)
    for cut in (whole[:-2], whole[:-1]):
        assert lacks_end(cut)
        np.testing.assert_array_equal(load_photo(cut), expected)


@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 3}, {"progressive": True}], ids=str)
def test_what_is_read_of_a_jpeg_that_is_cut_off_misses_nearly_nothing(options: dict[str, object]) -> None:
    whole = encoded("JPEG", **options)
    expected = load_photo(whole).astype(int)
    read = []
    for length in [*range(300, len(whole), 97), *range(len(whole) - 60, len(whole))]:
        try:
            photo = load_photo(whole[:length])
        except PhotoError:
            continue
        read.append(length)
        assert (abs(photo - expected).max(axis=2) > 0).mean() <= MOST_MISSING + 0.01  # colours reach a pixel further
    assert read[-1] == len(whole) - 1
    assert read[0] > 0.8 * len(whole)


def test_a_progressive_jpeg_that_lacks_whole_scans_is_refused() -> None:
    whole = encoded("JPEG", progressive=True)
    scans = [at for at in range(len(whole)) if whole[at : at + 2] == b"\xff\xda"]
    for scan in scans[1:]:
        start = whole.rfind(b"\xff\xc4", 0, scan)  # its table stands before it
        for end in (scan, start):
            assert ended(whole[:end]) == whole[:end]
            with pytest.raises(PhotoError, match="cut off"):
                load_photo(whole[:end])


def test_files_of_other_kinds_are_left_as_they_are() -> None:
    for format in ("GIF", "BMP", "TIFF", "WEBP"):
        assert bare(whole := encoded(format)) is whole
        assert not lacks_end(whole)


@pytest.mark.parametrize("start", [b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xda", b"\x89PNG\r\n\x1a\n"])
def test_scraps_are_for_the_decoder_to_tell(start: bytes) -> None:
    for more in (b"", b"\xff", b"\0\0\0", b"\xff\xda\0\3\1" * 3, b"\0\0\0\1aaaa", bytes(40)):
        bare(start + more)
        if lacks_end(start + more):
            assert ended(start + more) == start + more
