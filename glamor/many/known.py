"""The photos that have rows, in 17 bytes each, and whether one that is offered again is still the same."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from hashlib import blake2b

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from glamor.errors import GlamorError
from glamor.many.items import Item
from glamor.many.versions import content_of, stamp_of

COLUMNS = ("file", "face", "error", "stamp", "content")  # that have to be read for this
_ENTRY = np.dtype([("name", np.uint64), ("stamp", np.uint32), ("content", np.uint32), ("failed", np.bool_)])
_UNKNOWN = 0


class State(Enum):
    """What is to be made of a photo, by what is on disk of it."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    RETRIED = "tried again"


class Known:
    """What a folder of results holds.

    Args:
        batches: COLUMNS of its rows; where a photo is in them more than once, the last time counts.

    Attributes:
        doubled: whether a photo was in them more than once.
    """

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        found = [np.empty(0, _ENTRY), *map(_entries, batches)]
        newest_first = np.concatenate(found)[::-1]
        self._names, places = np.unique(newest_first["name"], return_index=True)
        self._entries = newest_first[places]
        self.doubled = len(newest_first) > len(places)

    def __len__(self) -> int:
        return len(self._names)

    def has(self, name: str) -> bool:
        """Return whether a photo of this name has rows."""
        return self._find(name) is not None

    def state(self, item: Item, retry_failed: bool = False) -> State:
        """Return what is to be made of a photo; one that cannot be read just now stays as it was."""
        entry = self._find(item.name)
        if entry is None:
            return State.NEW
        if not _is_same(entry, item):
            return State.REPLACED
        return State.RETRIED if retry_failed and entry["failed"] else State.UNCHANGED

    def _find(self, name: str) -> np.void | None:
        hashed = name_hash(name)
        place = np.searchsorted(self._names, hashed)
        found = place < len(self._names) and self._names[place] == hashed
        return self._entries[place] if found else None


def first_rows(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    """Return which rows are the first of their photo."""
    return batch.column("face").to_numpy() <= 1


def name_hash(name: str) -> np.uint64:
    """Return 8 bytes for a name: two alike among a million are improbable (3e-8)."""
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little"))


def _entries(batch: pa.RecordBatch) -> NDArray[np.void]:
    """Return one entry a photo."""
    photos = batch.filter(pa.array(first_rows(batch)))
    names, _, errors, stamps, contents = (column.to_pylist() for column in photos.columns)
    columns = map(name_hash, names), map(_short, stamps), map(_short, contents), (bool(error) for error in errors)
    return np.array(list(zip(*columns, strict=True)), _ENTRY)


def _is_same(entry: np.void, item: Item) -> bool:
    if item.problem or (entry["stamp"] == _UNKNOWN and entry["content"] == _UNKNOWN):
        return True  # rows of a version that noted neither are trusted
    by_content = entry["content"] == _short("") or (item.data is not None and entry["content"] != _UNKNOWN)
    if not by_content and entry["stamp"] == _short(stamp_of(item)):
        return True
    try:
        return bool(entry["content"] == _short(content_of(item.read())))
    except GlamorError:
        return True


def _short(text: str | None) -> int:
    """Return 4 bytes for a stamp or a hash, 0 for None."""
    return _UNKNOWN if text is None else 1 | int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "little")
