"""Photos from strangers, decoded in processes of their own with a limit on memory and time; pixels come back.

The processes run :mod:`glamor.decode_worker`. Nothing that one of them says is ever run or unpickled.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from glamor.decode_worker import ANSWER, LONGEST_SENTENCE, READY, REQUEST, read_exactly
from glamor.errors import ConfigError, PhotoError
from glamor.photo import MAX_PIXELS, Photo, PhotoSource, load_photo, read_encoded

SECONDS, MEBIBYTES, WORKERS = 10.0, 1024, 2
QUICK_SHARE = 0.1  # of the seconds; nearly every photo needs much less
SLOW_WORKERS, SLOW_NICE, SPARE = 2, 5, 1
START_SECONDS = 60.0  # that a process may take to start, which on a busy machine is no photo's fault
PIPE = 2**20  # bytes: the most that Linux lends without asking; with the usual 64 kB a photo takes 14 turns
GRACE = 1.0  # seconds after its limit in which a process ends by itself if its parent has not ended it
PACKAGE = Path(__file__).resolve().parent

if sys.platform == "linux":
    from fcntl import F_SETPIPE_SZ, fcntl

_DIED = "The photo could not be decoded: the process that did so ended, perhaps for lack of memory; try it again."
_BUSY = "Too many photos that take long are being decoded; try again in a minute, or save the photo smaller."


@dataclass(frozen=True)
class Lane:
    """Workers for photos of one kind.

    Attributes:
        workers: photos that are decoded at once.
        seconds: that one may take; then its process is ended.
        patience: seconds that a photo waits for a worker.
        nice: how far its processes step back behind others, 0 to 19.
        spare: processes more, so that one is ready when another had to be ended.
    """

    workers: int
    seconds: float
    patience: float
    nice: int = 0
    spare: int = 0


class Decoder:
    """Decodes photos in processes that cost the others nothing, whatever is in a file.

    A photo that a lane cannot finish in its time begins again in the next one. So files that are made to take long
    hold the first lane, where everybody else's photos are decoded, for a moment only.

    Args:
        lanes: their seconds together are the limit.
        mebibytes: of memory that a process may use (on Linux; elsewhere there is no limit).
    """

    def __init__(self, lanes: Sequence[Lane], mebibytes: int = MEBIBYTES) -> None:
        self._lanes = [_Workers(lane, mebibytes) for lane in lanes]
        self._seconds = sum(lane.seconds for lane in lanes)
        self._end = weakref.finalize(self, _close_all, [worker for lane in self._lanes for worker in lane.idle])

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
            with lane.one() as worker, suppress(_OverdueError):
                return worker.decode(data)
        raise PhotoError(
            f"The photo took longer than {self._seconds:g} s to decode; save it anew, for instance as JPEG, or smaller."
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
        raise ConfigError(f"{name} is {given[:60]!r}; accepted: a number from {least:g} to {most:,.0f}; correct it.")
    return value


class _OverdueError(Exception):
    """A photo took longer than its lane allows."""


class _Worker:
    """A process that decodes one photo after another, and the next process where that one has ended."""

    def __init__(self, lane: Lane, mebibytes: int) -> None:
        self._lane = lane
        own_end = lane.seconds + GRACE
        self._command = [sys.executable, "-m", "glamor.decode_worker", str(mebibytes), str(own_end), str(lane.nice)]
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self.fresh = True  # whether its process may still be starting
        self._change = threading.Lock()

    def start(self) -> subprocess.Popen[bytes]:
        """Return the running process, a new one if need be.

        Raises:
            EOFError: if this has been closed.
            OSError: if the machine has no room for another process.
        """
        with self._change:
            if self._closed:
                raise EOFError
            if self._process is None or self._process.poll() is not None:
                self._stop()
                self._process, self.fresh = self._started(), True
            return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        # What is imported here is imported there, too, but nothing from the folder that happens to be the current one.
        path = os.pathsep.join([str(PACKAGE.parent), *filter(None, sys.path)])
        settings = {"OMP_NUM_THREADS": "1", "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
        pipe, away = subprocess.PIPE, subprocess.DEVNULL
        process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=away, env=os.environ | settings)
        if sys.platform == "linux" and process.stdout is not None:
            with suppress(OSError):  # this user has had all that there is for pipes
                fcntl(process.stdout, F_SETPIPE_SZ, PIPE)
        return process

    def decode(self, data: bytes) -> Photo:
        """Return the pixels of a file.

        Raises:
            PhotoError: if it is refused, or the process ends.
            _OverdueError: if it takes longer than the lane allows.
        """
        overdue = threading.Event()
        try:
            process = self.start()
            if self.fresh:
                with _ended_after(START_SECONDS, process, threading.Event()):
                    _await_start(process)
                self.fresh = False
            with _ended_after(self._lane.seconds, process, overdue):
                photo, ends = _exchange(process, data)
        except (OSError, EOFError, ValueError) as error:  # (ValueError: its pipes were closed meanwhile)
            self._renew()
            if overdue.is_set():
                raise _OverdueError from error
            raise PhotoError(_DIED) from error
        if ends or overdue.is_set():
            self._renew()
        if isinstance(photo, str):
            raise PhotoError(photo)
        return photo

    def close(self) -> None:
        """End the process, and start no other."""
        with self._change:
            self._closed = True
            self._stop()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):  # what was still to be written goes nowhere
                    stream.close()

    def _renew(self) -> None:
        with self._change:
            self._stop()
        with suppress(OSError, EOFError):  # there is no room for one now; there may be when it is needed
            self.start()


class _Workers:
    """The workers of a lane: the one that was used last comes first, one whose process is starting comes last."""

    def __init__(self, lane: Lane, mebibytes: int) -> None:
        self.idle = deque(_Worker(lane, mebibytes) for _ in range(lane.workers + lane.spare))
        self._patience = lane.patience
        self._places = threading.Semaphore(lane.workers)

    @contextmanager
    def one(self) -> Iterator[_Worker]:
        """Lend a worker.

        Raises:
            PhotoError: if none is free in time.
        """
        if not self._places.acquire(timeout=self._patience):
            raise PhotoError(_BUSY)
        worker = self.idle.pop()
        try:
            yield worker
        finally:
            (self.idle.appendleft if worker.fresh else self.idle.append)(worker)
            self._places.release()


@contextmanager
def _ended_after(seconds: float, process: subprocess.Popen[bytes], overdue: threading.Event) -> Iterator[None]:
    def end() -> None:
        overdue.set()
        process.kill()

    clock = threading.Timer(seconds, end)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
        clock.join()


def _await_start(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    if read_exactly(process.stdout, len(READY)) != READY:
        raise EOFError


def _exchange(process: subprocess.Popen[bytes], data: bytes) -> tuple[Photo | str, bool]:
    """Have a photo decoded; return it, or the sentence that refuses it, and whether the process ends now."""
    assert process.stdin is not None
    assert isinstance(process.stdout, io.BufferedReader)
    process.stdin.write(REQUEST.pack(len(data)))
    process.stdin.write(data)
    process.stdin.flush()
    decoded, ends, height, width = ANSWER.unpack(read_exactly(process.stdout, ANSWER.size))
    if not decoded:
        return read_exactly(process.stdout, min(width, LONGEST_SENTENCE)).decode(errors="replace"), ends
    if height * width > MAX_PIXELS:
        raise EOFError("no worker of ours says that")
    photo = np.empty((height, width, 3), np.uint8)
    if process.stdout.readinto(photo.data.cast("B")) < photo.nbytes:
        raise EOFError
    return photo, ends


def _close_all(workers: Iterable[_Worker]) -> None:
    for worker in workers:
        worker.close()
