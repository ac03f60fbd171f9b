"""Files that are whole or not there at all, also after a power cut, and the parts among them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

PARTS, PARTIAL = "parts", ".partial"
_PART = re.compile(r"[0-9]{8,18}\.parquet", re.ASCII)


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a file of another name, and give it its own once it is whole on disk."""
    partial = path.with_name(path.name + PARTIAL)
    write(partial)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(partial, path)
    _sync_folder(path.parent)


def write_part(path: Path, table: pa.Table) -> None:
    """Write the rows of some photos, with a checksum for each page."""
    write_whole(path, lambda partial: pq.write_table(table, partial, compression="zstd", write_page_checksum=True))


def find_parts(folder: Path) -> list[Path]:
    """Return the parts of a folder of results, in the order in which they were written."""
    return sorted((path for path in (folder / PARTS).iterdir() if _PART.fullmatch(path.name)), key=number_of)


def find_strangers(folder: Path) -> list[str]:
    """Return the names of what lies among the parts and is none, sorted."""
    return sorted(path.name for path in (folder / PARTS).iterdir() if not _PART.fullmatch(path.name))


def number_of(part: Path) -> int:
    """Return the number of a part, from 1."""
    return int(part.stem)


def is_torn(part: Path) -> bool:
    """Return whether a part is empty, cut off or holds pages that were never written, as a power cut leaves it."""
    try:
        with pq.ParquetFile(part, page_checksum_verification=True) as file:
            file.read()
    except (pa.ArrowException, OSError):
        return True
    return False


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # which keeps names by itself, and opens no folders
        return
    with suppress(OSError):  # some network folders cannot
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
