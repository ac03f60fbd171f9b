"""Changes that damage a valid input a little: bytes of a file, values of a JSON document."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Rng = np.random.Generator

TELLING_BYTES = (
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff",
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
)
HEADER = 128  # bytes; half of all changes go here, where sizes and offsets stand

NUMBERS = (
    0,
    1,
    -1,
    7,
    0.5,
    -0.0,
    1e-320,
    1e308,
    -1e308,
    math.inf,
    -math.inf,
    math.nan,
    2**31,
    2**63,
    -(2**64),
    10**400,
)
WORDS = (
    "",
    " ",
    "a\nb",
    "0",
    "nan",
    "1,2,3,4",
    "Happy",
    "occlusion",
    "../../etc/passwd",
    "\x00",
    "\ud800",
    "ß" * 70,
    "9" * 5000,
    "x" * 100_000,
)
BOX = [1, 2, 3, 4]
OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"a": 1}, [0, 0, 0, 0], BOX, [BOX] * 3)


def any_of(rng: Rng, things: Any) -> Any:
    return things[int(rng.integers(len(things)))]


def any_value(rng: Rng, depth: int = 3) -> Any:
    """Return any JSON value, more often a telling one than an ordinary one."""
    kind = int(rng.integers(6 if depth else 4))
    if kind < 2:
        return any_of(rng, NUMBERS)
    if kind < 4:
        return copy.deepcopy(any_of(rng, (WORDS, OTHERS)[kind - 2]))
    inner = [any_value(rng, depth - 1) for _ in range(int(rng.integers(6)))]
    return inner if kind == 4 else {any_of(rng, WORDS[:8]): value for value in inner}


def damaged_bytes(data: bytes, rng: Rng) -> bytes:
    """Return a file with one to four changes."""
    made = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        any_of(rng, BYTE_CHANGES)(made, rng)
    return bytes(made)


def damaged_json(document: Any, rng: Rng) -> Any:
    """Return a document with one to three of its values replaced, removed, doubled or joined by others."""
    holder = [copy.deepcopy(document)]
    for _ in range(int(rng.integers(1, 4))):
        places = list(_places(holder))
        if places:
            container, key = any_of(rng, places)
            _change(container, key, rng)
    return holder[0] if holder else None


def _place(data: bytearray, rng: Rng) -> int:
    return int(rng.integers(min(len(data), HEADER) if rng.random() < 0.5 else len(data))) if data else 0


def _flip(data: bytearray, rng: Rng) -> None:
    if data:
        data[_place(data, rng)] ^= 1 << int(rng.integers(8))


def _overwrite(data: bytearray, rng: Rng) -> None:
    at, new = _place(data, rng), any_of(rng, TELLING_BYTES)
    data[at : at + len(new)] = new


def _insert(data: bytearray, rng: Rng) -> None:
    at = _place(data, rng)
    data[at:at] = rng.bytes(int(rng.integers(1, 9)))


def _remove(data: bytearray, rng: Rng) -> None:
    at = _place(data, rng)
    del data[at : at + int(rng.integers(1, 9))]


def _repeat(data: bytearray, rng: Rng) -> None:
    at = _place(data, rng)
    data[at:at] = data[at : at + int(rng.integers(1, 65))]


def _cut(data: bytearray, rng: Rng) -> None:
    del data[_place(data, rng) :]


# Cutting hides all other changes, so it is one in eleven.
BYTE_CHANGES: tuple[Callable[[bytearray, Rng], None], ...] = (
    *(2 * (_flip, _overwrite, _insert, _remove, _repeat)),
    _cut,
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key) of every value in a document."""
    keys = range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _change(container: Any, key: Any, rng: Rng) -> None:
    kind = int(rng.integers(8))
    if kind == 0:
        del container[key]
    elif kind == 1 and isinstance(container, dict):
        container[any_of(rng, WORDS[:8])] = any_value(rng)
    elif kind == 1:
        container.append(any_value(rng))
    else:
        container[key] = any_value(rng)
