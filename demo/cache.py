"""The one folder that holds what visitors send and what is drawn for them, for half an hour at most.

Import this before Gradio, which reads the folder's place when it is imported.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from demo import text
from glamor.errors import GlamorError

# Seconds: the folder is looked through every CACHE_EVERY, and what is older than CACHE_AGE is deleted.
CACHE_EVERY, CACHE_AGE = 300, 1500


_KEY = secrets.token_bytes(32)  # whoever has a photo can still not name the file of it


def claim() -> Path:
    """Return the folder: GRADIO_TEMP_DIR, or one made for this process and removed with it.

    Gradio's own default is shared by all of a machine's Gradio apps, whose files are not ours to delete.
    """
    given = os.environ.get("GRADIO_TEMP_DIR")
    if given:
        return Path(given).absolute()
    made = tempfile.mkdtemp(prefix="glamor-")
    os.environ["GRADIO_TEMP_DIR"] = made
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


FOLDER = claim()


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
        raise GlamorError(text.NO_CACHE.format(folder=folder, reason=error.strerror)) from error


def keep(data: bytes, name: str, folder: Path = FOLDER) -> str:
    """Keep a file whole or not at all, in a folder named by a hash of what it holds, and return its path.

    Gradio writes pictures straight to their place, so that whoever fetches one while somebody else is given the same
    one gets a part of it.

    Args:
        data: what it holds.
        name: of the file, for whoever downloads it.
        folder: the cache.
    """
    place = folder / hashlib.blake2b(data, digest_size=32, key=_KEY).hexdigest() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        try:
            file.write(data)
            file.close()
            os.replace(file.name, place)
        except OSError:
            os.unlink(file.name)
            raise
    return str(place)


def delete(paths: Iterable[str | Path], folder: Path = FOLDER) -> None:
    """Delete files, and folders that are empty without them; what is gone already, or lies elsewhere, is let be."""
    for path in map(Path, paths):
        if folder not in path.parents or ".." in path.parts:  # a visitor may send any text as a path
            continue
        with suppress(OSError):
            path.unlink(missing_ok=True)
            path.parent.rmdir()


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
