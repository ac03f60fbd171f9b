"""Photos a second, with memory: ``python benchmarks/throughput.py [--photos 500] [--checkpoint SOURCE] [--no-ray]``.

The same generated folder is analysed by one process on one core, by worker processes on 2, 4... up to all cores, and by
Ray on all of them. Each runs in a process of its own that may use these cores alone. The rate is that of the last four
fifths of the photos, when every process has started. Below stands what one pass of the network for many faces gains.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script from anywhere

BATCH = 16
FACES = 128  # of the comparison of one pass for many faces with one for each
RAY = "ray"


def main() -> None:
    """Measure every setup and print the table."""
    parser = argparse.ArgumentParser(description="Photos a second for one process, all cores and Ray.")
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--checkpoint")
    parser.add_argument("--no-ray", action="store_true")
    parser.add_argument("--setup", help=argparse.SUPPRESS)  # how this script calls itself
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.setup:
        print(json.dumps(measure(arguments.setup, arguments.folder, arguments.checkpoint)))
        return
    with tempfile.TemporaryDirectory() as folder:
        table(arguments, Path(folder))


def table(arguments: argparse.Namespace, folder: Path) -> None:
    """Write the photos, run every setup on them, and print a line for each."""
    from benchmarks.many_photos import make_folder

    make_folder(folder, arguments.photos, broken=0)
    cores = os.cpu_count() or 1
    print(f"{platform.machine()}, {cores} cores, {arguments.photos} photos")
    print(f"{'setup':<26}{'photos/s':>10}{'per core':>10}{'memory':>10}   {'where the time went'}")
    alone = 0.0
    for setup in [*map(str, _steps(cores)), *([] if arguments.no_ray else [RAY])]:
        found = _in_own_process(setup, folder, arguments.checkpoint)
        used = cores if setup == RAY else int(setup)
        alone = alone or found["rate"]
        words = (
            "Ray, all cores" if setup == RAY else "1 process, 1 core" if used == 1 else f"{used} workers, {used} cores"
        )
        share = found["rate"] / alone / used
        print(f"{words:<26}{found['rate']:>10.1f}{share:>10.2f}{found['memory'] / 2**20:>7,.0f} MB   {found['told']}")
    single, many = _in_own_process("batch", folder, arguments.checkpoint)["faces"]
    print(
        f"the network alone: {single:.0f} faces/s one at a time, {many:.0f} in batches of {BATCH}: "
        f"{many / single:.2f} times"
    )


def measure(setup: str, folder: Path, checkpoint: str | None) -> dict[str, Any]:
    """Run one setup in this process.

    Args:
        setup: how many cores, ``"ray"``, or ``"batch"``.
        folder: of the photos.
        checkpoint: source of the weights.

    Returns:
        ``rate`` in photos a second, ``memory`` in bytes at its peak (this process and its workers), and ``told``
        where the time went; for ``"batch"``: ``faces`` a second, one at a time and in batches.
    """
    cores = int(setup) if setup.isdigit() else os.cpu_count() or 1
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(cores))

    import torch

    from glamor.many.run import Clock, analyse
    from glamor.many.sources import open_sources
    from glamor.predictor import Predictor

    torch.set_num_threads(cores)
    predictor, clock = Predictor(checkpoint), Clock()
    if setup == "batch":
        return {"faces": _faces_a_second(predictor, folder)}
    items = [item for source in open_sources([str(folder)]) for item in source.items(())]
    workers = 0 if cores == 1 else cores
    if setup == RAY:
        from glamor.many.on_ray import analyse_on_ray

        results = analyse_on_ray(items, predictor.checkpoint, batch=BATCH)
    else:
        config, sha256 = predictor.config, predictor.checkpoint.sha256
        network = predictor.predict_prepared
        results = analyse(items, network, config, sha256, workers=workers, batch=BATCH, clock=clock)
    times = []
    with _peak_memory() as peak:
        for _ in results:
            times.append(time.perf_counter())
    fifth = len(times) // 5
    rate = (len(times) - 1 - fifth) / (times[-1] - times[fifth])
    return {"rate": rate, "memory": peak[0], "told": "" if setup == RAY else clock.bottleneck(workers)}


def _faces_a_second(predictor: Any, folder: Path) -> tuple[float, float]:
    from glamor.photo import load_photo
    from glamor.prepare import prepare, square_box

    prepared = []
    for path in sorted(folder.rglob("*.jpg")):
        photo = load_photo(path)
        boxes = [square_box(face.box_xyxy, predictor.config.face_crop_scale) for face in predictor.detect(photo)]
        prepared += [(prepare(photo, box, predictor.config), box, None) for box in boxes]
        if len(prepared) >= FACES:
            break
    return _rate(predictor, prepared, 1), _rate(predictor, prepared, BATCH)


def _rate(predictor: Any, prepared: list[Any], batch: int) -> float:
    for warm in (True, False):
        start = time.perf_counter()
        for first in range(0, len(prepared) // (4 if warm else 1), batch):
            predictor.predict_prepared(*zip(*prepared[first : first + batch], strict=True))
    return len(prepared) / (time.perf_counter() - start)


@contextmanager
def _peak_memory() -> Iterator[list[int]]:
    """Yield a list whose one number is the most that this process and those under it had to themselves."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.3):
            processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
            peak[0] = max(peak[0], sum(map(_own_memory, processes)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _own_memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:  # it ended while it was being looked at
        return 0


def _steps(cores: int) -> list[int]:
    """Return 1, 2, 4... and the number of cores."""
    steps = [2**n for n in range(cores.bit_length()) if 2**n < cores]
    return [*steps, cores]


def _in_own_process(setup: str, folder: Path, checkpoint: str | None) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__)), "--setup", setup, "--folder", str(folder)]
    done = subprocess.run(
        [*command, *(["--checkpoint", checkpoint] if checkpoint else [])], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
