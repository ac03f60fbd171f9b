"""Tables as other programs open them: nothing garbled, nothing computed, every number the same."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow.parquet as pq
import pytest

from glamor.many.rows import Answer, Row
from glamor.many.store import Store

CLASSES = ("Calm", "Merry")
ANSWER = Answer("Merry", None, (0.25, 0.75), 0.6, 0.4, ((0.5, 0.25), (0.25, 0.0)), 0.75, (1.0, 2.0, 3.0, 4.0))
BOX = (-5.0, 6.0, 7.0, 8.0)
NAMES = ["=1+2.jpg", "+a.jpg", "-b.jpg", "@c.jpg", "\td.jpg", "\re.jpg", "'f.jpg", "'=g.jpg", "\nh.jpg",
         'é 😀, "i".jpg', "a=b.jpg"]  # fmt: skip
DANGEROUS = 9  # of them, the first


@pytest.fixture
def results(tmp_path: Path) -> Path:
    with Store(tmp_path, CLASSES, "abc") as store:
        for name in NAMES:
            store.add([Row(name, 1, None, (30, 40), BOX, 0.9, ANSWER, 0.5, "abc", None)])
        store.add([Row("bad.jpg", 0, None, None, None, None, None, 0.1, "abc", "=HYPERLINK(1), torn")])
        store.finish()
        store.write_csv()
    return tmp_path


def _pandas(path: Path) -> Any:
    table = pandas.read_csv(path) if path.suffix == ".csv" else pandas.read_parquet(path)
    return {name: table[name].tolist() for name in table.columns}


def _polars(path: Path) -> Any:
    return (polars.read_csv(path) if path.suffix == ".csv" else polars.read_parquet(path)).to_dict(as_series=False)


def _duckdb(path: Path) -> Any:
    with duckdb.connect() as connection:
        found = connection.execute(
            "select * from read_csv(?)" if path.suffix == ".csv" else "from read_parquet(?)", [str(path)]
        )
        names = [column[0] for column in found.description]
        return dict(zip(names, map(list, zip(*found.fetchall(), strict=True)), strict=True))


def _plain(path: Path) -> Any:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pydict()
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


READERS = [_plain, _pandas, _polars, _duckdb]


@pytest.mark.parametrize("read", READERS)
def test_parquet_gives_every_program_the_same(read: Callable[[Path], Any], results: Path) -> None:
    table = read(results / "faces.parquet")
    assert table["file"] == [*NAMES, "bad.jpg"]
    assert table["face_x1"][0] == -5.0
    assert table["p_Merry"][0] == 0.75
    assert [list(row) for row in table["attention"][0]] == [[0.5, 0.25], [0.25, 0.0]]


@pytest.mark.parametrize("read", READERS)
def test_csv_gives_every_program_the_same(read: Callable[[Path], Any], results: Path) -> None:
    table = read(results / "faces.csv")
    assert next(iter(table)) == "file"  # and no mark before it
    assert table["file"] == [*(f"'{name}" for name in NAMES[:DANGEROUS]), *NAMES[DANGEROUS:], "bad.jpg"]
    assert float(table["face_x1"][0]) == -5.0  # a number stays one
    assert json.loads(table["attention"][0]) == [[0.5, 0.25], [0.25, 0.0]]
    assert table["error"][-1] == "'=HYPERLINK(1), torn"


@pytest.mark.parametrize("name", ["faces.csv", "failed.csv"])
def test_files_begin_with_the_mark_by_which_excel_knows_utf_8(name: str, results: Path) -> None:
    data = (results / name).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\xef\xbb\xbf") == 1


def test_failures_are_as_safe(results: Path) -> None:
    assert _plain(results / "failed.csv") == {"file": ["bad.jpg"], "error": ["'=HYPERLINK(1), torn"]}
