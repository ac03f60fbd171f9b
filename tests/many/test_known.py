"""When a photo that has rows is done, and when it is to be done again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from glamor.config import ModelConfig
from glamor.many.detect import detect, failed
from glamor.many.items import Item
from glamor.many.known import Known, State
from glamor.many.rows import Row, to_table
from glamor.many.versions import Version, content_of, stamp_of
from glamor.many.zips import opened_zip


def _known(*rows: Row) -> Known:
    table = to_table(rows, ()).select(["file", "face", "error", "stamp", "content"])
    return Known(table.to_batches())


def _row(item: Item, version: Version | None = None, error: str | None = None) -> Row:
    version = version or Version(stamp_of(item), content_of(item.read()))
    return Row(item.name, 0, None, None, None, None, None, 0.1, "abc", error, version)


@pytest.fixture
def photo(tmp_path: Path) -> Item:
    (tmp_path / "a.jpg").write_bytes(b"one")
    return Item("a", str(tmp_path / "a.jpg"))


def _touch(path: str) -> None:
    os.utime(path, ns=(1, 1))


def _replace(path: str) -> None:
    Path(path).write_bytes(b"two")
    _touch(path)


def _remove(path: str) -> None:
    Path(path).unlink()


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda path: None, State.UNCHANGED),
        (_touch, State.UNCHANGED),
        (_replace, State.REPLACED),
        (_remove, State.UNCHANGED),  # a folder that is not mounted just now must cost no row
    ],
)
def test_content_decides_where_size_or_time_differ(photo: Item, change: Callable[[str], None], state: State) -> None:
    known = _known(_row(photo))
    change(photo.path)
    assert known.state(photo) is state
    assert known.state(Item("b", photo.path)) is State.NEW


def test_a_file_of_the_same_size_and_time_is_not_read(photo: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    known = _known(_row(photo))
    monkeypatch.setattr(Item, "read", lambda _: pytest.fail("read"))
    assert known.state(photo) is State.UNCHANGED


def test_only_failures_are_tried_again(photo: Item) -> None:
    failure = _known(_row(photo, error="torn"))
    assert failure.state(photo) is State.UNCHANGED
    assert failure.state(photo, retry_failed=True) is State.RETRIED
    assert _known(_row(photo)).state(photo, retry_failed=True) is State.UNCHANGED
    _replace(photo.path)
    assert failure.state(photo, retry_failed=True) is State.REPLACED


def test_a_photo_that_could_not_even_be_read_is_done_when_it_can_be(photo: Item) -> None:
    data = Path(photo.path).read_bytes()
    _remove(photo.path)
    found = detect(photo, ModelConfig())
    assert found.error
    known = _known(_row(photo, found.version, found.error))
    assert known.state(photo) is State.UNCHANGED
    Path(photo.path).write_bytes(data)
    assert known.state(photo) is State.REPLACED


def test_a_photo_whose_reader_died_is_done_until_its_file_changes(photo: Item) -> None:
    known = _known(_row(photo, failed(photo, "died").version, "died"))
    assert known.state(photo) is State.UNCHANGED
    _replace(photo.path)
    assert known.state(photo) is State.REPLACED


def test_photos_without_a_file_are_compared_by_content() -> None:
    known = _known(_row(Item("row 1", data=b"one")))
    assert known.state(Item("row 1", data=b"one")) is State.UNCHANGED
    assert known.state(Item("row 1", data=b"two")) is State.REPLACED
    assert known.state(Item("row 1", problem="The row has no picture.")) is State.UNCHANGED


def test_an_archive_that_grows_keeps_what_was_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"

    def pack(**members: bytes) -> None:
        with ZipFile(tmp_path / "new.zip", "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        os.replace(tmp_path / "new.zip", path)
        opened_zip.cache_clear()  # another run

    pack(a=b"one", b=b"one")
    items = [Item(f"zip/{name}", str(path), name) for name in "abc"]
    known = _known(*map(_row, items[:2]))
    assert [known.state(item) for item in items[:2]] == [State.UNCHANGED] * 2
    pack(a=b"one", b=b"other", c=b"three")
    assert [known.state(item) for item in items] == [State.UNCHANGED, State.REPLACED, State.NEW]


def test_the_last_rows_of_a_photo_count(photo: Item) -> None:
    known = _known(_row(photo, Version("1-1", content_of(b"old"))), _row(photo))
    assert (len(known), known.doubled) == (1, True)
    assert known.state(photo) is State.UNCHANGED
    assert len(Known([])) == 0


def test_rows_without_stamp_and_hash_are_trusted(photo: Item) -> None:
    known = _known(_row(photo, Version()))
    assert known.state(photo) is State.UNCHANGED


def test_a_photo_is_known_in_17_bytes(photo: Item) -> None:
    assert _known(_row(photo))._entries.itemsize == 17
