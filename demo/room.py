"""Whether there is room in the cache for what comes next."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from demo import cache

MEASURED_EVERY = 1.0  # seconds; between two looks at the folder what is added is counted


class Room:
    """Knows how full the cache is.

    Args:
        limit: of the cache, bytes.
        folder: the cache.
    """

    def __init__(self, limit: int, folder: Path = cache.FOLDER) -> None:
        self._limit, self._folder = limit, folder
        self._used, self._measured = 0, 0.0
        self._lock = threading.Lock()

    def measure(self) -> None:
        """Look at the folder, unless that was done a moment ago; takes milliseconds for each thousand files."""
        with self._lock:
            due = time.monotonic() - self._measured > MEASURED_EVERY
            if due:
                self._used, self._measured = _size(self._folder), time.monotonic()

    def fits(self, count: int) -> bool:
        """Whether so many more bytes fit in."""
        with self._lock:
            return self._used + count <= self._limit

    def take(self, count: int) -> bool:
        """Count so many bytes as used; False, and nothing is counted, if they do not fit in."""
        with self._lock:
            if self._used + count > self._limit:
                return False
            self._used += count
            return True


def _size(folder: str | Path) -> int:
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                total += _size_of(entry)
    except OSError:
        pass  # deleted meanwhile
    return total


def _size_of(entry: os.DirEntry[str]) -> int:
    try:
        return _size(entry.path) if entry.is_dir(follow_symlinks=False) else entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
