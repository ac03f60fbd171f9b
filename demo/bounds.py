"""How much is kept of visitors, and how long: what a host can set, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from demo import text
from glamor.errors import GlamorError

PREFIX, HIGHEST, MB = "GLAMOR_", 10**6, 10**6


@dataclass(frozen=True)
class Bounds:
    """Each number is set by the variable of its name, ``visits_mb`` by ``GLAMOR_VISITS_MB``.

    Attributes:
        visits_mb: that all visits together may remember.
        answers_mb: that all answers together may take which nobody has fetched yet.
        answer_seconds: until an answer that nobody fetches is thrown away.
        unused_seconds: until an upload that no event has used is deleted.
    """

    visits_mb: int = 512
    answers_mb: int = 128
    answer_seconds: int = 300
    unused_seconds: int = 120


def read_bounds(environment: Mapping[str, str] | None = None) -> Bounds:
    """Return the bounds; what the environment does not set is as safe in public as it stands.

    Raises:
        GlamorError: if a value is no whole number from 1 to a million.
    """
    given = os.environ if environment is None else environment
    return Bounds(
        **{one.name: _read(given, PREFIX + one.name.upper(), int(str(one.default))) for one in fields(Bounds)}
    )


def _read(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name, "").strip() or str(default)
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(HIGHEST)) and 1 <= int(given) <= HIGHEST):
        raise GlamorError(text.BAD_BOUND.format(name=name, given=given[:60], highest=HIGHEST))
    return int(given)
