"""The tab Many photos by its handlers: limits, progress, rows, files, and a way back to one photo."""

from __future__ import annotations

import csv
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from PIL import Image

from demo.analyse import handlers as analyse
from demo.engine import Engine
from demo.many import handlers as many
from demo.many import words
from demo.many.handlers import Outputs
from demo.visits import Session
from glamor.many.zips import Limits
from glamor.photo import load_photo


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


@pytest.fixture
def archive(
    astronaut: NDArray[np.uint8], two_people: NDArray[np.uint8], nobody: NDArray[np.uint8], tmp_path: Path
) -> str:
    """A zip with four photos (one face, two faces, nobody, broken) and a text."""
    path = tmp_path / "holiday.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, photo in (("a/one.png", astronaut), ("a/two.png", two_people), ("wall.png", nobody)):
            Image.fromarray(photo).save(tmp_path / "photo.png")
            packed.write(tmp_path / "photo.png", name)
        packed.writestr("a/broken.jpg", "no photo")
        packed.writestr("read me.txt", "hello")
    return str(path)


def _last(engine: Engine, session: Session, *paths: str) -> Outputs:
    return list(many.work(engine, session, list(paths)))[-1]


def test_every_face_has_a_row_a_picture_and_the_predictors_numbers(
    engine: Engine, archive: str, astronaut: NDArray[np.uint8]
) -> None:
    shown = _last(engine, Session(), archive)
    assert words.DONE.format(photos=3, faces=3) in shown.status  # of four
    assert words.FAILED.format(count=1) in shown.status
    assert [(row[2], row[3]) for row in shown.table["value"]] == [
        ("holiday.zip/a/broken.jpg", None),
        ("holiday.zip/a/one.png", 1),
        ("holiday.zip/a/two.png", 1),
        ("holiday.zip/a/two.png", 2),
        ("holiday.zip/wall.png", None),
    ]
    assert [row[0] for row in shown.table["value"]] == [1, 2, 3, 4, 5]
    assert ["data:image/jpeg;base64," in row[1] for row in shown.table["value"]] == [False, True, True, True, False]
    assert "cannot be read" in shown.table["value"][0][8] or "not a photo" in shown.table["value"][0][8]
    assert shown.table["value"][4][8] == words.NO_FACE
    (expected,) = engine.predict(astronaut)
    percents = [expected.probabilities.max(), *expected.fusion_weights]
    assert shown.table["value"][1][4] == expected.emotion
    assert shown.table["value"][1][5:8] == pytest.approx([100 * value for value in percents], abs=0.06)


def test_the_files_hold_the_same_rows_and_lie_in_the_cache(engine: Engine, archive: str, tmp_path: Path) -> None:
    shown = _last(engine, Session(), archive)
    rows = pq.read_table(shown.parquet).to_pylist()
    assert [row["file"] for row in rows] == [row[2] for row in shown.table["value"]]
    with open(shown.csv, newline="") as file:
        assert len(list(csv.DictReader(file))) == 5
    page = Path(shown.page).read_text()
    assert page.count("<figure>") == 9
    assert "photo not found" not in page
    (folder,) = {Path(path).parent for path in (shown.parquet, shown.csv, shown.page)}
    assert folder.parent == tmp_path / "cache"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert Path(_last(engine, Session(), archive).parquet).parent != folder


def test_progress_is_told_and_a_stopped_run_keeps_what_it_has(
    engine: Engine, astronaut_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "EVERY", 0.0)
    monkeypatch.setattr(many, "BATCH", 1)
    session, seen = Session(), []
    for shown in many.work(engine, session, [astronaut_file] * 5):
        seen.append(shown)
        if "2 of 5" in str(shown.status):
            many.stop(session)
    assert ["0 of 5" in seen[0].status, "1 of 5" in seen[1].status, "per second" in seen[1].status] == [True] * 3
    assert words.STOPPED.format(photos=3, total=5, faces=3) in seen[-1].status
    assert len(seen[-1].table["value"]) == 3


def test_work_that_takes_too_long_for_those_who_wait_ends_and_keeps_what_it_has(
    engine: Engine, astronaut_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "LONGEST", 0.0)
    monkeypatch.setattr(many, "BATCH", 1)
    last = _last(engine, Session(), *[astronaut_file] * 5)
    assert words.TOO_LONG.format(minutes=0, photos=1, total=5, faces=1) in last.status
    assert len(last.table["value"]) == 1


def test_a_row_gives_its_photo_to_analyse(engine: Engine, archive: str, astronaut: NDArray[np.uint8]) -> None:
    session = Session()
    _last(engine, session, archive)
    assert many.choose(session, 2) == ""
    assert session.pending_photo is not None
    np.testing.assert_array_equal(load_photo(session.pending_photo), astronaut)


def test_a_row_opens_its_own_face(engine: Engine, two_people: NDArray[np.uint8], tmp_path: Path) -> None:
    photo = tmp_path / "two.png"
    Image.fromarray(two_people).save(photo)
    session = Session()
    _last(engine, session, str(photo))
    for number in (2, 1):
        assert many.choose(session, number) == ""
        analyse.analyse(engine, session, session.pending_photo, "grad_cam", 0.5, session.pending_box_xyxy)
        assert session.analysis is not None
        assert session.analysis.request is not None
        assert session.analysis.request.face == number - 1


@pytest.mark.parametrize("number", [None, 0, 6, -1, "two", float("nan"), float("inf")])
def test_a_row_that_is_not_there_opens_nothing(number: object, engine: Engine, archive: str) -> None:
    session = Session()
    _last(engine, session, archive)
    assert words.GONE in many.choose(session, number)
    assert session.pending_photo is None


def test_a_photo_whose_upload_is_deleted_says_so(engine: Engine, astronaut_file: str) -> None:
    session = Session()
    _last(engine, session, astronaut_file)
    Path(astronaut_file).unlink()
    assert many.choose(session, 1) == many.note(words.GONE)


@pytest.mark.parametrize(
    ("limits", "said"), [(Limits(3, 10**9), "5 files"), (Limits(100, 10_000), "unpacked"), (Limits(5, 10**9), "")]
)
def test_limits_are_kept(
    limits: Limits, said: str, engine: Engine, archive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "LIMITS", limits)
    shown = _last(engine, Session(), archive)
    assert said in shown.status
    assert ("warn" in shown.status) == bool(said)


def test_what_holds_no_photo_or_leads_astray_is_refused(
    engine: Engine, tmp_path: Path, make_zip: Callable[[str, str], str]
) -> None:
    assert words.NONE in _last(engine, Session(), make_zip("letters.zip", "letter.txt")).status
    assert "leads out of the folder" in _last(engine, Session(), make_zip("trick.zip", "../../a.jpg")).status


def test_what_went_wrong_is_text_on_the_page_whatever_a_file_is_called(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "<img src=x onerror=alert(1)>.zip"
    path.write_bytes(b"no zip")
    status = _last(engine, Session(), str(path)).status
    assert "&lt;img src=x" in status
    assert "<img" not in status


@pytest.fixture
def make_zip(tmp_path: Path) -> Callable[[str, str], str]:
    def make(name: str, member: str) -> str:
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            packed.writestr(member, "hello")
        return str(tmp_path / name)

    return make


def test_files_of_one_name_are_told_apart_and_too_many_are_refused(
    engine: Engine, astronaut_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(many.find_photos([astronaut_file] * 3)) == ["astronaut.png", "astronaut.png (2)", "astronaut.png (3)"]
    monkeypatch.setattr(many, "LIMITS", Limits(2, 10**9))
    shown = _last(engine, Session(), *[astronaut_file] * 3)
    assert words.TOO_MANY.format(count=3, most=2) in shown.status


def test_removing_the_files_clears_the_tab(engine: Engine, astronaut_file: str) -> None:
    session = Session()
    _last(engine, session, astronaut_file)
    shown = _last(engine, session)
    assert (shown.status, shown.table["value"], shown.table["visible"], session.batch) == ("", [], False, None)


def test_new_files_end_the_work_on_earlier_ones(engine: Engine, astronaut_file: str) -> None:
    session = Session()
    earlier = many.work(engine, session, [astronaut_file] * 20)
    next(earlier)
    assert words.WAIT in many.queue(session, [astronaut_file])
    list(earlier)
    assert session.batch is not None
    assert session.batch.photos == 1
    assert many.queue(session, None) == ""


def test_rows_by_other_weights_than_the_chosen_ones_are_called_so(
    engine: Engine, small_engine: Engine, astronaut_file: str
) -> None:
    session = Session()
    assert many.refresh(engine, session) == ""
    _last(engine, session, astronaut_file)
    assert many.refresh(engine, session) == ""
    assert engine.predictor.checkpoint.source in many.refresh(small_engine, session)
