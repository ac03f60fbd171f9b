"""One progress bar for a computation of several parts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

Progress = Callable[[float], None]  # called with the fraction done, from 0 to 1; what it raises cancels


def ignore(done: float) -> None:
    """Report nothing."""


def part(report: Progress, start: float, end: float) -> Progress:
    """Return a report from 0 to 1 that moves ``report`` from ``start`` to ``end``."""
    return lambda done: report(start + done * (end - start))


def parts(report: Progress, costs: tuple[float, ...]) -> tuple[Progress, ...]:
    """Divide a report among parts in proportion to what they cost."""
    total, ends = sum(costs), [0.0]
    for cost in costs:
        ends.append(ends[-1] + cost / total)
    return tuple(part(report, start, end) for start, end in pairwise(ends))


def rising(report: Progress) -> Progress:
    """Return a report that never falls back: what is told to have been done stays done."""
    highest = 0.0

    def told(done: float) -> None:
        nonlocal highest
        highest = max(highest, done)
        report(highest)

    return told
