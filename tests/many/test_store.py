"""Rows on disk: whole or not at all, once, and those of one checkpoint."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glamor.errors import DataError
from glamor.many import store as module
from glamor.many.items import Item
from glamor.many.known import State
from glamor.many.owner import LOCK
from glamor.many.rows import Answer, Row
from glamor.many.store import Store, Totals
from glamor.many.versions import Version

CLASSES = ("Calm", "Merry")
ANSWER = Answer(
    "Merry", ("Merry", "Calm"), (0.25, 0.75), 0.6, 0.4, ((0.5, 0.25), (0.25, 0.0)), 0.75, (1.0, 2.0, 3.0, 4.0)
)


def _row(file: str, face: int = 1, error: str | None = None) -> Row:
    answer = ANSWER if face else None
    size = None if error else (30, 40)
    return Row(file, face, None, size, (5.0, 6.0, 7.0, 8.0) if face else None, 0.9, answer, 0.5, "abc", error)


def _open(folder: Path, sha256: str = "abc") -> Store:
    return Store(folder, CLASSES, sha256)


def _files(folder: Path) -> list[str]:
    names: list[str] = pq.read_table(folder / "faces.parquet").column("file").to_pylist()
    return names


def test_every_value_arrives_in_its_column(tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        store.add([replace(_row("a.jpg"), version=Version("9-8", "0f"), box_xyxy=(5, 6, 7, 7))])
        store.add([_row("b.jpg", 0, 'broken, "they" say')])
        assert store.finish() == Totals(photos=2, without_face=0, failed=1, faces=1)
        store.write_csv()
    first, second = pq.read_table(tmp_path / "faces.parquet").to_pylist()
    assert first == {
        "file": "a.jpg", "face": 1, "label": None, "photo_height": 30, "photo_width": 40,
        "face_x1": 5.0, "face_y1": 6.0, "face_x2": 7.0, "face_y2": 8.0, "face_score": 0.9,
        "emotion": "Merry", "prediction_set": ["Merry", "Calm"],
        "p_Calm": 0.25, "p_Merry": 0.75, "w_face": 0.6, "w_context": 0.4,
        "attention": [[0.5, 0.25], [0.25, 0.0]], "attention_entropy": 0.75,
        "region_x1": 1.0, "region_y1": 2.0, "region_x2": 3.0, "region_y2": 4.0,
        "seconds": 0.5, "checkpoint": "abc", "error": None, "stamp": "9-8", "content": "0f",
        "box_x1": 5.0, "box_y1": 6.0, "box_x2": 7.0, "box_y2": 7.0,
    }  # fmt: skip
    assert (second["file"], second["face"], second["emotion"], second["error"]) == (
        "b.jpg", 0, None, 'broken, "they" say'
    )  # fmt: skip
    with (tmp_path / "faces.csv").open(newline="", encoding="utf-8-sig") as file:
        shown = list(csv.DictReader(file))
    assert list(shown[0]) == list(first)
    assert json.loads(shown[0]["attention"]) == first["attention"]
    assert shown[1]["error"] == second["error"]
    with (tmp_path / "failed.csv").open(newline="", encoding="utf-8-sig") as file:
        assert list(csv.reader(file)) == [["file", "error"], ["b.jpg", 'broken, "they" say']]


def test_what_was_there_is_known_and_kept(tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        store.add([_row("a.jpg", 1), _row("a.jpg", 2)])
        store.finish()
    with _open(tmp_path) as store:
        assert (store.done, store.has("a.jpg"), store.has("b.jpg")) == (1, True, False)
        store.add([_row("b.jpg", 0)])
        assert store.finish() == Totals(photos=2, without_face=1, failed=0, faces=2)
    assert _files(tmp_path) == ["a.jpg", "a.jpg", "b.jpg"]
    assert not (tmp_path / "failed.csv").exists()
    assert list((tmp_path / "parts").iterdir()) == []


def test_every_photo_is_known_apart_from_every_other(tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        store.add([_row(f"{n}.jpg") for n in range(1000)])
    with _open(tmp_path) as store:
        assert store.done == 1000
        assert not any(store.has(f"{n}.png") for n in range(1000))


def test_parts_are_numbered_on_from_run_to_run(tmp_path: Path) -> None:
    def run(*names: str, finished: bool = False) -> list[str]:
        with _open(tmp_path / "made" / "on the way") as store:
            for name in names:
                store.add([_row(name)])
                store.flush()
            if finished:
                store.finish()
        return sorted(path.name for path in (store.folder / "parts").iterdir())

    assert run("a.jpg", "b.jpg") == ["00000001.parquet", "00000002.parquet"]
    assert run("c.jpg") == ["00000001.parquet", "00000002.parquet", "00000003.parquet"]
    assert run(finished=True) == []
    assert run("d.jpg") == ["00000004.parquet"]


def test_rows_are_on_disk_after_an_interruption(tmp_path: Path) -> None:
    def interrupted() -> None:
        with _open(tmp_path) as store:
            store.add([_row("a.jpg")])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert _open(tmp_path).has("a.jpg")


def test_a_full_part_is_written_at_once_and_a_runs_first_one_sooner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_ROWS", 1)
    monkeypatch.setattr(module, "PART_ROWS", 2)
    store = _open(tmp_path)
    for n in range(6):
        store.add([_row(f"{n}.jpg")])
    assert len(list((tmp_path / "parts").iterdir())) == 3
    del store  # its process ends here, and the lock with it
    assert _open(tmp_path).done == 5


def test_a_part_is_written_when_ten_seconds_have_passed_since_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    store = _open(tmp_path)
    parts = []
    for now in (1001.0, 1010.0, 1010.5, 1011.0, 1020.5, 1020.75):
        store.add([_row(f"{now}.jpg")])
        parts.append(len(list((tmp_path / "parts").iterdir())))
    assert parts == [0, 0, 1, 1, 1, 2]


def test_parts_that_are_merged_already_are_not_merged_again(tmp_path: Path) -> None:
    """The power fails after faces.parquet has its name and before the parts are gone."""
    with _open(tmp_path) as store:
        store.add([_row("a.jpg")])
        store.flush()
        part = next((tmp_path / "parts").iterdir())
        shutil.copy(part, tmp_path / "kept")
        store.finish()
    shutil.copy(tmp_path / "kept", part)
    with _open(tmp_path) as store:
        store.add([_row("b.jpg")])
        store.finish()
    assert _files(tmp_path) == ["a.jpg", "b.jpg"]


def test_half_written_files_are_removed(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    for partial in ("parts/00000001.parquet.partial", "faces.parquet.partial", "faces.csv.partial"):
        (tmp_path / partial).write_bytes(b"PAR1")
    with _open(tmp_path) as store:
        assert list(tmp_path.rglob("*.partial")) == []
        assert store.done == 0
        assert store.finish() == Totals(0, 0, 0, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOCK, "faces.parquet", "parts"]


def test_rows_of_other_weights_are_refused(tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        store.add([_row("a.jpg")])
        store.finish()
    with pytest.raises(DataError, match="other weights"):
        _open(tmp_path, "def")
    with pytest.raises(DataError, match="other weights"):
        Store(tmp_path, ("Calm", "Angry"), "abc")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(
        DataError, match="taken/out cannot be created or written to \\(Not a directory\\); choose another folder"
    ):
        _open(tmp_path / "taken" / "out")


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "faces.parquet").write_text("rows")
    with pytest.raises(DataError, match="cannot be read"):
        _open(tmp_path)


def test_many_small_parts_become_few_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GROUP_ROWS", 10)
    with _open(tmp_path) as store:
        for n in range(24):
            store.add([_row(f"{n}.jpg")])
            store.flush()
        store.finish()
    assert _groups(tmp_path / "faces.parquet") == [10, 10, 4]
    assert _files(tmp_path) == [f"{n}.jpg" for n in range(24)]
    with _open(tmp_path) as store:
        store.add([_row("24.jpg")])
        store.finish()
    assert _groups(tmp_path / "faces.parquet") == [10, 10, 5]


def test_a_folder_with_stamps_and_without_boxes_goes_on(tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        store.add([replace(_row("a.jpg"), version=Version("9-8", "0f"))])
        store.finish()
    written = tmp_path / "faces.parquet"
    table = pq.read_table(written)
    pq.write_table(table.drop_columns([name for name in table.column_names if name.startswith("box_")]), written)
    with _open(tmp_path) as store:
        store.add([replace(_row("b.jpg"), box_xyxy=(5, 6, 7, 7))])
        store.finish()
    first, second = pq.read_table(written).to_pylist()
    assert (first["stamp"], first["face_x1"], first["box_x1"], second["box_y2"]) == ("9-8", 5.0, None, 7.0)


@pytest.mark.parametrize("merged", [True, False])
def test_rows_of_earlier_versions_are_read_and_their_photos_trusted(merged: bool, tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        store.add([_row("a.jpg"), _row("a.jpg", 2)])
        store.flush()
        (written,) = (tmp_path / "parts").iterdir()
        if merged:
            store.finish()
            written = tmp_path / "faces.parquet"
    table = pq.read_table(written)
    later = ["prediction_set", "stamp", "content", "box_x1", "box_y1", "box_x2", "box_y2"]
    former = table.drop_columns(later).append_column("uncertain", pa.array([True, False]))
    pq.write_table(former, written)  # as it was before these came and that went
    (tmp_path / "a.jpg").write_bytes(b"whatever")
    with _open(tmp_path) as store:
        assert store.state(Item("a.jpg", str(tmp_path / "a.jpg"))) is State.UNCHANGED
        store.add([_row("b.jpg")])
        assert store.finish() == Totals(photos=2, without_face=0, failed=0, faces=3)
        store.write_csv()
    known = [name for name in table.column_names if name not in later]
    rows = pq.read_table(tmp_path / "faces.parquet")
    assert rows.slice(0, 2).select(known).equals(table.select(known).replace_schema_metadata(None))
    assert rows.column("prediction_set").to_pylist() == [None, None, ["Merry", "Calm"]]
    assert _files(tmp_path) == ["a.jpg", "a.jpg", "b.jpg"]


def test_only_the_last_rows_of_a_photo_stay_whenever_its_run_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUP_ROWS", 2)
    with _open(tmp_path) as store:
        store.add([_row("a.jpg", face) for face in (1, 2, 3)])
        store.add([_row("b.jpg", 0, "torn")])
        store.add([_row("c.jpg", face) for face in (1, 2)])
        store.finish()
    with _open(tmp_path) as store:
        store.add([_row("a.jpg", 1)])  # and the power fails
    with _open(tmp_path) as store:
        assert store.done == 3
        store.add([_row("b.jpg", face) for face in (1, 2)])
        assert store.finish() == Totals(photos=3, without_face=0, failed=0, faces=5)
    assert _files(tmp_path) == ["c.jpg", "c.jpg", "a.jpg", "b.jpg", "b.jpg"]


@pytest.mark.parametrize("left", ["nothing", "half", "zeros"])
def test_what_a_power_cut_leaves_of_a_part_is_done_again(left: str, tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        for name in ("a.jpg", "b.jpg"):
            store.add([_row(name)])
            store.flush()
    torn = tmp_path / "parts" / "00000001.parquet"
    whole = torn.read_bytes()
    zeros = whole[:4] + bytes(400) + whole[404:]  # the disk had written the end and not the beginning
    torn.write_bytes({"nothing": b"", "half": whole[: len(whole) // 2], "zeros": zeros}[left])
    with _open(tmp_path) as store:
        assert (store.has("a.jpg"), store.has("b.jpg")) == (False, True)
        (note,) = store.notes
        assert "00000001.parquet" in note
        store.add([_row("a.jpg")])
        store.finish()
    assert sorted(_files(tmp_path)) == ["a.jpg", "b.jpg"]


def test_parts_are_on_disk_before_they_have_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    sync, move = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        events.append(os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}")))
        sync(descriptor)

    def moved(source: Path, target: Path) -> None:
        events.append(f"-> {target.name}")
        move(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", moved)
    with _open(tmp_path) as store:
        store.add([_row("a.jpg")])
        store.flush()
    assert events == ["00000001.parquet.partial", "-> 00000001.parquet", "parts"]


def _groups(path: Path) -> list[int]:
    groups = pq.ParquetFile(path).metadata
    return [groups.row_group(i).num_rows for i in range(groups.num_row_groups)]


def test_rows_are_compressed_by_zstd(tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        store.add([_row("a.jpg")])
        store.flush()
        (part,) = (tmp_path / "parts").iterdir()
        written = [pq.ParquetFile(part).metadata]
        store.finish()
    written.append(pq.ParquetFile(tmp_path / "faces.parquet").metadata)
    assert [one.row_group(0).column(0).compression for one in written] == ["ZSTD", "ZSTD"]
