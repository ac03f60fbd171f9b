"""Which visits are forgotten when there are too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NOTHING, LOADED, PHOTO = range(3)  # what a session remembers: a program's, nothing; a visit, its photo or not yet one

BEGINNERS = 8  # one seat in so many


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


def in_order(seats: Sequence[Seat], most: int) -> list[Seat]:
    """Return seats in the order in which they are given up: what remembers least first, then the longest unused.

    The last few visits without a photo are given up last: else two people who come to a full house, where everybody
    has a photo and perhaps left long ago, would put each other out.

    Args:
        seats: all there are.
        most: there may be; an eighth of them is for beginners.
    """
    loaded = sorted((seat for seat in seats if seat.weight == LOADED), key=lambda seat: seat.last_used)
    beginners = {seat.name for seat in loaded[max(0, len(loaded) - most // BEGINNERS) :]}
    return sorted(seats, key=lambda seat: (seat.name in beginners, seat.weight, seat.last_used))


def who_goes(seats: Sequence[Seat], newest: str, most: int, most_per_address: int) -> Iterator[str]:
    """Yield the names of those that must go.

    Sessions that remember nothing are counted by themselves: they take no visit's place.

    Args:
        seats: all there are.
        newest: whoever came just now, and is let stay: else nobody could begin a visit.
        most: visits altogether.
        most_per_address: of these, from one address; addresses that are not known are not counted.
    """
    visits = [seat for seat in seats if seat.weight > NOTHING]
    kept, held = [], Counter(seat.address for seat in visits if seat.address)
    for seat in in_order(visits, most):
        if seat.name != newest and held[seat.address] > most_per_address:
            held[seat.address] -= 1
            yield seat.name
        else:
            kept.append(seat)
    for room in (kept, in_order([seat for seat in seats if seat.weight == NOTHING], most)):
        yield from (seat.name for seat in [seat for seat in room if seat.name != newest][: max(0, len(room) - most)])
