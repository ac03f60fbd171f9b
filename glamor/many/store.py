"""Rows on disk, safe at every moment: what is written stays, what is there is never done again.

DIR/parts/00000017.parquet   the rows of some photos, written whole or not at all
DIR/faces.parquet            all rows, made of the parts when a run ends
DIR/failed.csv               the photos that failed, with the reason of each
DIR/faces.csv                all rows again, on demand
"""

from __future__ import annotations

import csv
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from glamor.errors import DataError
from glamor.many.owner import own
from glamor.many.rows import Row, as_words, schema, to_table

FACES, FAILED, CSV, PARTS = "faces.parquet", "failed.csv", "faces.csv", "parts"
PART_ROWS, PART_SECONDS = 512, 10.0  # a part is written after as many rows or seconds: what a power cut costs
FIRST_ROWS = 32  # in a run's first part: a disk that takes none says so at once
GROUP_ROWS = 8192  # in one row group of faces.parquet, about 5 MB
_MERGED, _SHA256 = b"glamor.merged", b"glamor.sha256"


@dataclass(frozen=True)
class Totals:
    """What a folder of results holds: photos, those without a face, those that failed, and faces."""

    photos: int
    without_face: int
    failed: int
    faces: int


class Store:
    """A folder of results that grows, as a context: on leaving, whatever happened, all rows are on disk.

    Args:
        folder: made if it is not there.
        class_names: of the checkpoint.
        sha256: of the checkpoint's weights.
        owned: whether the caller has the folder already (:func:`glamor.many.owner.own`); else it is taken, and given
            back on leaving.

    Raises:
        DataError: if the folder cannot be made, another run has it, or it holds results of other weights or a file
            that cannot be read.
    """

    def __init__(self, folder: Path, class_names: Sequence[str], sha256: str, *, owned: bool = False) -> None:
        self.folder = folder
        self._lock = None if owned else own(folder)
        self._class_names = tuple(class_names)
        self._schema = schema(class_names).with_metadata({_SHA256: sha256.encode()})
        self._rows: list[Row] = []
        self._full = FIRST_ROWS
        self._written = time.monotonic()
        try:
            self._open()
        except BaseException:
            self._leave()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.flush()
        finally:
            self._leave()

    @property
    def done(self) -> int:
        """How many photos were there when the folder was opened."""
        return len(self._known)

    def has(self, name: str) -> bool:
        """Return whether a photo was there when the folder was opened."""
        place = np.searchsorted(self._known, _hash(name))
        return bool(place < len(self._known) and self._known[place] == _hash(name))

    def add(self, rows: Sequence[Row]) -> None:
        """Take the rows of one photo; they are on disk when the next part is full."""
        self._rows += rows
        if len(self._rows) >= self._full or time.monotonic() - self._written > PART_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what is held as a part of its own."""
        if self._rows:
            path = self.folder / PARTS / f"{self._next:08d}.parquet"
            table = to_table(self._rows, self._class_names).replace_schema_metadata(self._schema.metadata)
            _write_whole(path, lambda partial: pq.write_table(table, partial, compression="zstd"))
            self._rows, self._next, self._full = [], self._next + 1, PART_ROWS
        self._written = time.monotonic()

    def finish(self) -> Totals:
        """Make ``faces.parquet`` of all parts, and ``failed.csv`` of the photos that failed."""
        self.flush()
        if self._parts() or not self._faces.exists():
            _write_whole(self._faces, self._merge)
        self._tidy()
        return self._count()

    def write_csv(self) -> Path:
        """Write ``faces.csv``, the rows of ``faces.parquet``; the attention is JSON in one column."""
        path = self.folder / CSV
        _write_whole(path, self._write_csv)
        return path

    def _leave(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def _open(self) -> None:
        (self.folder / PARTS).mkdir(exist_ok=True)
        merged = self._tidy()
        self._next = 1 + max([merged, *map(_number, self._parts())])
        self._known = np.unique(np.fromiter(map(_hash, self._names()), np.uint64))

    @property
    def _faces(self) -> Path:
        return self.folder / FACES

    def _parts(self) -> list[Path]:
        return sorted((self.folder / PARTS).glob("*.parquet"))

    def _tidy(self) -> int:
        """Remove what an interrupted run left half done; return the number of the last part that is merged."""
        for partial in (*self.folder.glob("*.partial"), *(self.folder / PARTS).glob("*.partial")):
            partial.unlink()
        merged = int(self._opened(self._faces).schema_arrow.metadata[_MERGED]) if self._faces.exists() else 0
        for part in self._parts():
            if _number(part) <= merged:
                part.unlink()
        return merged

    def _opened(self, path: Path) -> pq.ParquetFile:
        try:
            file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{path} cannot be read as Parquet; remove it, or choose another folder.") from error
        metadata = file.schema_arrow.metadata or {}
        if file.schema_arrow.names != self._schema.names or metadata.get(_SHA256) != self._schema.metadata[_SHA256]:
            file.close()
            raise DataError(
                f"{path} holds results of other weights; choose a new folder, or the checkpoint of the first run."
            )
        return file

    def _batches(self, paths: Sequence[Path], columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        for path in paths:
            with self._opened(path) as file:
                yield from file.iter_batches(GROUP_ROWS, columns=columns)

    def _all(self) -> list[Path]:
        return [path for path in (self._faces, *self._parts()) if path.exists()]

    def _names(self) -> Iterator[str]:
        for batch in self._batches(self._all(), ["file"]):
            yield from batch.column("file").to_pylist()

    def _merge(self, partial: Path) -> None:
        merged = self._schema.with_metadata({**self._schema.metadata, _MERGED: str(self._next - 1).encode()})
        held: list[pa.RecordBatch] = []
        with pq.ParquetWriter(partial, merged, compression="zstd") as writer:
            for batch in self._batches(self._all()):
                held.append(batch)
                if sum(batch_held.num_rows for batch_held in held) >= GROUP_ROWS:
                    writer.write_table(_joined(held, merged))
                    held = []
            if held:
                writer.write_table(_joined(held, merged))

    def _count(self) -> Totals:
        counts: Counter[str] = Counter()
        path = self.folder / FAILED
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "error"])
            for batch in self._batches([self._faces], ["file", "face", "error"]):
                for name, face, error in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    counts["failed" if error else "face" if face else "without"] += 1
                    counts["photo"] += face <= 1
                    if error:
                        writer.writerow([name, error])
        if not counts["failed"]:
            path.unlink()
        return Totals(counts["photo"], counts["without"], counts["failed"], counts["face"])

    def _write_csv(self, partial: Path) -> None:
        words = self._schema.field("attention").with_type(pa.string())
        place = self._schema.get_field_index("attention")
        with pyarrow.csv.CSVWriter(partial, self._schema.set(place, words)) as writer:
            for batch in self._batches([self._faces]):
                table = pa.Table.from_batches([batch])
                writer.write_table(table.set_column(place, words, as_words(table.column("attention"))))


def _joined(batches: Sequence[pa.RecordBatch], columns: pa.Schema) -> pa.Table:
    return pa.Table.from_batches([batch.replace_schema_metadata(None) for batch in batches]).cast(columns)


def _write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a file of another name, and give it its own once it is whole."""
    partial = path.with_name(f"{path.name}.partial")
    write(partial)
    os.replace(partial, path)


def _number(part: Path) -> int:
    return int(part.stem)


def _hash(name: str) -> np.uint64:
    """Return 8 bytes for a name: a million names are 8 MB, and two alike among them are improbable (3e-8)."""
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little"))
