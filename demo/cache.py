"""The one folder that holds what visitors send and what is drawn for them, for half an hour at most.

Import this before Gradio, which reads the folder's place when it is imported.
"""

from __future__ import annotations

import atexit
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from demo import runs, words
from glamor.errors import GlamorError

# Seconds: the folder is looked through every CACHE_EVERY, and what is older than CACHE_AGE is deleted.
CACHE_EVERY, CACHE_AGE = 300, 1500
_NAMED = re.compile(r"([0-9a-f]{16})[0-9a-f]{48}")
LOOK_EVERY = 30  # seconds between two looks for what nobody needs; more often if a host keeps it for less
PRIVATE = "own-"  # begins the name of a folder that holds what was made for one visitor, and goes as a whole


_CLAIMED = "_GLAMOR_CACHE"  # (no setting) environment variable by which child processes know the cache of their parent


def claim() -> Path:
    """Return the cache of this run: inside GRADIO_TEMP_DIR, else inside a folder of this user's runs.

    Gradio's own default is shared by all of a machine's Gradio apps, whose files are not ours to delete. What runs
    that were killed left behind is deleted now; what this one leaves, when it ends.
    """
    configured = os.environ.get("GRADIO_TEMP_DIR")
    if configured and configured == os.environ.get(_CLAIMED):
        return Path(configured)  # of the process that started this one, whose work it does
    try:
        run = runs.begin(Path(configured).absolute() if configured else runs.parent())
        folder = run.folder / "cache"
        folder.mkdir()
    except OSError:
        return Path(configured or tempfile.gettempdir()).absolute() / "cache"  # :func:`check` will find out, and say
    atexit.register(runs.end, run)
    os.environ["GRADIO_TEMP_DIR"] = os.environ[_CLAIMED] = str(folder)
    return folder


FOLDER = claim()
ASIDE = FOLDER.with_name("tmp")  # for what libraries write for a moment, and leave there if they are interrupted


def keep_aside(folder: Path = ASIDE) -> None:
    """Let whatever this process writes for a moment lie where it is swept with all else."""
    folder.mkdir(exist_ok=True)
    tempfile.tempdir = str(folder)


def check(folder: Path = FOLDER) -> None:
    """Make the folder if need be and write into it.

    Raises:
        GlamorError: if that cannot be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        raise GlamorError(words.NO_CACHE.format(folder=folder, reason=error.strerror)) from error


def keep(data: bytes, name: str, folder: Path = FOLDER) -> str:
    """Keep a file whole or not at all, in a folder of its own that nobody can name, and return its path.

    Gradio names folders by a hash of what is in them: then two visitors who are given the same picture have one file,
    which goes with the first of them and is written anew while somebody fetches it.

    Args:
        data: what it holds.
        name: of the file, for whoever downloads it.
        folder: the cache.

    Raises:
        OSError: if it cannot be written.
    """
    place = folder / new_name()
    place.mkdir(parents=True)
    try:
        (place / name).write_bytes(data)
    except OSError:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return str(place / name)


def new_name() -> str:
    """Return a name that nobody can guess and nothing has; it says when it was made, see :func:`begun`."""
    return f"{time.time_ns():016x}{secrets.token_hex(24)}"


def begun(path: str | Path) -> int:
    """Return when a file's folder was named, in nanoseconds; now, where the name does not say.

    Of two uploads the later may be there first.
    """
    found = _NAMED.fullmatch(Path(path).parent.name)
    return int(found[1], 16) if found else time.time_ns()


def private_folder() -> Path:
    """Return a new folder in the cache whose name nobody can guess, for what is made for one visitor."""
    place = Path(os.environ.get("GRADIO_TEMP_DIR", FOLDER))
    place.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=PRIVATE, dir=place))


def delete(paths: Iterable[str | Path], folder: Path = FOLDER) -> None:
    """Delete files, and folders that are empty without them; what is gone already, or lies elsewhere, is let be.

    A private folder goes with any of its files, and all else that is in it.
    """
    for path in map(Path, paths):
        if folder not in path.parents or ".." in path.parts:  # a visitor may send any text as a path
            continue
        first = folder / path.relative_to(folder).parts[0]
        if first.name.startswith(PRIVATE):
            shutil.rmtree(first, ignore_errors=True)
        with suppress(OSError):
            path.unlink(missing_ok=True)
            path.parent.rmdir()


def delete_empty(age: float, folder: Path = FOLDER) -> None:
    """Delete the folders in which nothing was for ``age`` seconds: their names are made of what visitors sent."""
    now = time.time()
    for path in sorted(folder.rglob("*"), reverse=True):  # a folder after what is in it
        with suppress(OSError):
            if path.is_dir() and not path.is_symlink() and abs(now - path.lstat().st_ctime) >= age:
                path.rmdir()


def sweep(kept: Iterable[str], age: float = CACHE_AGE, folder: Path = FOLDER) -> None:
    """Delete every file that was last changed ``age`` seconds ago or earlier, as far as the clock can tell.

    A file from as far in the future is deleted too: it came before the clock was set back, and would stay until the
    clock is there again. Gradio deletes what it remembers; this finds the rest, such as photos that came inside an
    MCP request.

    Args:
        kept: files that belong to the page itself.
        age: seconds.
        folder: where to look, subfolders included.
    """
    spared, now = set(kept), time.time()
    with suppress(OSError):
        old = [path for path in folder.rglob("*") if path.is_file() and abs(now - path.lstat().st_ctime) >= age]
        delete((path for path in old if str(path) not in spared), folder)
