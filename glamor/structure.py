"""A look at how a picture's file is made up, before a decoder works through it.

Decoders, and Pillow's readers in Python before them, take their time for every small part of a file. No camera and no
program makes more parts than are accepted here; files that are made to keep a decoder busy do, and are told so at
once. This is for speed only: whatever gets past it meets the limits of :mod:`glamor.decoding`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from glamor.errors import PhotoError

MOST_PARTS = 100_000  # chunks of a PNG, segments of a JPEG, blocks of a GIF
MOST_SCANS = 100  # of a progressive JPEG, each of which touches every pixel; programs write about ten
MOST_COMMENT = 4_000  # blocks of 255 letters in the comments of a GIF; reading them takes time by the square
MOST_PIXELS_A_BYTE = 128  # of a run-length BMP, where two bytes are worth at most 255

_MARKER = re.compile(rb"[^\xff]")  # after any number of 0xFF
_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = b"!,;"
_GIF_COMMENT = b"!\xfe"
_BIG_TIFF = 43
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_JPEG_SCAN, _JPEG_END = b"\xff\xda", b"\xff\xd9"


def check_structure(data: bytes) -> None:
    """Look at a file's parts, in at most some hundredths of a second.

    Args:
        data: of a file of any kind; one that is damaged is for the decoder to tell.

    Raises:
        PhotoError: if it has far more parts than any picture needs, or is far too small for what it claims.
    """
    for signature, check in _CHECKS.items():
        if data.startswith(signature):
            check(data)


def _check_jpeg(data: bytes) -> None:
    at, parts = 2, 0
    while (found := data.find(b"\xff", at)) >= 0:
        furthest = found + MOST_PARTS + 1
        marker = _MARKER.search(data, found, furthest)
        start = marker.start() if marker else min(furthest, len(data))
        parts += start - at + 1  # what stands between two segments is read byte by byte
        _check_parts(parts)
        if marker is None:
            return
        if marker[0] == _JPEG_SCAN[1:]:
            end = data.find(_JPEG_END, start)  # what comes after it, a film perhaps, is no picture
            return _check_scans(1 + data.count(_JPEG_SCAN, start, end if end >= 0 else len(data)))
        at = start + 1 + int.from_bytes(data[start + 1 : start + 3], "big")


def _check_scans(scans: int) -> None:
    if scans > MOST_SCANS:
        raise PhotoError(f"The JPEG has {scans:,} scans, more than the {MOST_SCANS} accepted; save it again.")


def _check_png(data: bytes) -> None:
    at, parts = 8, 0
    while at + 4 <= len(data):
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        parts += 1
        _check_parts(parts)


def _check_gif(data: bytes) -> None:
    """Walk through all that stands before the first picture."""
    at = 13 + (6 << (data[10] & 7) if len(data) > 10 and data[10] & 0x80 else 0)
    parts = comment = 0
    while at < len(data) and data[at] not in (_GIF_IMAGE, _GIF_END):
        blocks, is_comment = 0, data[at : at + 2] == _GIF_COMMENT
        if data[at] == _GIF_EXTENSION:
            at, blocks = _after_blocks(data, at + 2)
        else:
            at += 1
        parts += 1 + blocks
        comment += blocks if is_comment else 0
        _check_parts(parts)
        if comment > MOST_COMMENT:
            raise PhotoError(f"The GIF's comment is longer than {MOST_COMMENT * 255:,} letters; save it without one.")


def _after_blocks(data: bytes, at: int) -> tuple[int, int]:
    """Return where a row of blocks ends, and how many they are, at most one more than are accepted."""
    blocks = 0
    while at < len(data) and data[at] and blocks <= MOST_PARTS:
        at += 1 + data[at]
        blocks += 1
    return at + 1, blocks


def _check_bmp(data: bytes) -> None:
    if len(data) < 34 or data[30:34] not in (b"\1\0\0\0", b"\2\0\0\0"):
        return
    width, height = struct.unpack_from("<ii", data, 18)
    if abs(width * height) > MOST_PIXELS_A_BYTE * len(data):
        raise PhotoError(
            f"The run-length BMP of {width} x {abs(height)} pixels holds only {len(data):,} bytes, too few for a "
            "picture of its size; save it as PNG."
        )


def values_overlap(tiff: bytes) -> bool:
    """Tell whether the first directory of a TIFF file, or of EXIF, has tags that together claim more than there is.

    Each is read by itself: a thousand tags that share a megabyte take a gigabyte.
    """
    tiff = tiff.removeprefix(b"Exif\0\0")
    _, _, entries = _directory(tiff)
    read = (min(_TYPE_BYTES.get(kind, 0) * values, max(0, len(tiff) - at)) for _, kind, values, at in entries)
    return sum(read) > 2 * len(tiff)


def tiff_tags(tiff: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield number, type and count of each tag in a TIFF file's first directory, and where its value or address is."""
    start, entry, entries = _directory(tiff)
    place = struct.calcsize(entry[:-1])
    for number, (tag, kind, count, _) in enumerate(entries):
        yield tag, kind, count, start + number * struct.calcsize(entry) + place


def _directory(tiff: bytes) -> tuple[int, str, Iterator[tuple[int, int, int, int]]]:
    """Return where the first directory's entries begin, how each is laid out, and those that are there."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (version,) = struct.unpack_from(order + "H", tiff, 2)
        place, number, entry = (8, "Q", "HHQQ") if version == _BIG_TIFF else (4, "H", "HHLL")
        (start,) = struct.unpack_from(order + entry[-1], tiff, place)
        (count,) = struct.unpack_from(order + number, tiff, start)
    except (KeyError, struct.error):
        return 0, "<HHLL", iter(())  # none at all
    start, size = start + struct.calcsize(number), struct.calcsize(order + entry)
    there = min(count, (len(tiff) - start) // size)
    return start, order + entry, struct.iter_unpack(order + entry, tiff[start : start + there * size])


def _check_tiff(data: bytes) -> None:
    if values_overlap(data):
        raise PhotoError("The TIFF’s tags are together longer than the file; save it again.")


def _check_parts(parts: int) -> None:
    if parts > MOST_PARTS:
        raise PhotoError(f"The file is made of more than {MOST_PARTS:,} parts, which no photo is; save it again.")


_CHECKS = {
    b"\xff\xd8": _check_jpeg,
    b"\x89PNG\r\n\x1a\n": _check_png,
    b"GIF8": _check_gif,
    b"BM": _check_bmp,
    b"II": _check_tiff,
    b"MM": _check_tiff,
}
