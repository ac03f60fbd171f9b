"""Answers that wait in memory for somebody who does not come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.memory import Remembered, crowded_out, weight

SAMPLE = 12  # rows of a map of which the weight is told: there may be hundreds of answers


@dataclass(frozen=True)
class _Seen:
    last: tuple[int, int]
    since: float
    weight: int


class Unfetched:
    """Knows how long answers have been waiting.

    Args:
        age: seconds that one may wait.
        most: bytes that all together may take.
    """

    def __init__(self, age: float, most: int) -> None:
        self._age, self._most = age, most
        self._seen: dict[str, _Seen] = {}

    def overdue(self, waiting: Mapping[str, Sequence[Any]], now: float) -> list[str]:
        """Return the names of those whose answers are to be thrown away.

        Args:
            waiting: by whom they wait for, what has not been fetched, in order; nobody's is empty.
            now: seconds, on any clock.
        """
        self._seen = {name: self._look(self._seen.get(name), answers, now) for name, answers in waiting.items()}
        old = [name for name, seen in self._seen.items() if now - seen.since >= self._age]
        young = [Remembered(name, seen.weight, seen.since) for name, seen in self._seen.items() if name not in old]
        return old + list(crowded_out(young, self._most))

    def _look(self, before: _Seen | None, answers: Sequence[Any], now: float) -> _Seen:
        last = (len(answers), id(answers[-1]))
        if before is not None and before.last == last:
            return before
        return _Seen(last, now, weight([getattr(answer, "output", None) for answer in answers], sample=SAMPLE))
