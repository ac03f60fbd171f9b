"""What people and programs send, as values that can be trusted."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from demo import words
from demo.uploads import INLINE, is_inline, own_file
from glamor.errors import ExplainError, FaceError, PhotoError, quoted
from glamor.photo import BoxXyxy

_FROM_WEB = str.maketrans("-_", "+/")  # RFC 4648, section 5
MOST_BOXES = 256  # a request; each takes a third of a megabyte and some milliseconds


def photo_source(payload: Any) -> str | bytes | None:
    """Return the path of an uploaded file, or the bytes of a picture sent inline; None for none.

    The image component would open the file before our limits are checked and fail in its own way on what
    is no picture, so events that read it skip its preprocessing and hand its raw value to this function.

    Args:
        payload: a file in the cache as Gradio describes it, or a picture as ``data:image/jpeg;base64,...``, either by
            itself or as the description's ``url``.

    Raises:
        PhotoError: for everything else.
    """
    if payload is None:
        return None
    if isinstance(payload, str) and is_inline(payload):
        return _inline(payload)
    if not isinstance(payload, Mapping):
        raise PhotoError(words.BAD_PHOTO.format(given=_short(payload)))
    url, path = payload.get("url"), payload.get("path")
    if isinstance(url, str) and is_inline(url):
        return _inline(url)
    if path is not None and not isinstance(path, str):
        raise PhotoError(words.BAD_PHOTO.format(given=_short(path)))
    return str(own_file(path)) if path else None


def canonical(value: Any) -> Any:
    """Return a picture sent inline as every reader of base64 takes it; any other value as it is.

    Raises:
        PhotoError: if it is no base64.
    """
    if not (isinstance(value, str) and is_inline(value)):
        return value
    kind = value.partition(",")[0][len(INLINE) :]
    return f"{INLINE}{kind},{base64.b64encode(_inline(value)).decode()}"


def _inline(address: str) -> bytes:
    """Return what an address holds, in base64 as programs write it: in lines, for the web, without its ``=``."""
    letters = "".join(unquote(address.partition(",")[2]).split()).translate(_FROM_WEB).rstrip("=")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except ValueError:
        raise PhotoError(words.BAD_INLINE) from None


def box(value: Any) -> BoxXyxy:
    """Return a box from ``"x1, y1, x2, y2"`` or four numbers, in pixels.

    Raises:
        FaceError: unless it is four finite numbers with x1 < x2 and y1 < y2.
    """
    parts = re.split(r"[\s,;]+", value.strip(" \t\n()[]")) if isinstance(value, str) else value
    try:
        x1, y1, x2, y2 = (_number(part) for part in parts)
    except (TypeError, ValueError, OverflowError) as error:
        raise FaceError(words.BAD_BOX.format(given=_short(value))) from error
    if not (x1 < x2 and y1 < y2):
        raise FaceError(words.BAD_BOX.format(given=_short(value)))
    return x1, y1, x2, y2


def boxes(value: Any) -> tuple[BoxXyxy, ...] | None:
    """Return the boxes of an API request; None, where there are none, means: find the faces.

    Raises:
        FaceError: unless it is a list of at most MOST_BOXES boxes.
    """
    if value in (None, "", []):
        return None
    if not isinstance(value, list):
        raise FaceError(words.BAD_BOXES.format(given=_short(value)))
    if len(value) > MOST_BOXES:
        raise FaceError(words.MANY_BOXES.format(count=len(value), most=MOST_BOXES))
    return tuple(box(item) for item in value)


def regions(value: Any) -> dict[str, BoxXyxy] | None:
    """Return named boxes; None, where there are none.

    Raises:
        ExplainError: unless they are an object of names and boxes; whether a face has room for them is not looked at.
        FaceError: for a box that is none.
    """
    if value in (None, "", {}):
        return None
    if not isinstance(value, Mapping) or len(value) > MOST_BOXES:
        raise ExplainError(words.BAD_REGIONS.format(given=_short(value)))
    return {str(name): box(item) for name, item in value.items()}


def face_index(number: Any, count: int) -> int:
    """Return the index of face ``number``, counted from 1.

    Raises:
        FaceError: unless it is a whole number from 1 to ``count``.
    """
    if isinstance(number, bool) or not isinstance(number, int | float) or number not in range(1, count + 1):
        raise FaceError(words.BAD_FACE.format(given=_short(number), count=count))
    return int(number) - 1


def word(value: Any, what: str) -> str:
    """Return a name; an empty one, where there is none.

    Raises:
        ExplainError: unless it is a word; whether there is such a name is not looked at.
    """
    if value is not None and not isinstance(value, str):
        raise ExplainError(words.BAD_WORD.format(what=what, given=_short(value)))
    return value or ""


def methods(value: Any, default: Sequence[str]) -> tuple[str, ...]:
    """Return names of methods from a list or from words with commas between them; ``default`` for none.

    Raises:
        ExplainError: unless it is a list of words; whether there are such methods is not looked at.
    """
    if value in (None, "", []):
        return tuple(default)
    names = re.split(r"[\s,;]+", value.strip()) if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ExplainError(words.BAD_METHODS.format(given=_short(value)))
    return tuple(dict.fromkeys(names))  # each once: a check of a map takes seconds


def opacity(value: Any) -> float:
    """Return an opacity in [0, 1].

    Raises:
        ExplainError: unless it is one.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ExplainError(words.BAD_OPACITY.format(given=_short(value)))
    return float(value)


def corners(first: tuple[float, float], second: tuple[float, float]) -> BoxXyxy:
    """Return the box between two opposite corners in any order."""
    (x1, x2), (y1, y2) = (sorted(pair) for pair in zip(first, second, strict=True))
    return x1, y1, x2, y2


def weight(value: Any) -> float | None:
    """Return a fusion weight in [0, 1]; None, where there is none, means: the network's own.

    Raises:
        ExplainError: unless it is one.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ExplainError(words.BAD_WEIGHT.format(given=_short(value)))
    return float(value)


def cell(value: Any, grid: tuple[int, int]) -> tuple[int, int]:
    """Return a cell's (row, column) from 0, given as ``"row, column"`` from 1.

    Raises:
        ExplainError: unless it is a cell of the grid.
    """
    try:
        row, column = (int(part) for part in re.split(r"[\s,;]+", str(value).strip(" \t\n()[]")))
    except ValueError:
        row = column = 0
    if not (1 <= row <= grid[0] and 1 <= column <= grid[1]):
        raise ExplainError(words.BAD_CELL.format(given=_short(value), rows=grid[0], columns=grid[1]))
    return row - 1, column - 1


def grid(value: Any, grid_hw: tuple[int, int]) -> tuple[tuple[float, ...], ...] | None:
    """Return rows of attention; None, where there are none, means: the network's own.

    Raises:
        ExplainError: unless it is a grid of that many rows and columns of numbers from 0 up, not all 0.
    """
    if value in (None, "", []):
        return None
    rows, columns = grid_hw
    try:
        values = tuple(tuple(_weight(cell) for cell in row) for row in value)
    except (TypeError, ValueError, OverflowError):
        values = ()
    if [len(row) for row in values] != [columns] * rows or not any(map(any, values)):
        raise ExplainError(words.BAD_GRID.format(given=_short(value), rows=rows, columns=columns))
    return values


def choice(value: Any, accepted: tuple[str, ...], what: str) -> str:
    """Return one of the accepted words.

    Raises:
        ExplainError: unless it is one of them.
    """
    if value not in accepted:
        names = ", ".join(f"“{name}”" for name in accepted)
        raise ExplainError(words.BAD_SEEN.format(what=what, given=_short(value), names=names))
    return str(value)


def _number(part: Any) -> float:
    if isinstance(part, bool) or not isinstance(part, str | int | float):
        raise TypeError(part)
    number = float(part)
    if not math.isfinite(number):
        raise ValueError(part)
    return number


def _short(value: Any) -> str:
    words = " ".join((value[:200] if isinstance(value, str) else quoted(value)).split())
    return words if len(words) <= 60 else f"{words[:57]}..."


def _weight(part: Any) -> float:
    if isinstance(part, str) or (number := _number(part)) < 0:
        raise ValueError(part)
    return number
