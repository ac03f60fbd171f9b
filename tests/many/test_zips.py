"""Archives: what is in them, and what is refused before anything is unpacked."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from glamor.errors import DataError
from glamor.many import zips as module
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
    with pytest.raises(DataError, match=r"^a\.zip holds the name .*, which leads out of the folder"):
        list_members(path, SMALL)


def test_exactly_as_much_as_is_accepted_is_accepted(tmp_path: Path) -> None:
    names = [letter + "." * (1024 - 46 - 1) for letter in "abc"]  # an entry of the directory: 46 bytes and the name
    path = _zip(tmp_path / "a.zip", dict.fromkeys(names[:2], b"1" * 300) | {names[2]: b"1" * 400})
    assert list_members(path, SMALL) == tuple(names)
    with pytest.raises(DataError, match="0 MiB unpacked"):
        list_members(path, Limits(files=3, unpacked=999))
    with pytest.raises(DataError, match="more than the 2 files"):
        list_members(path, Limits(files=2, unpacked=1000))


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    assert list_members(_zip(tmp_path / "a.zip", {}), SMALL) == ()


def test_of_a_member_no_more_is_read_than_shows_that_it_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    path = _zip(tmp_path / "a.zip", {"a.jpg": bytes(5000), "b.jpg": bytes(10)})
    assert [len(read_member(str(path), name)) for name in ("a.jpg", "b.jpg")] == [11, 10]


def test_of_a_large_archive_the_end_alone_is_read(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.jpg": b"1"})
    content = path.read_bytes()
    with path.open("wb") as file:
        file.seek(64 * 2**20)  # what stands before an archive is no part of it
        file.write(content)
    tracemalloc.start()
    try:
        assert list_members(path, SMALL) == ("a.jpg",)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


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


def test_neither_an_archive_inside_nor_a_comment_hides_the_size_of_the_directory(tmp_path: Path) -> None:
    inside = _zip(tmp_path / "inside.zip", {"a.jpg": b"1"}).read_bytes()
    path = _zip(tmp_path / "a.zip", {"x" * 30_000: inside}, zipfile.ZIP_STORED)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"holidays"
    with pytest.raises(DataError, match="more than the 3 files"):
        list_members(path, SMALL)


def test_a_count_of_files_that_looks_like_an_end_is_not_taken_for_it(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.jpg": b"1"})
    data = path.read_bytes()
    path.write_bytes(data[:-14] + b"PK\x05\x06" + data[-10:])
    assert list_members(path, SMALL) == ("a.jpg",)


def test_the_large_form_is_read_where_so_many_files_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)  # so that one file is enough for it
    path = _zip(tmp_path / "a.zip", {"a.jpg": b"1"})
    assert b"PK\x06\x07" in path.read_bytes()
    assert list_members(path, Limits(files=65_535, unpacked=1)) == ("a.jpg",)
    with pytest.raises(DataError, match="more than the 65,534 files"):
        list_members(path, Limits(files=65_534, unpacked=1))


@pytest.mark.parametrize("comment", [b"", b"c" * 65_535], ids=["no comment", "the longest comment"])
def test_the_large_form_is_refused_where_few_files_are_accepted(comment: bytes, tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.jpg": b"1"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = comment
    assert list_members(path, SMALL) == ("a.jpg",)
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
