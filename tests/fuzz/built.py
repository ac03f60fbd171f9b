"""Picture files made to keep a decoder busy or to fill its memory: many small parts, or few that claim much.

Every builder is given about how many bytes to make, and chance for what it may choose.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image

from tests.fuzz.mutate import Rng, any_of

Builder = Callable[[int, Rng], bytes]
SIDE = 7000  # pixels: nearly as many as are accepted

_PNG = b"\x89PNG\r\n\x1a\n"
_TINY_TAGS = [(256, 3, 1, 64), (257, 3, 1, 64), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]


def sized(unit: bytes, count: int) -> bytes:
    """Return a part again and again until it is about so many bytes, at least once."""
    return unit * max(1, count // len(unit))


# --- JPEG

_JPEG, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_QUANTISATION = b"\xff\xdb\x00\x43\x00" + bytes([1] * 64)
# One code each: of DC the difference 0; of AC the end of a block, and a run of up to 32,767 blocks that end.
_HUFFMAN_DC = b"\xff\xc4" + struct.pack(">HB", 20, 0x00) + bytes([1] + [0] * 15) + b"\x00"
_HUFFMAN_AC = b"\xff\xc4" + struct.pack(">HB", 21, 0x10) + bytes([1, 1] + [0] * 14) + b"\xe0\x00"


def _segment(marker: int, content: bytes = b"") -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _frame(marker: int, width: int, height: int, bits: int = 8) -> bytes:
    return _segment(marker, struct.pack(">BHHB", bits, height, width, 1) + bytes([1, 0x11, 0]))


def _scan(first: int, last: int, content: bytes) -> bytes:
    return _segment(0xDA, bytes([1, 1, 0, first, last, 0])) + content


def _blocks(side: int) -> int:
    return ((side + 7) // 8) ** 2


def _jpeg(parts: bytes, *, sof: int = 0xC0, side: int = 64, bits: int = 8, scans: bytes = b"") -> bytes:
    scans = scans or _scan(0, 63, b"\x00" * (_blocks(side) // 4))
    start = _JPEG + parts + _QUANTISATION + _frame(sof, side, side, bits)
    return start + _HUFFMAN_DC + _HUFFMAN_AC + scans + _JPEG_END


def jpeg_fill(count: int, rng: Rng) -> bytes:
    return _jpeg(b"\xff" * count)


def jpeg_junk(count: int, rng: Rng) -> bytes:
    return _jpeg(_segment(0xE4) + b"\x00" * count)


def jpeg_segments(count: int, rng: Rng) -> bytes:
    return _jpeg(sized(_segment(any_of(rng, (0xE4, 0xE1, 0xE2, 0xED, 0xFE)), rng.bytes(int(rng.integers(9)))), count))


def jpeg_tables(count: int, rng: Rng) -> bytes:
    return _jpeg(sized(any_of(rng, (_QUANTISATION, _HUFFMAN_DC, _segment(0xDD, b"\x00\x01"))), count))


def jpeg_scans(count: int, rng: Rng) -> bytes:
    blocks = _blocks(SIDE)
    runs = b"\x7f\xff\x00" * -(-blocks // 32767)  # about: a code and 14 bits of ones each
    first = _scan(0, 0, bytes(-(-blocks // 8)))
    return _jpeg(b"", sof=0xC2, side=SIDE, scans=first + sized(_scan(1, 63, runs), count))


def jpeg_restarts(count: int, rng: Rng) -> bytes:
    marks = b"".join(b"\x00\xff" + bytes([0xD0 + n % 8]) for n in range(8))
    return _jpeg(_segment(0xDD, b"\x00\x01"), side=SIDE, scans=_scan(0, 63, sized(marks, count)))


def jpeg_other_coding(count: int, rng: Rng) -> bytes:
    """Arithmetic, lossless, hierarchical, 12 bits: what few decoders know."""
    sof, bits = any_of(rng, ((0xC9, 8), (0xCA, 8), (0xC3, 8), (0xC5, 8), (0xC1, 12), (0xC2, 12)))
    scan = _scan(0, 63, rng.bytes(min(count, 2**20)).replace(b"\xff", b"\x00"))
    return _jpeg(b"", sof=sof, side=SIDE, bits=bits, scans=scan)


def jpeg_nearly_empty(count: int, rng: Rng) -> bytes:
    return _jpeg(b"", sof=any_of(rng, (0xC0, 0xC2)), side=SIDE, scans=_scan(0, 0, b"\x00" * 16))


def jpeg_exif(count: int, rng: Rng) -> bytes:
    return _jpeg(sized(_segment(0xE1, b"Exif\0\0" + overlapping(5000, 60_000, rng)), count))


def jpeg_profile(count: int, rng: Rng) -> bytes:
    total = 255
    return _jpeg(
        b"".join(
            _segment(0xE2, b"ICC_PROFILE\0" + bytes([n + 1, total]) + b"\0" * min(65_000, count // total))
            for n in range(total)
        )
    )


# --- PNG


def _chunk(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _png(before: bytes = b"", after: bytes = b"", *, side: int = 64, pixels: bytes = b"", interlaced: int = 0) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, interlaced))
    pixels = pixels or _chunk(b"IDAT", zlib.compress(bytes((side + 1) * side)))
    return _PNG + header + before + pixels + after + _chunk(b"IEND")


def png_chunks(count: int, rng: Rng) -> bytes:
    chunks = sized(_chunk(any_of(rng, (b"abCd", b"tEXt", b"gAMA", b"tIME", b"PLTE", b"IDAT")), b""), count)
    return _png(chunks) if rng.random() < 0.5 else _png(after=chunks)


def png_crumbs(count: int, rng: Rng) -> bytes:
    side = max(64, min(SIDE, int((count / 13) ** 0.5)))
    packed = zlib.compress(bytes((side + 1) * side), 0)
    step = max(1, 13 * len(packed) // count)
    crumbs = (_chunk(b"IDAT", packed[at : at + step]) for at in range(0, len(packed), step))
    return _png(side=side, pixels=b"".join(crumbs))


def png_bomb(count: int, rng: Rng) -> bytes:
    packed = zlib.compress(bytes(min(200 * count, 2**30)), 1)
    chunk = any_of(
        rng,
        (
            _chunk(b"zTXt", b"words\0\0" + packed),
            _chunk(b"iTXt", b"words\0\1\0\0\0" + packed),
            _chunk(b"iCCP", b"profile\0\0" + packed),
        ),
    )
    return _png(sized(chunk, count))


def png_exif(count: int, rng: Rng) -> bytes:
    return _png(_chunk(b"eXIf", overlapping(2000, count, rng)))


def png_frames(count: int, rng: Rng) -> bytes:
    control = _chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 64, 64, 0, 0, 1, 10, 0, 0))
    return _png(_chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)) + sized(control, count))


def png_nearly_empty(count: int, rng: Rng) -> bytes:
    pixels = _chunk(b"IDAT", zlib.compress(bytes(SIDE)))
    return _png(side=SIDE, pixels=pixels if rng.random() < 0.5 else b"", interlaced=int(rng.integers(2)))


# --- GIF


def _gif(parts: bytes, *, side: int = 64, after: bytes = b"") -> bytes:
    picture = b"," + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02\x02\x4c\x01\x00"
    header = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return header + parts + picture + after + b";"


def gif_comment(count: int, rng: Rng) -> bytes:
    length = any_of(rng, (1, 7, 255))
    return _gif(b"!\xfe" + sized(bytes([length] * (length + 1)), count) + b"\0")


def gif_extension(count: int, rng: Rng) -> bytes:
    length = any_of(rng, (1, 7, 255))
    return _gif(b"!" + any_of(rng, (b"\xff", b"\x01")) + sized(bytes([length] * (length + 1)), count) + b"\0")


def gif_extensions(count: int, rng: Rng) -> bytes:
    return _gif(sized(any_of(rng, (b"!\xfe\x01A\0", b"!\xf9\x04\0\0\0\0\0", b"!\xff\0")), count))


def gif_junk(count: int, rng: Rng) -> bytes:
    return _gif(bytes(count))


def gif_frames(count: int, rng: Rng) -> bytes:
    frame = b"," + struct.pack("<HHHHB", 0, 0, SIDE, SIDE, 0) + b"\x02\x02\x4c\x01\x00"
    return _gif(b"", side=SIDE, after=sized(frame, count))


def gif_clear_codes(count: int, rng: Rng) -> bytes:
    """Codes that only empty the table, for a large picture."""
    return _gif(b"", side=SIDE)[:-5] + b"\x02" + sized(b"\xff" + b"\x24\x49\x92" * 85, count) + b"\0;"


# --- BMP


def _bmp(width: int, height: int, bits: int, compression: int, content: bytes) -> bytes:
    colours = bytes(4 << bits)
    at = 54 + len(colours)
    start = b"BM" + struct.pack("<LHHL", at + len(content), 0, 0, at)
    info = struct.pack("<LllHHLLllLL", 40, width, height, 1, bits, compression, len(content), 0, 0, 1 << bits, 0)
    return start + info + colours + content


def bmp_runs(count: int, rng: Rng) -> bytes:
    """Run-length codes: ends of lines, runs past the line's end, jumps, runs of one."""
    bits, compression = any_of(rng, ((8, 1), (4, 2)))
    code = any_of(rng, (b"\0\0", b"\1\5", b"\0\2\0\0", b"\0\2\xff\1", b"\xff\1", b"\1\0\0\0"))
    return _bmp(SIDE, SIDE, bits, compression, sized(code, count) + b"\0\1")


def bmp_lines(count: int, rng: Rng) -> bytes:
    return _bmp(65_000, 769, 8, 1, b"\1\0\0\0" * 769 + b"\0\1")


def bmp_masks(count: int, rng: Rng) -> bytes:
    return _bmp(SIDE, SIDE, 16, 3, rng.bytes(min(count, 2**20)))


# --- TIFF and EXIF


def _directory(tags: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    entries = b"".join(struct.pack("<HHLL", *tag) for tag in sorted(tags))
    return struct.pack("<H", len(tags)) + entries + struct.pack("<L", following)


def _tiff(tags: list[tuple[int, int, int, int]], more: bytes = b"", following: int = 0) -> bytes:
    return b"II*\0" + struct.pack("<L", 8) + _directory(tags, following) + more


def overlapping(tags: int, length: int, rng: Rng) -> bytes:
    """Return EXIF whose tags all claim nearly all of it."""
    made = [(274, 3, 1, int(rng.integers(1, 9))), *((1000 + n, 7, max(1, length // 2), 0) for n in range(tags))]
    return _tiff(made).ljust(length, b"\0")


def tiff_overlap(count: int, rng: Rng) -> bytes:
    tags = [*_TINY_TAGS, (273, 4, 1, 8), (278, 3, 1, 64), (279, 4, 1, 4096)]
    kind = any_of(rng, (1, 5, 7, 12))
    size = {1: 1, 5: 8, 7: 1, 12: 8}[kind]
    tags += [(1000 + n, kind, max(1, count // size // 2), 8) for n in range(int(rng.integers(100, 60_000)))]
    return _tiff(tags).ljust(max(count, 5000), b"\0")


def tiff_strips(count: int, rng: Rng) -> bytes:
    strips = max(64, count // 8)
    at = 8 + 2 + 12 * 9 + 4
    tags = [*_TINY_TAGS, (273, 4, strips, at), (278, 3, 1, 1), (279, 4, strips, at + 4 * strips)]
    return _tiff(tags, struct.pack("<L", 8) * strips + struct.pack("<L", 64) * strips)


def tiff_directories(count: int, rng: Rng) -> bytes:
    """Directories that follow each other, at last themselves, or that lie in each other."""
    tags = [*_TINY_TAGS, (273, 4, 1, 8), (278, 3, 1, 64), (279, 4, 1, 4096)]
    if rng.random() < 0.3:
        return _tiff(tags, bytes(5000), following=8)
    name = any_of(rng, (330, 34665, 34853, 40965))
    size = len(_directory([(name, 4, 1, 0)]))
    first = 8 + len(_directory([*tags, (name, 4, 1, 0)]))
    levels = max(1, min(count, 2**20) // size)
    chain = (_directory([(name, 4, 1, first + size * (n + 1) if n + 1 < levels else 8)]) for n in range(levels))
    return _tiff([*tags, (name, 4, 1, first)], b"".join(chain) + bytes(5000))


def tiff_packed(count: int, rng: Rng) -> bytes:
    """One strip of zeros that is packed to next to nothing, or is not there."""
    code, packed = any_of(rng, ((8, zlib.compress(bytes(SIDE * 100), 9)), (32773, b"\x81\0" * 4096), (5, b"\x80\0\0")))
    at = 8 + 2 + 12 * 9 + 4
    tags = [(256, 3, 1, SIDE), (257, 3, 1, SIDE), (258, 3, 1, 8), (259, 3, 1, code), (262, 3, 1, 1), (277, 3, 1, 1)]
    return _tiff([*tags, (273, 4, 1, at), (278, 3, 1, SIDE), (279, 4, 1, len(packed))], packed)


def tiff_tiles(count: int, rng: Rng) -> bytes:
    tiles = max(1, count // 8)
    at = 8 + 2 + 12 * 10 + 4
    tags = [(256, 4, 1, SIDE), (257, 4, 1, SIDE), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]
    tags += [(322, 3, 1, 16), (323, 3, 1, 16), (324, 4, tiles, at), (325, 4, tiles, at + 4 * tiles)]
    return _tiff(tags, struct.pack("<L", 8) * tiles + struct.pack("<L", 256) * tiles)


# --- WebP


def _part(name: bytes, content: bytes = b"") -> bytes:
    return name + struct.pack("<L", len(content)) + content + b"\0" * (len(content) % 2)


def _webp(flags: int, parts: bytes, *, side: int = 64, picture: bytes | None = None) -> bytes:
    size = struct.pack("<L", side - 1)[:3]
    content = b"WEBP" + _part(b"VP8X", bytes([flags, 0, 0, 0]) + size * 2) + parts
    content += _picture(side) if picture is None else picture
    return b"RIFF" + struct.pack("<L", len(content)) + content


def _picture(side: int, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side)).save(buffer, "WEBP", **options)
    return buffer.getvalue()[12:]


def webp_chunks(count: int, rng: Rng) -> bytes:
    return _webp(0, sized(_part(any_of(rng, (b"abcd", b"XMP ", b"EXIF", b"ICCP")), b""), count))


def webp_exif(count: int, rng: Rng) -> bytes:
    return _webp(8, b"", picture=_picture(64) + _part(b"EXIF", overlapping(2000, count, rng)))


def webp_profile(count: int, rng: Rng) -> bytes:
    return _webp(32, _part(b"ICCP", bytes(count)))


def webp_frames(count: int, rng: Rng) -> bytes:
    side = any_of(rng, (16, SIDE))
    frame = _part(b"ANMF", bytes(6) + struct.pack("<L", 15)[:3] * 2 + bytes(4) + _picture(16, lossless=True))
    return _webp(2, _part(b"ANIM", bytes(6)) + sized(frame, count), side=side, picture=b"")


def webp_nearly_empty(count: int, rng: Rng) -> bytes:
    return _webp(0, b"", side=SIDE, picture=_picture(SIDE, lossless=True, method=0)[: any_of(rng, (40, 4000, None))])


_FORMATS = ("jpeg", "png", "gif", "bmp", "tiff", "webp")
BUILDERS: tuple[Builder, ...] = tuple(made for name, made in [*globals().items()] if name.startswith(_FORMATS))
