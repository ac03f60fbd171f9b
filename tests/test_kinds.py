"""What a file is by its first bytes, and what is said of one that is no photo."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image

from glamor.errors import PhotoError
from glamor.kinds import HEAD, NAMES, is_picture, other_kind
from glamor.photo import load_photo, register_heif

register_heif()  # here also to write it
OTHERS = {
    b"%PDF-1.7\n%\xe2\xe3": "a PDF document",
    b"junk before it\n%PDF-1.4": "a PDF document",
    b"%!PS-Adobe-3.0 EPSF-3.0\n": "a PostScript document",
    b"<!DOCTYPE html><html>": "a web page",
    b"\xef\xbb\xbf\r\n<HTML lang='en'>": "a web page",
    b"<?xml version='1.0'?>\n<!-- made -->\n<!-- by hand --><svg xmlns='http://www.w3.org'/>": "an SVG drawing",
    b"<svg>": "an SVG drawing",
    b"8BPS\0\1": "a Photoshop file",
    b"\0\0\1\0\1\0 ": "an icon",
    b"P6\n20 20\n255\n": "a portable pixmap",
    b"\0\0\0 ftypisom\0\0\2\0": "a video",
    b"\0\0\0\x14ftypqt  ": "a video",
    b"\x1a\x45\xdf\xa3\x01": "a video",
    b"RIFF\0\0\1\0AVI LIST": "a video",
    b"RIFF\0\0\1\0WAVEfmt ": "a sound",
    b"PK\3\4\x14\0": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0\xa1\xb1": "an old office document",
    b"\x1f\x8b\x08": "an archive",
    b"II*\0\x10\0\0\0CR\2\0": "a camera’s raw file",
    b"FUJIFILMCCD-RAW 0201": "a camera’s raw file",
    b"\0\0\0\x0cjP  \r\n\x87\n": "a JPEG 2000 picture",
    b"\xff\x0a\xfa": "a JPEG XL picture",
}


@pytest.mark.parametrize(("start", "kind"), OTHERS.items(), ids=[*OTHERS.values()])
def test_a_file_of_another_kind_is_called_what_it_is(start: bytes, kind: str) -> None:
    for data in (start, start + bytes(3000)):
        assert other_kind(data) == kind
        with pytest.raises(PhotoError) as error:
            load_photo(data)
        assert str(error.value).startswith(f"The file is {kind}, not a photo")
        assert f"accepted are {NAMES}; convert it to JPEG." in str(error.value)


def encoded(format: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, format)
    return buffer.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
def test_pictures_are_known_by_their_first_bytes(format: str) -> None:
    data = encoded(format)
    assert is_picture(data[:HEAD])
    assert other_kind(data) == ""


@pytest.mark.parametrize(
    "head", [b"", b"BM", b"BMW drives\n" * 9, b"II", b"hello\n", b"%PDF-1.7", b"<html>", b"PK\3\4", bytes(HEAD)]
)
def test_what_is_no_picture_is_not_taken_for_one(head: bytes) -> None:
    assert not is_picture(head)


def test_many_remarks_before_a_drawing_take_no_time() -> None:
    begin = time.process_time()
    for filler in (b"<!---->", b"<!-- ", b" ", b"-->", b"<?xml"):
        other_kind((b"<?xml?>" + filler * HEAD)[:HEAD])
    assert time.process_time() - begin < 0.5
