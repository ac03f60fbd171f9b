"""Many visitors at once: ``python benchmarks/load.py [--seconds 20] [--visitors 1 4 16 64] [--checkpoint SOURCE]``.

With ``--large`` as many visitors of the page as the last number says each add a photo of 40 megapixels and stay; then
the exit status is 1 as well if the app ever took more than 2 GB.

Starts the app on the loopback network and has visitors ask ``/predict`` about different photos, each again as soon as
it is answered; then one of them while two others run Integrated Gradients. Prints how many were served, how long they
waited, what failed, and the app's memory before and after. The exit status is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import psutil
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.many_photos import load_portraits, make_photo
from benchmarks.program import BusyError, Program, RefusedError
from tests.live_app import start, stop
from tests.visitor import Visitor

PHOTOS = 40
LONGEST = 1280  # pixels of their longer sides
HEAVY = 2
LARGE_HW, MOST_MEMORY = (5480, 7300), 2 * 10**9  # pixels; bytes


@dataclass
class Told:
    """What visitors met; ``seconds`` of every answer, ``errors`` in words."""

    seconds: list[float] = field(default_factory=list)
    busy: int = 0
    errors: list[str] = field(default_factory=list)


def main() -> int:
    """Serve them and print the table; returns the exit status."""
    parser = argparse.ArgumentParser(description="Many visitors at once.")
    parser.add_argument("--seconds", type=float, default=20, help="of each row")
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--checkpoint", default="")
    parser.add_argument("--large", action="store_true", help="photos of 40 megapixels that are remembered")
    arguments = parser.parse_args()
    chosen = ("--checkpoint", arguments.checkpoint) if arguments.checkpoint else ()
    most = str(max(arguments.visitors))  # all of them call from this machine's address
    app, process = start("app.py", *chosen, GLAMOR_MAX_VISITS_PER_ADDRESS=most, GLAMOR_MAX_ARRIVING_PER_ADDRESS=most)
    try:
        if arguments.large:
            return large(app.url, process.pid, arguments.visitors[-1])
        with tempfile.TemporaryDirectory() as folder:
            photos = write_photos(Path(folder))
            session(app.url, photos, 1, 3)  # warm
            before, told = memory(process.pid), {}
            for count in arguments.visitors:
                told[f"{count}"] = session(app.url, photos, count, arguments.seconds)
            idle = session(app.url, photos, 1, arguments.seconds)
            told[f"1, {HEAVY} explain"] = session(app.url, photos, 1, arguments.seconds, heavy=HEAVY)
            after = memory(process.pid)
    finally:
        stop(app, process)
    print(f"{'visitors':<16}{'served':>8}{'p50, ms':>9}{'p95, ms':>9}{'p99, ms':>9}{'busy':>6}{'errors':>8}")
    for name, tally in told.items():
        waits = "".join(f"{1000 * value:>9.0f}" for value in quantiles(tally, 50, 95, 99))
        print(f"{name:<16}{len(tally.seconds):>8}{waits}{tally.busy:>6}{len(tally.errors):>8}")
    (loaded,), (alone,) = quantiles(told[f"1, {HEAVY} explain"], 95), quantiles(idle, 95)
    print(f"p95 while {HEAVY} run Integrated Gradients: {loaded / alone:.1f} times the idle one")
    print(f"memory of the app: {before / 2**20:.0f} MiB before, {after / 2**20:.0f} MiB after")
    failed = [words for tally in told.values() for words in tally.errors]
    print(*dict.fromkeys(failed), sep="\n", end="")
    return int(bool(failed))


def large(url: str, pid: int, count: int) -> int:
    """Have visitors add a large photo each and stay, and print what memory that takes; returns the exit status."""
    peak, done = [all_memory(pid)], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], all_memory(pid))

    before, watcher = peak[0], threading.Thread(target=watch)
    watcher.start()
    try:
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(4) as pool:
            visitors = list(pool.map(lambda number: add_large(url, Path(folder), number), range(count)))
            after = all_memory(pid)
            remembered = sum(pool.map(is_remembered, visitors))
    finally:
        done.set()
        watcher.join()
    print(f"{count} visitors with {np.prod(LARGE_HW) / 1e6:.0f} megapixels each, {remembered} of them remembered")
    print(f"memory of the app: {before / 1e6:.0f} MB before, {after / 1e6:.0f} after, {peak[0] / 1e6:.0f} at most")
    return int(peak[0] > MOST_MEMORY)


def add_large(url: str, folder: Path, number: int) -> Visitor:
    """Begin a visit and add a photo like nobody else's."""
    path = folder / f"{number}.jpg"
    photo = make_photo(load_portraits(), number, np.random.default_rng(number), LONGEST)
    Image.fromarray(photo).resize(LARGE_HW[::-1]).save(path, quality=85)
    visitor = Visitor(url)
    visitor.open()
    visitor.act(visitor.event("photo", "input"), None, visitor.upload(path), "grad_cam", 0.7)
    path.unlink()
    return visitor


def is_remembered(visitor: Visitor) -> bool:
    """Whether a visitor can still move the slider."""
    return bool(visitor.hear(visitor.start(visitor.event("opacity", "input"), None, 0.3))["success"])


def write_photos(folder: Path) -> list[Path]:
    """Write different photos, most of them with a face."""
    rng, portraits = np.random.default_rng(5), load_portraits()
    paths = [folder / f"{n}.jpg" for n in range(PHOTOS)]
    for n, path in enumerate(paths):
        Image.fromarray(make_photo(portraits, n, rng, LONGEST)).save(path, quality=90)
    return paths


def session(url: str, photos: list[Path], count: int, seconds: float, heavy: int = 0) -> Told:
    """Have visitors ask until the time is over.

    Args:
        url: of the app.
        photos: what they ask about; each begins with another.
        count: how many ask ``/predict``.
        seconds: for how long; what was asked by then is waited for.
        heavy: how many more ask for Integrated Gradients all the time, and are not counted, but for their errors.
    """
    told, aside = Told(), Told()
    end = time.monotonic() + seconds
    asked = [("predict", told)] * count + [("explain", aside)] * heavy
    threads = [threading.Thread(target=ask, args=(url, photos, n, end, *wish)) for n, wish in enumerate(asked)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.errors += aside.errors
    return told


def ask(url: str, photos: list[Path], first: int, end: float, name: str, told: Told) -> None:
    """Be one visitor, and note what is met."""
    more = ("integrated_gradients",) if name == "explain" else ()
    n = first
    with Program(url) as program:
        while time.monotonic() < end:
            # Photos 9, 19, 29... show nobody, which is an answer of /predict but not of /explain.
            n += 2 if (n + 1) % 10 == 9 else 1
            begin = time.perf_counter()
            try:
                program.ask(name, photos[n % len(photos)], *more)
                told.seconds.append(time.perf_counter() - begin)
            except BusyError:
                told.busy += 1
                time.sleep(1)
            except (RefusedError, httpx.HTTPError) as error:
                told.errors.append(f"{type(error).__name__}: {error}")


def quantiles(told: Told, *percents: int) -> list[float]:
    """Return how many seconds so many per cent of the answers took at most; nan if there were none."""
    return [float(np.percentile(told.seconds, percent)) if told.seconds else float("nan") for percent in percents]


def memory(pid: int) -> int:
    """Return the bytes of a process in memory."""
    return int(psutil.Process(pid).memory_info().rss)


def all_memory(pid: int) -> int:
    """Return the bytes of a process and all that it started, what they share counted once."""
    app, total = psutil.Process(pid), 0
    for process in (app, *app.children(recursive=True)):
        with suppress(psutil.Error):  # a worker that ended just now
            total += process.memory_full_info().pss
    return total


if __name__ == "__main__":
    sys.exit(main())
