"""How long a visitor waits in the lab: ``python benchmarks/lab.py [--repeats N] [--checkpoint SOURCE]``.

The 640x480 photo with one face of ``latency.py`` is analysed, then each kind of work is asked for as the page or the
API asks for it: the same handlers, with the pictures drawn and encoded; only the browser and its connection are left
out.
Quick work is the median of N, slow work is done once. Beside each stands how long it may take, and its floor: the
operations that it does, in forward passes of one person, at the rate at which this machine multiplies matrices.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.latency import forward_operations, machine, matrix_rate, median_seconds, one_face_photo, operations
from demo.analyse import handlers
from demo.engine import Engine
from demo.trust import handlers as trust
from demo.visits import Session
from glamor.explain.trust import DEFAULT_METHODS
from glamor.explain.what_if import InterventionState, Setting
from glamor.predictor import Predictor

OPACITY = 0.6
Work = Callable[[], object]


@dataclass(frozen=True)
class Line:
    """One kind of work; ``quick`` work is repeated, ``bar`` is the longest that it may take in seconds."""

    name: str
    bar: float
    quick: bool
    work: Work


def main() -> None:
    """Measure each kind of work and print it beside its bar and its floor."""
    parser = argparse.ArgumentParser(description="Seconds that a visitor waits in the lab, beside bar and floor.")
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--checkpoint")
    arguments = parser.parse_args()

    engine = Engine(Predictor(arguments.checkpoint))
    forward, rate = forward_operations(engine.predictor), matrix_rate(engine.predictor.checkpoint.device)
    print(f"{machine(engine.predictor.checkpoint.device)}; quick work: median of {arguments.repeats}")
    print(f"{'':<22}{'took':>9}{'bar':>9}{'floor':>10}")
    for line in lines(engine):
        seconds = median_seconds(line.work, arguments.repeats) if line.quick else once(line.work)
        done = operations(line.work)
        verdict = "" if seconds <= line.bar else "  too slow"
        print(f"{line.name:<22}{seconds:7.3f} s{line.bar:7.1f} s{done / rate:8.4f} s", end="")
        print(f"   ({done / forward:.2f} forward passes){verdict}")


def lines(engine: Engine) -> tuple[Line, ...]:
    """Return all that is measured, on one session; slow work knows no map from before."""
    session = Session()
    handlers.analyse(engine, session, one_face_photo(), "integrated_gradients", OPACITY)
    if session.analysis is None or session.analysis.selection is None:
        raise SystemExit("No face was found in the photo: these weights or this detector cannot be measured with it.")
    state = InterventionState(session.analysis.selection.prediction)
    places = cycle(np.linspace(0, 1, 21).tolist())
    cells = cycle((row, column) for row in range(6) for column in range(7))
    return (
        Line("integrated gradients", 3.0, False, lambda: integrated_gradients(engine, session)),
        Line("trust panel", 30.0, False, lambda: full_trust(engine, session)),
        Line("another weight", 0.3, True, lambda: engine.what_if(state, Setting(w_face=next(places)))),
        Line("a cell removed", 0.3, True, lambda: engine.what_if(state, Setting(removed=frozenset({next(cells)})))),
    )


def integrated_gradients(engine: Engine, session: Session) -> None:
    """Fill the lens of the tab Analyse with what moved the answer."""
    session.maps.clear()
    send(handlers.explain(engine, session, OPACITY))
    if not session.maps:
        raise SystemExit("No map was made, so its time says nothing.")


def full_trust(engine: Engine, session: Session) -> None:
    """Press the button of the tab Trust, with the maps that it offers first."""
    session.maps.clear()
    session.checks.clear()
    trust.start(session, DEFAULT_METHODS)
    send(trust.work(engine, session))
    if not session.checks:
        raise SystemExit("The checks failed, so their time says nothing.")


def send(values: Iterable[object]) -> None:
    """Encode the pictures among a handler's values, as is done before they are sent."""
    for value in values:
        picture = value.get("value") if isinstance(value, dict) else None
        if isinstance(picture, np.ndarray):
            Image.fromarray(picture).save(io.BytesIO(), format="png")


def once(work: Work) -> float:
    """Return the seconds that ``work`` takes the first time."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
