"""What long use leaves behind: ``python benchmarks/leaks.py [--predictions 2000] [--explanations 200]``.

The app's own answers to programs, from an encoded photo to numbers and pictures, are asked for again and again in this
process, by every method in turn. After a tenth of them everything is warm; from then on memory must stay flat to 5 %,
and nothing may be left behind. The exit status is 1 if it is not so.
"""

from __future__ import annotations

import argparse
import base64
import gc
import sys
import tempfile
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

import demo.cache
from demo.api import handlers as api
from demo.engine import Engine
from glamor.explain import METHODS
from glamor.model import GLAMORNet
from glamor.predictor import Predictor

FLAT = 0.05  # share by which memory may grow once everything is warm
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


@dataclass(frozen=True)
class Held:
    """What the process holds at one moment, all of it in counts."""

    open_files: int
    temporary_files: int
    figures: int
    hooks: int
    networks: int


def main() -> int:
    """Ask, count, and print the table; returns the exit status."""
    parser = argparse.ArgumentParser(description="What predictions and explanations leave behind.")
    parser.add_argument("--predictions", type=int, default=2000)
    parser.add_argument("--explanations", type=int, default=200)
    parser.add_argument("--checkpoint")
    arguments = parser.parse_args()
    from benchmarks.latency import one_face_photo

    with tempfile.TemporaryDirectory(prefix="glamor-leaks-") as folder:
        tempfile.tempdir = folder  # whatever is made for a moment is made there
        engine, photo, tenths = Engine(Predictor(arguments.checkpoint)), one_face_photo(), []
        ask(engine, photo, 1, len(METHODS))
        for _ in range(10):
            ask(engine, photo, arguments.predictions // 10, arguments.explanations // 10, report=print_progress)
            tenths.append((held(engine, Path(folder)), memory()))
        tempfile.tempdir = None
    print("\nmemory after each tenth, MiB:", *(f"{used / 2**20:.0f}" for _, used in tenths))
    return table(*tenths[0], *tenths[-1])


def table(first: Held, memory_first: int, last: Held, memory_last: int) -> int:
    """Print what was held first and last; returns 1 if it grew, else 0."""
    grown = memory_last / memory_first - 1
    print(f"{'':<18}{'warm':>8}{'end':>8}")
    for field, before, after in zip(fields(Held), astuple(first), astuple(last), strict=True):
        print(f"{field.name.replace('_', ' '):<18}{before:>8}{after:>8}{'' if after <= before else '   GREW'}")
    print(f"{'memory, MiB':<18}{memory_first / 2**20:>8.0f}{memory_last / 2**20:>8.0f}   {grown:+.1%}", end="")
    print("" if grown <= FLAT else "   GREW")
    return int(grown > FLAT or any(map(int.__gt__, astuple(last), astuple(first))))


def ask(
    engine: Engine, photo: bytes, predictions: int, explanations: int, report: Callable[[], None] | None = None
) -> None:
    """Answer as the app does.

    Args:
        engine: loaded weights.
        photo: encoded, with one face.
        predictions: how many answers of ``/predict``.
        explanations: how many of ``/explain``, by one method after another.
        report: called after each answer.
    """
    payload = {"path": None, "url": f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}"}
    names = list(METHODS)
    for i in range(predictions + explanations):
        if i < predictions:
            api.predict(engine, payload, None)
        else:
            method = names[(i - predictions) % len(names)]
            api.explain(engine, payload, method, None, None, None, 0.7)
        if report is not None:
            report()


def held(engine: Engine, folder: Path) -> Held:
    """Count what is held, once what nobody holds any more is gone.

    Args:
        engine: whose network may have hooks.
        folder: where temporary files are made.
    """
    from matplotlib.figure import Figure

    gc.collect()
    alive = gc.get_objects()  # (asked for their type only: isinstance wakes lazy objects of other libraries)
    made = (path for place in (folder, demo.cache.FOLDER) for path in place.rglob("*"))
    return Held(
        open_files=psutil.Process().num_fds(),
        temporary_files=sum(1 for _ in made),
        figures=sum(issubclass(type(thing), Figure) for thing in alive),
        hooks=sum(len(vars(module)[name]) for module in engine.predictor.model.modules() for name in HOOKS),
        networks=sum(issubclass(type(thing), GLAMORNet) for thing in alive),
    )


def memory() -> int:
    """Return the bytes of this process in memory."""
    return int(psutil.Process().memory_info().rss)


def print_progress() -> None:
    """Show that it goes on."""
    print(".", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
