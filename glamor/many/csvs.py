"""Rows as CSV that spreadsheets and statistics programs read alike: UTF-8 with its mark, and no cell is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from glamor.many.rows import as_words

_MARK = "utf-8-sig"  # without the mark Excel takes UTF-8 for the country's old encoding
_FORMULA = r"^[=+\-@\t\r\n']"  # (an apostrophe gets another one, so that taking one away always gives the text back)


def write_rows(path: Path, columns: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write rows; nested lists are JSON, and a text that a spreadsheet would compute has an apostrophe before it."""
    flat = pa.schema([(field.name, pa.string() if pa.types.is_list(field.type) else field.type) for field in columns])
    with path.open("wb") as file:
        file.write("".encode(_MARK))
        with pyarrow.csv.CSVWriter(file, flat) as writer:
            for batch in batches:
                cells = [_cells(column) for column in pa.Table.from_batches([batch]).columns]
                writer.write_table(pa.Table.from_arrays(cells, schema=flat))


def write_lines(path: Path, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Write texts by column, as safely."""
    with path.open("w", newline="", encoding=_MARK) as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for line in lines:
            writer.writerow(_safe(pa.array(line, pa.string())).to_pylist())


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(column.type):
        return pa.chunked_array([as_words(column)])
    return _safe(column) if pa.types.is_string(column.type) else column


def _safe(texts: pa.Array) -> pa.Array:
    dangerous = pc.match_substring_regex(texts, _FORMULA)
    return pc.if_else(dangerous, pc.binary_join_element_wise("'", texts, ""), texts)
