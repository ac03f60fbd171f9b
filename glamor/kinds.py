"""What a file is, by how it begins: whatever its name says, a picture is one by its first bytes."""

from __future__ import annotations

import re

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")  # as Pillow calls them
NAMES = "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF"
HEAD = 1024  # bytes that tell a kind

_READ = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|BM.{4}\0\0\0\0.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"
    rb"|II[\x2a\x2b]\0|MM\0[\x2a\x2b]|.{4}ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1|avi[fs])",
    re.DOTALL,
)
_TEXT = rb"(?:\xef\xbb\xbf)?\s*+"
_REMARKS = rb"(?:<!--(?:(?!-->).)*+-->\s*+)*+"  # never tried again, or many of them would take for ever
_XML = rb"(?:<\?xml[^>]*+>\s*+)?" + _REMARKS
# Pictures that are not read, and what people take for pictures.
_PICTURES = {
    "an SVG drawing": _TEXT + _XML + rb"(?:<!doctype svg[^>]*+>\s*+)?" + _REMARKS + rb"<svg\b",
    "a Photoshop file": rb"8BPS",
    "an icon": rb"\0\0[\x01\x02]\0[^\0]",
    "a JPEG 2000 picture": rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51",
    "a JPEG XL picture": rb"\0\0\0\x0cJXL |\xff\x0a",
    "a camera’s raw file": rb"II\x2a\0.{4}CR|IIRO|IIRS|IIU\0|FUJIFILMCCD-RAW|FOVb|.{4}ftypcrx ",
    "a GIMP file": rb"gimp xcf",
    "an OpenEXR picture": rb"\x76\x2f\x31\x01",
    "a Radiance picture": rb"#\?(?:RADIANCE|RGBE)\n",
}
_OTHERS = {
    "a PDF document": rb".{0,1000}?%PDF-\d",
    "a PostScript document": rb"%!PS|\xc5\xd0\xd3\xc6",
    "a web page": _TEXT + _XML + rb"<(?:!doctype html|html|head|body)\b",
    "a portable pixmap": rb"P[1-7]\s",
    "a video": rb".{4}(?:ftyp|moov|mdat|wide)|\x1a\x45\xdf\xa3|RIFF.{4}AVI |FLV\x01|\0\0\x01[\xba\xb3]|0&\xb2u",
    "a sound": rb"RIFF.{4}WAVE|ID3|OggS|fLaC",
    "a zip archive or an office document": rb"PK\x03\x04|PK\x05\x06",
    "an archive": rb"\x1f\x8b|Rar!\x1a|7z\xbc\xaf|BZh[1-9]|\xfd7zXZ\0",
    "an old office document": rb"\xd0\xcf\x11\xe0",
}


def _any(kinds: dict[str, bytes]) -> dict[str, re.Pattern[bytes]]:
    return {name: re.compile(start, re.DOTALL | re.IGNORECASE) for name, start in kinds.items()}


_UNREAD, _UNREAD_PICTURES = _any(_PICTURES | _OTHERS), _any(_PICTURES)


def is_picture(head: bytes) -> bool:
    """Tell whether a file is a picture, also one of a kind that is not read.

    Args:
        head: the first HEAD bytes, or the whole of a shorter file.
    """
    return bool(_READ.match(head)) or any(kind.match(head[:HEAD]) for kind in _UNREAD_PICTURES.values())


def is_boxed(head: bytes) -> bool:
    """Tell whether a file begins as HEIC and AVIF do, whose decoders do not tell damage from other kinds."""
    return head[4:8] == b"ftyp"


def other_kind(data: bytes) -> str:
    """Return what a file is that is not read, as ``"a PDF document"``; nothing if that cannot be told."""
    head = data[:HEAD]
    if _READ.match(head) and not _UNREAD["a camera’s raw file"].match(head):
        return ""
    return next((name for name, kind in _UNREAD.items() if kind.match(head)), "")
