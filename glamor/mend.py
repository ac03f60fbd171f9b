"""What a file is besides its picture, taken off before a decoder can stumble over it.

A text, a checksum of a text or a missing end marker says nothing about pixels, and Pillow refuses whole pictures for
their sake. The sizes are bounded here as there; what costs time is for :mod:`glamor.structure` to refuse before.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from itertools import pairwise

from PIL import Image, ImageChops

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
LONGEST_PROFILE = 2**20  # bytes, unpacked, of a PNG: what Pillow accepts
MOST_MISSING = 0.01  # of a JPEG's pixels, when its end is missing

_END = b"\xff\xd9"
_SCAN, _FRAMES = 0xDA, frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_COMMENT, _APPLICATIONS = 0xFE, range(0xE0, 0xF0)
# What says how colours are stored or which way is up: how such segments begin, and how long they are at least.
_WANTED = {0xE0: (b"JFIF\0", 16), 0xE1: (b"Exif\0\0", 8), 0xE2: (b"ICC_PROFILE\0", 16), 0xEE: (b"Adobe", 14)}
_UNIT = 16  # pixels: the usual height of what a JPEG stores together
# To be decoded where something is missing, and with the marks that part data, in case one is due.
_OTHER_BITS = b"".join(b"\x5a\xa5\x3c\xc3\x69\x96\x1e\xe1" * 64 + bytes((0xFF, 0xD0 + n % 8)) for n in range(64))


def bare(data: bytes) -> bytes:
    """Return a PNG or a JPEG without the parts that have no part in the picture; any other file as it is."""
    if data.startswith(PNG):
        return _bare(data, _png_parts(data))
    return _bare(data, _jpeg_parts(data)) if data.startswith(JPEG) else data


def lacks_end(data: bytes) -> bool:
    """Tell whether a JPEG begins with its picture's data and never ends them."""
    start = _first_scan(data)
    return start >= 0 and data.find(_END, start) < 0


def ended(data: bytes) -> bytes:
    """Return a JPEG that lacks its end with one, or as it is if more than MOST_MISSING of the pixels lack too.

    Where data are missing a decoder paints what the bits that follow say. So what differs between two decodings, with
    different bits behind the data, is missing.

    Args:
        data: of a picture whose size has been checked; it is decoded twice.
    """
    if not _is_refined(data):
        return data
    data = data.rstrip(b"\xff")  # half a marker, which would make another one of what is put behind it
    whole, other = (Image.open(io.BytesIO(data + more + _END), formats=("JPEG",)) for more in (b"", _OTHER_BITS))
    differing = ImageChops.difference(whole.convert("RGB"), other.convert("RGB")).getbbox()
    if differing is None:
        return data + _END
    width, height = whole.size
    rows = min(_UNIT, height - differing[1])
    missing = rows * (width - differing[0]) + (height - differing[1] - rows) * width
    return data + _END if missing <= MOST_MISSING * width * height else data


def _bare(data: bytes, parts: Iterator[tuple[int, int, bool]]) -> bytes:
    """Return the data without the parts (where each begins, where it ends) that are not wanted."""
    unwanted = [(start, end) for start, end, wanted in parts if not wanted]
    if not unwanted:
        return data
    view, edges = memoryview(data), [(0, 0), *unwanted, (len(data), len(data))]
    return b"".join(view[end:start] for (_, end), (start, _) in pairwise(edges))


def _png_parts(data: bytes) -> Iterator[tuple[int, int, bool]]:
    at = len(PNG)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        ancillary = bool(kind[0] & 0x20)  # a small first letter, see PNG 5.4
        if end > len(data):
            if ancillary:
                yield at, len(data), False
            return
        yield at, end, not ancillary or _is_of_use(data, kind, at, end)
        at = end


def _is_of_use(data: bytes, kind: bytes, at: int, end: int) -> bool:
    """Tell whether a part that no picture needs is whole, and of a kind that changes how the pixels look."""
    if kind not in (b"tRNS", b"iCCP", b"eXIf"):
        return False
    if zlib.crc32(memoryview(data)[at + 4 : end - 4]).to_bytes(4, "big") != data[end - 4 : end]:
        return False
    if kind == b"tRNS":
        length = end - at - 12
        return {0: length == 2, 2: length == 6, 3: 0 < length <= 256}.get(data[25], False)
    return kind == b"eXIf" or _unpacks(data[at + 8 : end - 4])


def _unpacks(profile: bytes) -> bool:
    _, _, packed = profile.partition(b"\0")
    if packed[:1] != b"\0":
        return False
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed[1:], LONGEST_PROFILE)
    except zlib.error:
        return False
    return unpacking.eof


def _jpeg_parts(data: bytes) -> Iterator[tuple[int, int, bool]]:
    for kind, start, end in _segments(data):
        if kind == _COMMENT or kind in _APPLICATIONS:
            begins, least = _WANTED.get(kind, (b"", len(data)))
            yield start, end, end - start - 2 >= least and data.startswith(begins, start + 4)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the kind, start and end of each of a JPEG's segments up to its first scan, as long as they are in order."""
    at = len(JPEG)
    while at + 4 <= len(data) and data[at] == 0xFF:
        if data[at + 1] == 0xFF:  # any number of these may stand before a marker
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            return
        yield data[at + 1], at, end
        if data[at + 1] == _SCAN:
            return
        at = end


def _first_scan(data: bytes) -> int:
    return next((start for kind, start, _ in _segments(data) if kind == _SCAN), -1)


def _is_refined(data: bytes) -> bool:
    """Tell whether there is at least the beginning of every scan that the picture needs down to its last bit."""
    frame = next((data[start + 9 : end] for kind, start, end in _segments(data) if kind in _FRAMES), b"")
    lacking = {(component, number) for component in frame[1::3] for number in range(64)}
    at = _first_scan(data)
    while at >= 0:
        count = data[at + 4] if at + 4 < len(data) else 0
        header = data[at + 5 : at + 8 + 2 * count]
        if len(header) == 2 * count + 3 and header[-1] & 0x0F == 0:
            first, last = header[-3], header[-2]
            lacking -= {(component, number) for component in header[:-3:2] for number in range(first, last + 1)}
        at = data.find(bytes((0xFF, _SCAN)), at + 2)
    return bool(frame) and not lacking
