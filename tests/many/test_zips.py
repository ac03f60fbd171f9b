"""Archives: what is in them, and what is refused before anything is unpacked."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from glamor.errors import DataError
from glamor.many.zips import Limits, list_members, read_member

SMALL = Limits(files=3, unpacked=1000)


def _zip(path: Path, files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_members_are_listed_sorted_without_folders_and_read(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"b/": b"", "b/two.jpg": b"2", "one.jpg": b"1"})
    assert list_members(path, SMALL) == ("b/two.jpg", "one.jpg")
    assert read_member(str(path), "b/two.jpg") == b"2"


@pytest.mark.parametrize(
    "name",
    ["../out.jpg", "a/../../out.jpg", "/etc/out.jpg", "C:/out.jpg", "C:out.jpg", "..\\out.jpg", "\\\\host\\s\\x"],
)
def test_names_that_lead_out_of_the_folder_are_refused(name: str, tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"fine.jpg": b"1", name: b"2"})
    with pytest.raises(DataError, match="leads out of the folder"):
        list_members(path, SMALL)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {f"{n}.jpg": b"" for n in range(4)})
    with pytest.raises(DataError, match="4 files"):
        list_members(path, SMALL)


def test_a_bomb_is_refused_by_its_unpacked_size(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.jpg": bytes(10_000_000)})
    assert path.stat().st_size < 20_000
    with pytest.raises(DataError, match="10 MiB unpacked"):
        list_members(path, SMALL)


def test_a_member_that_is_larger_than_it_says_is_not_read_beyond_that(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.jpg": bytes(5000)})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", data, data.find(signature) + offset, 10)
    path.write_bytes(data)
    assert list_members(path, SMALL) == ("a.jpg",)
    with pytest.raises(DataError, match="damaged"):
        read_member(str(path), "a.jpg")


def test_a_directory_larger_than_its_files_need_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"x" * 60_000: b"1"})
    with pytest.raises(DataError, match="more than the 3 files"):
        list_members(path, SMALL)


def test_the_large_form_is_refused_where_few_files_are_accepted(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.jpg": b"1"})
    data = path.read_bytes()
    end = data.rfind(b"PK\x05\x06")
    path.write_bytes(data[:end] + b"PK\x06\x07" + bytes(16) + data[end:])
    with pytest.raises(DataError, match="more than the 3 files"):
        list_members(path, SMALL)


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x03\x04" + bytes(100), b"Dear reader", b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_zip_is_refused_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.zip"):
        list_members(path)


def test_encrypted_members_and_missing_ones_say_so(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.jpg": b"1"}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.find(signature) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="encrypted"):
        read_member(str(path), "a.jpg")
    with pytest.raises(DataError, match="cannot be read"):
        read_member(str(path), "b.jpg")
