"""What people and programs send, as values that can be trusted."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from demo import words
from demo.uploads import own_file
from glamor.errors import ExplainError, FaceError, PhotoError, quoted
from glamor.photo import BoxXyxy

MOST_BOXES = 256  # a request; each takes a third of a megabyte and some milliseconds


def photo_source(payload: Any) -> str | bytes | None:
    """Return the path of an uploaded file, or the bytes of a picture sent inline; None for none.

    The image component would open the file before our limits are checked and fail in its own way on what
    is no picture, so events that read it skip its preprocessing and hand its raw value to this function.

    Raises:
        PhotoError: unless it describes a file in the cache as Gradio does.
    """
    if payload is None:
        return None
    if not isinstance(payload, Mapping):
        raise PhotoError(words.BAD_PHOTO.format(given=_short(payload)))
    url, path = payload.get("url"), payload.get("path")
    if isinstance(url, str) and url.startswith("data:"):
        return _inline(url)
    if path is not None and not isinstance(path, str):
        raise PhotoError(words.BAD_PHOTO.format(given=_short(path)))
    return str(own_file(path)) if path else None


def _inline(url: str) -> bytes:
    try:
        return base64.b64decode(url.partition(",")[2], validate=True)
    except ValueError:
        return b""  # which is refused as every empty file is


def box(given: Any) -> BoxXyxy:
    """Return a box from ``"x1, y1, x2, y2"`` or four numbers, in pixels.

    Raises:
        FaceError: unless it is four finite numbers with x1 < x2 and y1 < y2.
    """
    parts = re.split(r"[\s,;]+", given.strip(" \t\n()[]")) if isinstance(given, str) else given
    try:
        x1, y1, x2, y2 = (_number(part) for part in parts)
    except (TypeError, ValueError, OverflowError) as error:
        raise FaceError(words.BAD_BOX.format(given=_short(given))) from error
    if not (x1 < x2 and y1 < y2):
        raise FaceError(words.BAD_BOX.format(given=_short(given)))
    return x1, y1, x2, y2


def boxes(given: Any) -> tuple[BoxXyxy, ...] | None:
    """Return the boxes of an API request; None, where there are none, means: find the faces.

    Raises:
        FaceError: unless it is a list of at most MOST_BOXES boxes.
    """
    if given in (None, "", []):
        return None
    if not isinstance(given, list):
        raise FaceError(words.BAD_BOXES.format(given=_short(given)))
    if len(given) > MOST_BOXES:
        raise FaceError(words.MANY_BOXES.format(count=len(given), most=MOST_BOXES))
    return tuple(box(item) for item in given)


def face_index(number: Any, count: int) -> int:
    """Return the index of face ``number``, counted from 1.

    Raises:
        FaceError: unless it is a whole number from 1 to ``count``.
    """
    if isinstance(number, bool) or not isinstance(number, int | float) or number not in range(1, count + 1):
        raise FaceError(words.BAD_FACE.format(given=_short(number), count=count))
    return int(number) - 1


def word(given: Any, what: str) -> str:
    """Return a name; an empty one, where there is none.

    Raises:
        ExplainError: unless it is a word; whether there is such a name is not looked at.
    """
    if given is not None and not isinstance(given, str):
        raise ExplainError(words.BAD_WORD.format(what=what, given=_short(given)))
    return given or ""


def methods(given: Any, default: Sequence[str]) -> tuple[str, ...]:
    """Return names of methods from a list or from words with commas between them; ``default`` for none.

    Raises:
        ExplainError: unless it is a list of words; whether there are such methods is not looked at.
    """
    if given in (None, "", []):
        return tuple(default)
    names = re.split(r"[\s,;]+", given.strip()) if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ExplainError(words.BAD_METHODS.format(given=_short(given)))
    return tuple(dict.fromkeys(names))  # each once: a check of a map takes seconds


def opacity(given: Any) -> float:
    """Return an opacity in [0, 1].

    Raises:
        ExplainError: unless it is one.
    """
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise ExplainError(words.BAD_OPACITY.format(given=_short(given)))
    return float(given)


def corners(first: tuple[float, float], second: tuple[float, float]) -> BoxXyxy:
    """Return the box between two opposite corners in any order."""
    (x1, x2), (y1, y2) = (sorted(pair) for pair in zip(first, second, strict=True))
    return x1, y1, x2, y2


def weight(given: Any) -> float | None:
    """Return a fusion weight in [0, 1]; None, where there is none, means: the network's own.

    Raises:
        ExplainError: unless it is one.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise ExplainError(words.BAD_WEIGHT.format(given=_short(given)))
    return float(given)


def cell(given: Any, grid: tuple[int, int]) -> tuple[int, int]:
    """Return a cell's (row, column) from 0, given as ``"row, column"`` from 1.

    Raises:
        ExplainError: unless it is a cell of the grid.
    """
    try:
        row, column = (int(part) for part in re.split(r"[\s,;]+", str(given).strip(" \t\n()[]")))
    except ValueError:
        row = column = 0
    if not (1 <= row <= grid[0] and 1 <= column <= grid[1]):
        raise ExplainError(words.BAD_CELL.format(given=_short(given), rows=grid[0], columns=grid[1]))
    return row - 1, column - 1


def grid(given: Any, grid_hw: tuple[int, int]) -> tuple[tuple[float, ...], ...] | None:
    """Return rows of attention; None, where there are none, means: the network's own.

    Raises:
        ExplainError: unless it is a grid of that many rows and columns of numbers from 0 up, not all 0.
    """
    if given in (None, "", []):
        return None
    rows, columns = grid_hw
    try:
        values = tuple(tuple(_weight(cell) for cell in row) for row in given)
    except (TypeError, ValueError, OverflowError):
        values = ()
    if [len(row) for row in values] != [columns] * rows or not any(map(any, values)):
        raise ExplainError(words.BAD_GRID.format(given=_short(given), rows=rows, columns=columns))
    return values


def choice(given: Any, accepted: tuple[str, ...], what: str) -> str:
    """Return one of the accepted words.

    Raises:
        ExplainError: unless it is one of them.
    """
    if given not in accepted:
        names = ", ".join(f"“{name}”" for name in accepted)
        raise ExplainError(words.BAD_SEEN.format(what=what, given=_short(given), names=names))
    return str(given)


def _number(part: Any) -> float:
    if isinstance(part, bool) or not isinstance(part, str | int | float):
        raise TypeError(part)
    number = float(part)
    if not math.isfinite(number):
        raise ValueError(part)
    return number


def _short(given: Any) -> str:
    words = " ".join((given[:200] if isinstance(given, str) else quoted(given)).split())
    return words if len(words) <= 60 else f"{words[:57]}..."


def _weight(part: Any) -> float:
    if isinstance(part, str) or (number := _number(part)) < 0:
        raise ValueError(part)
    return number
