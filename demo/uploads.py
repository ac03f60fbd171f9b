"""The one door to files: what a request names is read only if it is a file that lies in the cache."""

from __future__ import annotations

import mimetypes
import os
import stat
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response

from demo import cache, words
from glamor.errors import PhotoError

OWN_FILE = "/gradio_api/file="  # the page's own address of a file in the cache holds this
LONGEST = 4096  # letters; no path of this machine is longer
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "text/plain"})  # all else is downloaded
INLINE = "data:"
_WEB, _MARK = ("http://", "https://"), "gradio.FileData"


def is_inline(address: str) -> bool:
    """Whether an address holds what it stands for (RFC 2397)."""
    return address[: len(INLINE)].lower() == INLINE


def own_file(path: str, folder: Path = cache.FOLDER) -> Path:
    """Return where a file is that came with a request or was made for one.

    Whoever may ask reads what the app reads. So the path must lead into the cache, through no link, to a regular
    file; whether there is anything at another path is told to nobody.

    Args:
        path: as the request names it.
        folder: the cache.

    Raises:
        PhotoError: for everything else, always in the same words.
    """
    try:
        if len(path) > LONGEST:
            raise ValueError("too long")
        real, root = os.path.realpath(path, strict=True), os.path.realpath(folder, strict=True)
        inside = Path(real).relative_to(root)
        if Path(os.path.abspath(path)) not in (Path(os.path.abspath(folder)) / inside, root / inside):
            raise ValueError("through a link")
        if not stat.S_ISREG(os.lstat(real).st_mode):
            raise ValueError("no regular file")
    except (OSError, ValueError):
        raise PhotoError(words.BAD_INPUTS) from None
    return folder / inside


def checked(values: Any) -> Any:
    """Return an event's raw inputs, at every depth with the true places of the files that they name.

    An address of this app is turned into the file that it stands for. One on the web is left to Gradio, which fetches
    it if it is public, and only where a value says that it is a file.

    Raises:
        PhotoError: if a file is named that is not in the cache, see :func:`own_file`.
    """
    if isinstance(values, list | tuple):
        return [checked(value) for value in values]
    if not isinstance(values, dict):
        return values
    others = {name: checked(value) for name, value in values.items() if name not in ("path", "url")}
    if len(others) == len(values):
        return others
    meta = values.get("meta")
    fetched = isinstance(meta, dict) and meta.get("_type") == _MARK
    return others | {name: _place(values[name], name, fetched) for name in ("path", "url") if name in values}


async def answer(path: str) -> Response:
    """Return the file for whoever knows its address, or the one refusal."""
    try:
        place = await run_in_threadpool(own_file, path)
    except PhotoError:
        return JSONResponse({"error": words.NO_FILE}, status_code=404)
    kind = mimetypes.guess_type(place.name)[0]
    shown = kind in SHOWN
    return FileResponse(
        place,
        media_type=kind if shown else "application/octet-stream",
        filename=place.name,
        content_disposition_type="inline" if shown else "attachment",
    )


def _place(value: Any, name: str, fetched: bool) -> str | None:
    """Return what a value's ``path`` or ``url`` may stay as."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise PhotoError(words.BAD_INPUTS)
    if name == "url" and is_inline(value):
        return value
    own = _own_address(value) if name == "url" or value.startswith(_WEB) else value
    if own is not None:
        place = str(own_file(own))
        return place if name == "path" else None
    if not (fetched and value.startswith(_WEB)):
        raise PhotoError(words.BAD_INPUTS)
    return value


def _own_address(address: str) -> str | None:
    """Return the path that an address of this app, wherever a proxy serves it, stands for; None for another."""
    try:
        _, found, path = urlsplit(address).path.partition(OWN_FILE)
    except ValueError:
        raise PhotoError(words.BAD_INPUTS) from None
    return unquote(path) if found else None
