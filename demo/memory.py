"""What memory the app keeps once many visitors have been there."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8  # glibc's malloc.h
ARENAS = 2  # with as many, no answer takes longer than with the usual eight a processor


def share_arenas() -> None:
    """Have all threads share two heaps, where the C library is glibc.

    Else it gives each of many threads its own, and what one has freed no other uses: 64 visitors left 0.9 GB.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS)
