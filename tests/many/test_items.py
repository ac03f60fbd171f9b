"""One photo's bytes and its box, from wherever they are."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from glamor.errors import DataError, PhotoError
from glamor.many import items as module
from glamor.many.items import Item, shown_name


def test_a_photo_is_read_from_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"plain")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("in/side.jpg", b"packed")
    assert Item("a", str(tmp_path / "a.jpg")).read() == b"plain"
    assert Item("b", str(tmp_path / "a.zip"), "in/side.jpg").read() == b"packed"
    assert Item("c", data=b"held").read() == b"held"
    assert Item("d", data=b"").read() == b""


def test_of_a_file_no_more_is_read_than_shows_that_it_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    for size, read in ((5000, 11), (11, 11), (10, 10)):
        (tmp_path / "a.jpg").write_bytes(bytes(size))
        assert len(Item("a", str(tmp_path / "a.jpg")).read()) == read


def test_a_problem_that_is_known_is_said_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="torn"):
        Item("a", str(tmp_path / "none"), problem="torn").read()


@pytest.mark.parametrize("kind", ["pipe", "folder", "broken link", "nothing"])
def test_what_is_no_file_is_refused_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "broken link":
        path.symlink_to(tmp_path / "gone.jpg")
    with pytest.raises(PhotoError, match="not a file"):
        Item("a", str(path)).read()


def test_a_file_that_may_not_be_read_says_why() -> None:
    with pytest.raises(PhotoError, match=r"cannot be read \(File name too long\)"):
        Item("a", "a" * 5000).read()


def test_a_box_comes_from_its_file_or_is_detected(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" 1,2.5, 30,40\n")
    assert Item("a", box_path=str(tmp_path / "a.txt")).box() == (1.0, 2.5, 30.0, 40.0)
    assert Item("a").box() is None


@pytest.mark.parametrize("content", ["", "1,2,3", "1,2,3,4,5", "1 2 3 4", "a,b,c,d", None])
def test_a_box_that_cannot_be_read_is_refused(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_text(content)
    with pytest.raises(DataError, match=r"a\.txt does not hold a face box"):
        Item("a", box_path=str(path)).box()


def test_a_name_that_is_no_text_is_spelt_out() -> None:
    assert shown_name(Path("Grüße.jpg")) == "Grüße.jpg"
    assert shown_name(os.fsdecode(b"\xff.jpg")) == "\\udcff.jpg"
