"""Which visits are forgotten when there are too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NOTHING, LOADED, PHOTO = range(3)  # what a session remembers: a program's, nothing; a visit, its photo or not yet one


@dataclass(frozen=True)
class Seat:
    """One session.

    Attributes:
        name: Gradio's.
        address: that it came from; empty: not known.
        weight: :data:`NOTHING`, :data:`LOADED` or :data:`PHOTO`.
        last_used: seconds, on any clock.
    """

    name: str
    address: str
    weight: int
    last_used: float


def in_order(seats: Sequence[Seat]) -> list[Seat]:
    """Return seats in the order in which they are given up: what remembers least first, then the longest unused."""
    return sorted(seats, key=lambda seat: (seat.weight, seat.last_used))


def who_goes(seats: Sequence[Seat], newest: str, most: int, most_per_address: int) -> Iterator[str]:
    """Yield the names of those that must go.

    Args:
        seats: all there are.
        newest: whoever came just now, and is let stay: else nobody could begin a visit.
        most: altogether.
        most_per_address: that remember anything, from one address; addresses that are not known are not counted.
    """
    held = Counter(seat.address for seat in seats if seat.weight > NOTHING and seat.address)
    left, others = len(seats), [seat for seat in in_order(seats) if seat.name != newest]
    kept = []
    for seat in others:
        if seat.weight > NOTHING and held[seat.address] > most_per_address:
            held[seat.address] -= 1
            left -= 1
            yield seat.name
        else:
            kept.append(seat)
    yield from (seat.name for seat in kept[: max(0, left - most)])
