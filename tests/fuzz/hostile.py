"""Files that are built to be slow or large, handed in at the door through which strangers' photos come."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from glamor.decoding import decoder
from tests.fuzz.built import BUILDERS
from tests.fuzz.limited import SECONDS

# Bytes, about; without a limit of time, that is among other tests, small enough to be done in a moment.
SMALLEST, LARGEST = 10, (26 if SECONDS else 16)  # as powers of two

clock = time.monotonic  # the decoder works in another process


def prepare(seed: int) -> Callable[[], None]:
    """Return what has one built file decoded and raises what the decoder raises."""
    decoder().warm()
    return partial(_read, built(seed))


def built(seed: int) -> bytes:
    """Return the file of a seed."""
    rng = np.random.default_rng(seed)
    count = int(2 ** rng.uniform(SMALLEST, LARGEST))
    return BUILDERS[seed % len(BUILDERS)](count, rng)[: 2**26]


def _read(data: bytes) -> None:
    photo = decoder().decode(data)
    assert photo.dtype == np.uint8
    assert photo.ndim == 3
    assert photo.shape[2] == 3
