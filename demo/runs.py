"""A folder for each run of the app, and an end to the folders of runs that were killed.

PARENT/run-0123456789abcdef/        what the run writes, for its user only
PARENT/run-0123456789abcdef.lock    locked as long as the process lives, however it ends
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

PRIVATE = 0o700
_USER = str(os.getuid()) if hasattr(os, "getuid") else "own"  # on Windows the temporary folder itself is a user's own


class Run(NamedTuple):
    """A folder, and the lock that says that its process lives."""

    folder: Path
    lock: FileLock


def parent(temporary: Path | None = None) -> Path:
    """Return the folder of this user's runs, made if need be; nobody else can look or write into it.

    Another local user may have taken the name, with a folder or a link of theirs: then another name is found.

    Args:
        temporary: where to look; None: the system's temporary folder.
    """
    temporary = Path(tempfile.gettempdir()) if temporary is None else temporary
    usual = temporary / f"glamor-{_USER}"
    with suppress(FileExistsError):
        usual.mkdir(mode=PRIVATE)
    own = [folder for folder in (usual, *sorted(temporary.glob(f"{usual.name}-*"))) if _is_private(folder)]
    return own[0] if own else Path(tempfile.mkdtemp(prefix=f"{usual.name}-", dir=temporary))


def begin(place: Path) -> Run:
    """Delete what dead runs left in a folder, and make a folder for this one.

    Raises:
        OSError: if it cannot be made.
    """
    place.mkdir(parents=True, exist_ok=True)
    for path in sorted(place.glob("run-*.lock")):
        _delete_if_dead(path)
    while True:
        folder = place / f"run-{secrets.token_hex(8)}"
        lock = _lock_of(folder)
        with suppress(Timeout):  # another start took it for a dead one's, just as it was made
            lock.acquire(timeout=0)
            if Path(lock.lock_file).exists():
                folder.mkdir(mode=PRIVATE)
                return Run(folder, lock)
            lock.release()


def end(run: Run) -> None:
    """Delete a run's folder, and the parent if nothing else is in it."""
    _delete(run)
    with suppress(OSError):
        run.folder.parent.rmdir()


def _delete_if_dead(path: Path) -> None:
    folder = path.with_suffix("")
    lock = _lock_of(folder)
    with suppress(Timeout, OSError):  # held by the living; or another user's
        lock.acquire(timeout=0)
        _delete(Run(folder, lock))


def _delete(run: Run) -> None:
    shutil.rmtree(run.folder, ignore_errors=True)
    if os.name != "nt":  # while it is locked, so that nobody locks what is about to go
        Path(run.lock.lock_file).unlink(missing_ok=True)
    run.lock.release()
    Path(run.lock.lock_file).unlink(missing_ok=True)


def _lock_of(folder: Path) -> FileLock:
    return FileLock(folder.with_suffix(".lock"), mode=0o600, thread_local=False)


def _is_private(folder: Path) -> bool:
    """Whether it is a folder, no link to one, that belongs to this user alone."""
    with suppress(OSError):
        found = folder.lstat()
        mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
        if stat.S_ISDIR(found.st_mode) and mine:
            folder.chmod(PRIVATE)
            return True
    return False
