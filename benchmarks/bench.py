"""Every figure of the README's table of speed: ``python benchmarks/bench.py [--repeats 30] [--checkpoint SOURCE]``.

On one 640x480 photo with one face: each stage of an answer, each method of explaining, the page's pictures, and whole
calls of a running app over HTTP. Beside each stands its floor, the time in which this machine could do the same
operations at the rate at which it multiplies large matrices, and move the same bytes at the rate at which it copies
large arrays. Writes ``benchmarks/results.json`` and the table in the README, and prints it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.latency import forward_operations, matrix_rate, median_seconds, one_face_photo, operations, stages
from benchmarks.program import Program
from demo import pictures
from demo.kept import on_screen
from glamor.explain import METHODS, explain
from glamor.fused import fuse_batchnorm
from glamor.photo import load_photo
from glamor.predictor import Predictor, run_batch
from tests.live_app import LiveApp, start, stop

RESULTS = Path(__file__).resolve().parent / "results.json"
README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- speed: written by make bench -->", "<!-- end of speed -->"
BATCH = 16
COPIED = 2**26  # bytes of the array whose copying gives the rate
FEW = 3  # repeats of what takes seconds


@dataclass(frozen=True)
class Work:
    """Something to time, with the operations and the bytes that it cannot do without."""

    name: str
    call: Callable[[], object]
    operations: int = 0
    moved: int = 0
    slow: bool = False


@dataclass(frozen=True)
class Row:
    """What was measured; ``ratio`` is time over floor, None where no floor is known."""

    name: str
    ms: float
    floor_ms: float
    ratio: float | None


def main() -> None:
    """Measure everything, write it down and print the table."""
    parser = argparse.ArgumentParser(description="Time of everything beside its floor.")
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--checkpoint", default="")
    arguments = parser.parse_args()
    predictor, jpeg = Predictor(arguments.checkpoint or None), one_face_photo()
    device = predictor.checkpoint.device
    timed, rates = [], [matrix_rate(device)]
    for work in chain(local(predictor, jpeg), served(predictor, jpeg, arguments.checkpoint)):
        repeats = FEW if work.slow else arguments.repeats
        timed.append((work, median_seconds(work.call, repeats, warm_up=1 if work.slow else 5)))
        rates.append(matrix_rate(device))
        print(f"{work.name}: {1000 * timed[-1][1]:.1f} ms", file=sys.stderr)
    # The median of all moments: the machine may be slower at one than at another.
    operations_rate, bytes_rate = float(np.median(rates)), copy_rate()
    rows = []
    for work, seconds in timed:
        floor = work.operations / operations_rate + work.moved / bytes_rate
        ratio = round(seconds / floor, 2) if floor else None
        rows.append(Row(work.name, round(1000 * seconds, 2), round(1000 * floor, 3), ratio))
    machine = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "torch": torch.__version__,
        "device": str(device),
        "threads": torch.get_num_threads(),
        "gflops": round(operations_rate / 1e9, 1),
        "copied_gb_per_s": round(bytes_rate / 1e9, 2),
    }
    RESULTS.write_text(json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")
    shown = table(machine, rows)
    write_table(README, shown)
    print(shown)


def local(predictor: Predictor, jpeg: bytes) -> Iterator[Work]:
    """Yield what happens inside one process.

    Args:
        predictor: loaded weights.
        jpeg: a photo with one face.
    """
    photo, forward_cost = load_photo(jpeg), forward_operations(predictor)
    (prediction,) = predictor.predict(jpeg)
    prepared = prediction.prepared
    inputs = prepared.face.nbytes + prepared.context.nbytes
    parts = stages(jpeg, predictor)
    yield Work("decode", parts["decode"], moved=photo.nbytes)
    yield Work("decode, in a process of its own", parts["decode, apart"], moved=3 * photo.nbytes)
    yield Work("detection", parts["detection"], moved=photo.nbytes)
    yield Work("preparation", parts["preparation"], moved=photo.nbytes + inputs)
    yield Work("forward, 1 face", parts["forward"], forward_cost)
    model = fuse_batchnorm(predictor.model)  # the one that answers
    batch = [prepared] * BATCH
    yield Work(f"forward, {BATCH} faces", lambda: run_batch(model, batch).logits.tolist(), BATCH * forward_cost)
    yield Work("whole prediction", parts["whole predict"], forward_cost, 3 * photo.nbytes + inputs)
    for key, method in METHODS.items():

        def run(key: str = key) -> object:
            return explain(predictor.model, prepared, key)

        yield Work(f"explanation: {method.name}", run, operations(run), slow=True)
    explanation = explain(predictor.model, prepared, "integrated_gradients")

    def draw() -> list[pictures.Picture]:
        return [
            pictures.numbered_photo(on_screen(photo), (prediction,), 0),
            pictures.looked_at(prediction, 0.7),
            pictures.looked(on_screen(photo), prediction, 0.7),
            pictures.moved(prediction, explanation, 0.7),
        ]

    yield Work("four pictures of a face", draw, moved=sum(picture.nbytes for picture in draw()))


def served(predictor: Predictor, jpeg: bytes, checkpoint: str) -> Iterator[Work]:
    """Yield whole calls of an app that is started for them: photo sent, answer read, pictures fetched."""
    forward_cost, (prediction,) = forward_operations(predictor), predictor.predict(jpeg)
    moved = 3 * load_photo(jpeg).nbytes
    apps: list[tuple[LiveApp, subprocess.Popen[bytes]]] = []
    command = ("app.py", *(("--checkpoint", checkpoint) if checkpoint else ()))
    try:
        yield Work("page ready after python app.py", lambda: apps.append(start(*command)), slow=True)
        while len(apps) > 1:
            stop(*apps.pop())
        ((app, _),) = apps
        with tempfile.TemporaryDirectory() as folder, Program(app.url) as program:
            path = Path(folder) / "photo.jpg"
            path.write_bytes(jpeg)
            yield Work("/predict over HTTP", partial(program.ask, "predict", path), forward_cost, moved)
            for key in ("grad_cam", "integrated_gradients"):
                needed = forward_cost + operations(partial(explain, predictor.model, prediction.prepared, key))
                call = partial(program.ask, "explain", path, key)
                yield Work(f"/explain over HTTP: {METHODS[key].name}", call, needed, moved, slow=True)
    finally:
        for one_app in apps:
            stop(*one_app)


def copy_rate() -> float:
    """Return the bytes a second at which a large array is copied."""
    source = np.ones(COPIED, np.uint8)
    target = np.empty_like(source)
    return COPIED / median_seconds(lambda: np.copyto(target, source), repeats=9)


def processor() -> str:
    """Return the processor's name as far as the system tells it."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", told.read_text()) if told.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def table(machine: Mapping[str, object], rows: list[Row]) -> str:
    """Return the README's table with the machine named above it."""
    lines = [
        f"{machine['processor']}, {machine['cores']} cores, torch {machine['torch']} on {machine['device']}; "
        f"floors at {machine['gflops']} GFLOP/s (matrix product) and {machine['copied_gb_per_s']} GB/s (copy):",
        "",
        "| on a 640×480 photo with one face | ms | floor, ms | ratio |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {row.name} | {row.ms:,.1f} | {_beside(row)} |" for row in rows),
    ]
    return "\n".join(lines)


def _beside(row: Row) -> str:
    return "– | –" if row.ratio is None else f"{row.floor_ms:,.2f} | {row.ratio:,.1f}"


def write_table(path: Path, shown: str, begin: str = BEGIN, end: str = END) -> None:
    """Put a table between its two marks.

    Raises:
        ValueError: if the marks are not there.
    """
    before, found, rest = path.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{path.name} has no place for the table: put {begin} and {end} where it belongs.")
    path.write_text(f"{before}{begin}\n\n{shown}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
