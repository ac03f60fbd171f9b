"""What is being computed right now: a process that ends under running torch threads is aborted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from demo import words
from glamor.errors import ExplainError

P = ParamSpec("P")
R = TypeVar("R")
GRACE = 2.0  # seconds until work that is given up has heard of it


class Work:
    """Counts running calls, so that the end can wait for them."""

    def __init__(self) -> None:
        self._running = 0
        self._given_up = False
        self._changed = threading.Condition()

    def counted(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return ``function``, counted while it runs; it raises ExplainError once work has been given up."""

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self._changed:
                self._check()
                self._running += 1
            try:
                return function(*args, **kwargs)
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()

        return call

    def watched(self, progress: Callable[[float], None] | None) -> Callable[[float], None]:
        """Return a listener that also raises ExplainError once work has been given up."""

        def report(done: float) -> None:
            self._check()
            if progress is not None:
                progress(done)

        return report

    def drain(self, seconds: float) -> None:
        """Wait for running calls for so long, then give up what still runs and refuse what is new."""
        with self._changed:
            self._changed.wait_for(lambda: self._running == 0, seconds)
            self._given_up = True
            self._changed.wait_for(lambda: self._running == 0, GRACE)

    def _check(self) -> None:
        if self._given_up:
            raise ExplainError(words.CLOSING)
