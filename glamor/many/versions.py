"""Which photo a row was made from: its file's size and time of change, and a hash of its content."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from glamor.many.items import Item


@dataclass(frozen=True)
class Version:
    """One state of a photo; None: unknown.

    Attributes:
        stamp: size and time of change of its file, or of the archive that it is in; empty if nothing could be read.
        content: hash of its bytes, empty likewise.
    """

    stamp: str | None = None
    content: str | None = None


UNKNOWN, UNREAD = Version(), Version("", "")


def stamp_of(item: Item) -> str:
    """Return the stamp of a photo as it is now, empty if it comes from no file or its file is gone."""
    if not item.path:
        return ""
    try:
        found = Path(item.path).stat()
    except (OSError, ValueError):
        return ""
    return f"{found.st_size}-{found.st_mtime_ns}" if stat.S_ISREG(found.st_mode) else ""


def content_of(data: bytes) -> str:
    """Return what stands for a photo's bytes."""
    return blake2b(data, digest_size=16).hexdigest()
