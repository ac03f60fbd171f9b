"""Who may write into a folder of results: one run at a time, known by a lock that dies with its process.

The file of the lock stays in the folder: where it is removed, two runs can each lock one of its name.
"""

from __future__ import annotations

from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from glamor.errors import DataError

LOCK = ".lock"


def own(folder: Path) -> BaseFileLock:
    """Make a folder of results if it is not there, and take it.

    Returns:
        The lock, held; whoever asked for it releases it.

    Raises:
        DataError: if another run has it, or it cannot be made or written to.
    """
    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise DataError(
            f"another run is writing into {folder}; a folder takes one run at a time: wait until that one ends, or "
            "choose another folder."
        ) from error
    except OSError as error:
        raise DataError(
            f"{folder} cannot be created or written to ({error.strerror}); choose another folder."
        ) from error
    except NotImplementedError as error:  # some network folders know no locks
        raise DataError(f"{folder} lies where files cannot be locked; choose a folder on another disk.") from error
    return lock
