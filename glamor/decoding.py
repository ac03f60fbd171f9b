"""Photos from strangers, decoded in processes of their own with a limit on memory and time; pixels come back.

The processes run :mod:`glamor.decode_worker`. Nothing that one of them says is ever run or unpickled.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import cache

from glamor.decode_pool import Lane, OverdueError, Workers, close_all
from glamor.errors import ConfigError, PhotoError
from glamor.photo import Photo, PhotoSource, load_photo, read_encoded

SECONDS, MEBIBYTES, WORKERS = 10.0, 1024, 2
QUICK_SHARE = 0.1  # of the seconds; nearly every photo needs much less
SLOW_WORKERS, SLOW_NICE, SPARE = 2, 5, 1


class Decoder:
    """Decodes photos in processes that cost the others nothing, whatever is in a file.

    A photo that a lane cannot finish in its time begins again in the next one. So files that are made to take long
    hold the first lane, where everybody else's photos are decoded, for a moment only.

    Args:
        lanes: their seconds together are the limit.
        mebibytes: of memory that a process may use (on Linux; elsewhere there is no limit).
    """

    def __init__(self, lanes: Sequence[Lane], mebibytes: int = MEBIBYTES) -> None:
        self._lanes = [Workers(lane, mebibytes) for lane in lanes]
        self._seconds = sum(lane.seconds for lane in lanes)
        self._end = weakref.finalize(self, close_all, [worker for lane in self._lanes for worker in lane.idle])

    def warm(self) -> None:
        """Start the first lane's processes; else each is started when it is needed."""
        for worker in tuple(self._lanes[0].idle):
            worker.start()

    def decode(self, source: PhotoSource) -> Photo:
        """Do what :func:`glamor.photo.load_photo` does, within the limits.

        Args:
            source: path of a file, or its bytes; a picture or an array needs no decoding and is only checked.

        Returns:
            (H, W, 3) uint8, RGB, in [0, 255], contiguous and writable.

        Raises:
            PhotoError: as there; also if decoding takes too much time or memory, its process ends, or too many other
                photos take long just now.
        """
        if not isinstance(source, bytes | str | os.PathLike):
            return load_photo(source)
        data = read_encoded(source)
        for lane in self._lanes:
            with lane.one() as worker, suppress(OverdueError):
                return worker.decode(data)
        raise PhotoError(
            f"The photo took longer than {self._seconds:g} s to decode; save it again, for example as JPEG, or smaller."
        )

    def close(self) -> None:
        """End all processes; photos that are being decoded are refused."""
        self._end()


@cache
def decoder() -> Decoder:
    """Return the decoder of this process, made when it is first needed, with the limits that the environment sets.

    GLAMOR_DECODE_SECONDS, GLAMOR_DECODE_MIB and GLAMOR_DECODE_WORKERS.

    Raises:
        ConfigError: if one of them is no such number.
    """
    seconds, workers = limit_seconds(), int(_setting("GLAMOR_DECODE_WORKERS", WORKERS, 1, 64))
    quick = Lane(workers, QUICK_SHARE * seconds, patience=seconds, spare=SPARE)
    slow = Lane(SLOW_WORKERS, (1 - QUICK_SHARE) * seconds, patience=0.0, nice=SLOW_NICE)
    return Decoder((quick, slow), limit_mebibytes())


@cache
def patient_decoder() -> Decoder:
    """Return the decoder of a process that decodes one photo after another and keeps nobody waiting.

    Raises:
        ConfigError: as :func:`decoder` does.
    """
    seconds = limit_seconds()
    return Decoder((Lane(1, seconds, patience=seconds),), limit_mebibytes())


def limit_seconds() -> float:
    """Return the seconds that a photo may take to decode."""
    return _setting("GLAMOR_DECODE_SECONDS", SECONDS, 0.1, 3600.0)


def limit_mebibytes() -> int:
    """Return the MiB that a photo may take to decode."""
    return int(_setting("GLAMOR_DECODE_MIB", MEBIBYTES, 128, 2**20))


def _setting(name: str, default: float, least: float, most: float) -> float:
    given = os.environ.get(name) or str(default)
    try:
        value = float(given)
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise ConfigError(f"{name} is {given[:60]!r}; set it to a number from {least:g} to {most:,.0f}.")
    return value
