"""The processes that decode for :mod:`glamor.decoding`: lent, watched, ended and replaced."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from glamor.decode_worker import ANSWER, LONGEST_SENTENCE, READY, REQUEST, read_exactly
from glamor.errors import PhotoError
from glamor.photo import MAX_PIXELS, Photo

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


class OverdueError(Exception):
    """A photo took longer than its lane allows."""


class Worker:
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
            OverdueError: if it takes longer than the lane allows.
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
                raise OverdueError from error
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


class Workers:
    """The workers of a lane: the one that was used last comes first, one whose process is starting comes last."""

    def __init__(self, lane: Lane, mebibytes: int) -> None:
        self.idle = deque(Worker(lane, mebibytes) for _ in range(lane.workers + lane.spare))
        self._patience = lane.patience
        self._places = threading.Semaphore(lane.workers)

    @contextmanager
    def one(self) -> Iterator[Worker]:
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
