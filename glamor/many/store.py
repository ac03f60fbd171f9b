"""Rows on disk, safe at every moment: what is written stays, what is there is done again only if its photo changed.

DIR/parts/00000017.parquet   the rows of some photos, written whole or not at all
DIR/faces.parquet            all rows, made of the parts when a run ends
DIR/failed.csv               the photos that failed, with the reason of each
DIR/faces.csv                all rows again, on demand
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from glamor.errors import DataError
from glamor.many import known
from glamor.many.csvs import write_lines, write_rows
from glamor.many.items import Item
from glamor.many.known import Known, State, first_rows, name_hash
from glamor.many.owner import own
from glamor.many.parts import PARTIAL, PARTS, find_parts, find_strangers, is_torn, number_of, write_part, write_whole
from glamor.many.rows import ADDED, FORMER, Row, schema, to_table

FACES, FAILED, CSV = "faces.parquet", "failed.csv", "faces.csv"
PART_ROWS, PART_SECONDS = 512, 10.0  # a part is written after as many rows or seconds: what a power cut costs
FIRST_ROWS = 32  # in a run's first part: a disk that takes none says so at once
GROUP_ROWS = 8192  # in one row group of faces.parquet, about 5 MB
NAMED = 5  # unknown files that are named
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

    Attributes:
        notes: sentences on what was found that should not be there.
    """

    def __init__(self, folder: Path, class_names: Sequence[str], sha256: str, *, owned: bool = False) -> None:
        self.folder = folder
        self._lock = None if owned else own(folder)
        self._class_names = tuple(class_names)
        self._schema = schema(class_names).with_metadata({_SHA256: sha256.encode()})
        self._rows: list[Row] = []
        self.notes: list[str] = []
        self._next, self._doubled = 1, False
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
        return self._known.has(name)

    def state(self, item: Item, retry_failed: bool = False) -> State:
        """Return what is to be made of a photo: whether it was there, and is the same still."""
        return self._known.state(item, retry_failed)

    def add(self, rows: Sequence[Row]) -> None:
        """Take the rows of one photo, in the place of those that are there; they are on disk when the part is full."""
        self._doubled = self._doubled or self.has(rows[0].file)
        self._rows += rows
        if len(self._rows) >= self._full or time.monotonic() - self._written > PART_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what is held as a part of its own."""
        if self._rows:
            path = self.folder / PARTS / f"{self._next:08d}.parquet"
            table = to_table(self._rows, self._class_names).replace_schema_metadata(self._schema.metadata)
            write_part(path, table)
            self._rows, self._next, self._full = [], self._next + 1, PART_ROWS
        self._written = time.monotonic()

    def finish(self) -> Totals:
        """Make ``faces.parquet`` of all parts, and ``failed.csv`` of the photos that failed."""
        self.flush()
        if self._parts() or not self._faces.exists():
            write_whole(self._faces, self._merge)
        self._tidy()
        return self._count()

    def write_csv(self) -> Path:
        """Write ``faces.csv``, the rows of ``faces.parquet``; the attention is JSON in one column."""
        path = self.folder / CSV
        write_whole(path, lambda partial: write_rows(partial, self._schema, self._batches([self._faces])))
        return path

    def _leave(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def _open(self) -> None:
        (self.folder / PARTS).mkdir(exist_ok=True)
        merged = self._tidy()
        self._next = 1 + max([merged, *map(number_of, self._parts())])
        self._remove_torn()
        self._known = Known(self._batches(self._all(), known.COLUMNS))
        self._doubled = self._known.doubled  # by a run that was interrupted before it merged its parts
        if strangers := find_strangers(self.folder):
            more = f" and {len(strangers) - NAMED:,} more" if len(strangers) > NAMED else ""
            self.notes.append(
                f"{self.folder / PARTS} holds what no run wrote, and it is left alone: {', '.join(strangers[:NAMED])}"
                f"{more}; rows are read only from files that are called as 00000001.parquet."
            )

    def _remove_torn(self) -> None:
        torn = [part for part in self._parts() if is_torn(part)]
        for part in torn:
            part.unlink()
        if torn:
            self.notes.append(
                f"{', '.join(part.name for part in torn[:NAMED])}{' and others' if len(torn) > NAMED else ''} in "
                f"{self.folder / PARTS} had been cut off, perhaps by a power cut; their photos are analysed again."
            )

    @property
    def _faces(self) -> Path:
        return self.folder / FACES

    def _parts(self) -> list[Path]:
        return find_parts(self.folder)

    def _tidy(self) -> int:
        """Remove what an interrupted run left half done; return the number of the last part that is merged."""
        for partial in (*self.folder.glob(f"*{PARTIAL}"), *(self.folder / PARTS).glob(f"*{PARTIAL}")):
            partial.unlink()
        merged = 0
        if self._faces.exists():
            with self._opened(self._faces) as file:
                merged = int(file.schema_arrow.metadata[_MERGED])
        for part in self._parts():
            if number_of(part) <= merged:
                part.unlink()
        return merged

    def _opened(self, path: Path) -> pq.ParquetFile:
        try:
            file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{path} cannot be read as Parquet; remove it, or choose another folder.") from error
        metadata = file.schema_arrow.metadata or {}
        if (
            _lasting(file.schema_arrow.names) != _lasting(self._schema.names)
            or metadata.get(_SHA256) != self._schema.metadata[_SHA256]
        ):
            file.close()
            raise DataError(
                f"{path} holds results of other weights; choose a new folder, or the checkpoint of the first run."
            )
        return file

    def _batches(self, paths: Sequence[Path], columns: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        wanted = pa.schema([self._schema.field(name) for name in columns or self._schema.names])
        for path in paths:
            with self._opened(path) as file:
                there = [name for name in wanted.names if name in file.schema_arrow.names]
                for batch in file.iter_batches(GROUP_ROWS, columns=there):
                    yield _completed(batch, wanted)

    def _all(self) -> list[Path]:
        return [path for path in (self._faces, *self._parts()) if path.exists()]

    def _merge(self, partial: Path) -> None:
        merged = self._schema.with_metadata({**self._schema.metadata, _MERGED: str(self._next - 1).encode()})
        held: list[pa.RecordBatch] = []
        with pq.ParquetWriter(partial, merged, compression="zstd") as writer:
            for batch in self._newest(self._batches(self._all())):
                held.append(batch)
                if sum(batch_held.num_rows for batch_held in held) >= GROUP_ROWS:
                    writer.write_table(_joined(held, merged))
                    held = []
            if held:
                writer.write_table(_joined(held, merged))

    def _newest(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Leave out the rows of photos that have newer ones."""
        if not self._doubled:
            yield from batches
            return
        kept, photos = self._last_times(), 0
        for batch in batches:
            of_photo = photos + np.cumsum(first_rows(batch)) - 1
            photos = int(of_photo[-1]) + 1 if len(of_photo) else photos
            yield batch.filter(pa.array(kept[of_photo]))

    def _last_times(self) -> NDArray[np.bool_]:
        """Return for each photo in all files, in their order, whether it does not come again."""
        hashes = [
            np.array([name_hash(name) for name in batch.filter(pa.array(first_rows(batch))).column("file").to_pylist()])
            for batch in self._batches(self._all(), ("file", "face"))
        ]
        names = np.concatenate(hashes)
        kept = np.zeros(len(names), np.bool_)
        kept[len(names) - 1 - np.unique(names[::-1], return_index=True)[1]] = True
        return kept

    def _count(self) -> Totals:
        counts: Counter[str] = Counter()

        def failures() -> Iterator[tuple[str, str]]:
            for batch in self._batches([self._faces], ("file", "face", "error")):
                for name, face, error in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    counts["failed" if error else "face" if face else "without"] += 1
                    counts["photo"] += face <= 1
                    if error:
                        yield name, error

        path = self.folder / FAILED
        write_whole(path, lambda partial: write_lines(partial, ("file", "error"), failures()))
        if not counts["failed"]:
            path.unlink()
        return Totals(counts["photo"], counts["without"], counts["failed"], counts["face"])


def _lasting(names: Sequence[str]) -> list[str]:
    """Return the columns that rows of every version have."""
    return [name for name in names if name not in (*ADDED, *FORMER)]


def _completed(batch: pa.RecordBatch, columns: pa.Schema) -> pa.RecordBatch:
    """Return columns by name and in order, empty where an earlier version wrote none."""
    cells = [
        batch.column(field.name) if field.name in batch.schema.names else pa.nulls(batch.num_rows, field.type)
        for field in columns
    ]
    return pa.RecordBatch.from_arrays(cells, names=columns.names)


def _joined(batches: Sequence[pa.RecordBatch], columns: pa.Schema) -> pa.Table:
    return pa.Table.from_batches(batches).cast(columns)
