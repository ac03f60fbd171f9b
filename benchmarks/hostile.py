"""Visitors beside hostile files: ``python benchmarks/hostile.py [--seconds 600] [--visitors 16]``.

Starts the app on the loopback network. One visitor asks ``/predict`` about different photos, alone, and then while
files that are built to keep a decoder busy are sent one after another; what must hold is that half of the answers, and
95 %, take at most four times as long. Then many visitors ask for ten minutes while three such files a minute are sent:
no answer may be another than the photo had at first, none an error, and the memory is flat. The exit status says so.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.load import write_photos
from benchmarks.program import BusyError, Program, RefusedError
from tests.fuzz import built
from tests.live_app import start, stop

MIB = 2**20
ALONE_SECONDS = 60.0  # of each of the first two rows
EVERY = 20.0  # seconds between two hostile files in the long row
MOST_TIMES = 4.0
FLAT = 0.1  # of the app's memory: how far the end may be above the middle
# What is refused at once, what is read slowly, and what takes as long or as much memory as is allowed.
HOSTILE: dict[str, tuple[built.Builder, int]] = {
    "gif": (built.gif_comment, 8 * MIB),
    "endless.bmp": (built.bmp_runs, 60 * MIB),
    "fill.jpg": (built.jpeg_fill, 16 * MIB),
    "scans.jpg": (built.jpeg_scans, 5_000),
    "large.jpg": (built.jpeg_nearly_empty, 0),
    "exif.jpg": (built.jpeg_exif, 16 * MIB),
    "chunks.png": (built.png_chunks, 60 * MIB),
    "exif.png": (built.png_exif, MIB),
    "tags.tif": (built.tiff_overlap, MIB),
    "tiles.tif": (built.tiff_tiles, 16 * MIB),
    "frames.webp": (built.webp_frames, 16 * MIB),
}


@dataclass
class Told:
    """What visitors met: ``seconds`` of every answer, ``errors`` and wrong answers in words, the app's ``memory``."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    hostile: int = 0

    def quantile(self, share: float) -> float:
        """Return how many milliseconds this share of the answers took at most; nan if there were none."""
        return 1000 * float(np.quantile(self.seconds, share)) if self.seconds else float("nan")


def main() -> int:
    """Serve them and print the table; returns the exit status."""
    parser = argparse.ArgumentParser(description="Visitors beside hostile files.")
    parser.add_argument("--seconds", type=float, default=600, help="of the long row")
    parser.add_argument("--visitors", type=int, default=16, help="in the long row")
    parser.add_argument("--checkpoint", default="")
    arguments = parser.parse_args()
    app, process = start("app.py", *(("--checkpoint", arguments.checkpoint) if arguments.checkpoint else ()))
    try:
        with tempfile.TemporaryDirectory() as folder:
            photos, files = write_photos(Path(folder)), write_hostile(Path(folder))
            with Program(app.url) as program:
                expected = {path: program.ask("predict", path)[0] for path in photos}
            begin = ALONE_SECONDS if arguments.seconds > ALONE_SECONDS else arguments.seconds
            alone = session(app.url, expected, 1, begin, process.pid)
            with sent(app.url, files, 0) as strangers:
                beside = session(app.url, expected, 1, begin, process.pid)
            with sent(app.url, files, EVERY) as more:
                many = session(app.url, expected, arguments.visitors, arguments.seconds, process.pid)
            beside.hostile, many.hostile = strangers.hostile, more.hostile
    finally:
        stop(app, process)
    rows = {"1, alone": alone, "1, hostile files": beside, f"{arguments.visitors}, hostile files": many}
    print(f"{'visitors':<22}{'served':>8}{'p50, ms':>9}{'p95, ms':>9}{'hostile':>9}{'errors':>8}")
    for name, served in rows.items():
        waits = "".join(f"{served.quantile(share):>9.0f}" for share in (0.5, 0.95))
        print(f"{name:<22}{len(served.seconds):>8}{waits}{served.hostile:>9}{len(served.errors):>8}")
    times = max(beside.quantile(share) / alone.quantile(share) for share in (0.5, 0.95))
    middle, last = (float(np.median(part)) for part in np.array_split(many.memory, 2))
    print(f"while hostile files are decoded: {times:.1f} times as long as alone (at most {MOST_TIMES:g})")
    print(
        f"memory of the app and its processes: {middle / MIB:.0f} MiB in the first half, {last / MIB:.0f} in the second"
    )
    failed = list(dict.fromkeys(words for served in (*rows.values(), strangers, more) for words in served.errors))
    print(*failed, sep="\n", end="")
    return int(bool(failed) or times > MOST_TIMES or last > (1 + FLAT) * middle)


def write_hostile(folder: Path) -> list[Path]:
    """Write the hostile files."""
    for name, (builder, count) in HOSTILE.items():
        (folder / name).write_bytes(builder(count, np.random.default_rng(4)))
    return [folder / name for name in HOSTILE]


def session(url: str, expected: dict[Path, Any], count: int, seconds: float, pid: int) -> Told:
    """Have visitors ask until the time is over, each again as soon as it is answered; note the app's memory."""
    told, end = Told(), time.monotonic() + seconds
    threads = [threading.Thread(target=ask, args=(url, expected, n, end, told)) for n in range(count)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        told.memory.append(memory(pid))
        time.sleep(1)
    return told


def ask(url: str, expected: dict[Path, Any], first: int, end: float, told: Told) -> None:
    """Be one visitor, and note what is met."""
    with Program(url) as program:
        for path in itertools.islice(itertools.cycle(expected), first, None):
            if time.monotonic() > end:
                return
            begin = time.perf_counter()
            try:
                answer = program.ask("predict", path)[0]
            except (BusyError, RefusedError, httpx.HTTPError) as error:
                told.errors.append(f"{type(error).__name__}: {error}")
                continue
            told.seconds.append(time.perf_counter() - begin)
            if not same(answer, expected[path]):
                told.errors.append(f"a wrong answer about {path.name}")


def same(answer: Any, expected: Any) -> bool:
    """Return whether two answers say the same, to the last digits that threads may round otherwise."""
    if isinstance(expected, dict):
        return answer.keys() == expected.keys() and all(same(answer[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(answer) == len(expected) and all(map(same, answer, expected))
    return bool(abs(answer - expected) < 1e-4) if isinstance(expected, float) else bool(answer == expected)


@contextmanager
def sent(url: str, files: list[Path], every: float) -> Iterator[Told]:
    """Send hostile files meanwhile, one so many seconds after another began; 0: when that has been answered."""
    told, over = Told(), threading.Event()

    def send(path: Path) -> None:
        try:
            with Program(url) as program:
                program.ask("predict", path)
        except (RefusedError, BusyError):
            pass  # in a sentence, as it must be
        except httpx.HTTPError as error:
            told.errors.append(f"{path.name}: {type(error).__name__}: {error}")
        told.hostile += 1

    begun: list[threading.Thread] = []

    def begin(path: Path) -> None:
        begun.append(threading.Thread(target=send, args=(path,)))
        begun[-1].start()

    how: Callable[[Path], None] = begin if every else send

    def run() -> None:
        for path in itertools.cycle(files):
            how(path)
            if over.wait(every):
                return

    stranger = threading.Thread(target=run)
    stranger.start()
    try:
        yield told
    finally:
        over.set()
        for thread in (stranger, *begun):
            thread.join()


def memory(pid: int) -> int:
    """Return the bytes that the app and the processes that it has started have in memory."""
    total, app = 0, psutil.Process(pid)
    for process in (app, *app.children()):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:  # it was ended this moment
            continue
    return total


if __name__ == "__main__":
    sys.exit(main())
