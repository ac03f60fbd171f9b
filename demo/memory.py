"""What memory the app keeps once many visitors have been there."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from torch import Tensor

_M_ARENA_MAX = -8  # glibc's malloc.h
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1
LARGE = 8 * 2**20  # bytes; what is larger is given back to the system at once: the pixels of a photo, not a batch
SPARE = 32 * 2**20  # bytes that a heap keeps at its end: to give them back and to ask for them anew costs 20 ms a photo
ARENAS = 2  # with as many, no answer takes longer than with the usual eight a processor

_POINTER = 8  # bytes
SAMPLE = 100  # of a longer list so many are looked at: a visit's archive may have had thousands of faces


@dataclass(frozen=True)
class Remembered:
    """What one session holds.

    Attributes:
        name: Gradio's.
        weight: bytes.
        last_used: seconds, on any clock.
    """

    name: str
    weight: int
    last_used: float


def crowded_out(sessions: Iterable[Remembered], most: int) -> Iterator[str]:
    """Yield the names of those that must be forgotten, the longest unused first, until the rest weighs at most so much.

    Args:
        sessions: all there are.
        most: bytes.
    """
    held = sorted((session for session in sessions if session.weight), key=lambda session: session.last_used)
    total = sum(session.weight for session in held)
    for session in held:
        if total <= most:
            return
        total -= session.weight
        yield session.name


def weight(value: Any, shared: Iterable[int] = (), sample: int = SAMPLE) -> int:
    """Return how many bytes a value holds, whatever stands in it twice counted once.

    Args:
        value: a visit, or anything made of plain values, containers, dataclasses, arrays and tensors.
        shared: identities of what others hold as well, see :func:`parts`; they weigh nothing.
        sample: of a longer list so many are looked at.
    """
    return _weigh(value, set(shared), sample)


def parts(value: Any) -> frozenset[int]:
    """Return the identities of all that a value holds; they hold as long as it lives."""
    seen: set[int] = set()
    _weigh(value, seen, sys.maxsize)
    return frozenset(seen)


def share_arenas() -> None:
    """Have all threads share two heaps, and keep large pieces out of them, where the C library is glibc.

    Else it gives each of many threads its own, and what one has freed no other uses: 64 visitors left 0.9 GB. And it
    takes pieces of up to 32 MiB from the heaps as soon as one was freed: a few large photos left 0.1 GB.
    """
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, ARENAS)
        library.mallopt(_M_MMAP_THRESHOLD, LARGE)
        library.mallopt(_M_TRIM_THRESHOLD, SPARE)


def _weigh(value: Any, seen: set[int], sample: int) -> int:
    value = _owner(value)
    if value is None or id(value) in seen or isinstance(value, type | FunctionType | ModuleType | Enum | bool):
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        return value.nbytes + sys.getsizeof(value.view())
    if isinstance(value, Tensor):
        storage = value.untyped_storage()
        known = storage.data_ptr() in seen
        seen.add(storage.data_ptr())
        return 0 if known else storage.nbytes()
    own = sys.getsizeof(value)
    if isinstance(value, dict):
        return own + _weigh_all([*value.keys(), *value.values()], seen, sample)
    if isinstance(value, list | tuple | set | frozenset):
        return own + _weigh_all(tuple(value), seen, sample)
    # (Not by __dict__: to ask for it would make one.)
    named = fields(value) if is_dataclass(value) else ()
    return own + _POINTER * len(named) + _weigh_all([getattr(value, field.name) for field in named], seen, sample)


def _weigh_all(values: Sequence[Any], seen: set[int], sample: int) -> int:
    step = -(-len(values) // sample) or 1
    looked_at = values[::step]
    found = sum(_weigh(value, seen, sample) for value in looked_at)
    return found * len(values) // len(looked_at) if looked_at else 0


def _owner(value: Any) -> Any:
    """Return the array that holds the memory of a view."""
    while isinstance(value, np.ndarray) and isinstance(value.base, np.ndarray):
        value = value.base
    return value
