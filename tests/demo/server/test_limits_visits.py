"""Who is forgotten when there are too many visits is decided by use, and one address cannot crowd out the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from demo import words
from demo.capacity import LOADED, NOTHING, PHOTO, Seat, who_goes
from demo.server.clients import address_of
from tests.limited_app import ELSEWHERE, SMALL, VisitorFrom
from tests.live_app import LiveApp
from tests.visitor import Visitor


def _is_remembered(visitor: Visitor) -> bool:
    heard = visitor.hear(visitor.start(visitor.event("opacity", "input"), None, 0.2))
    if not heard["success"]:
        assert heard["output"]["error"] == words.VISIT_OVER
    return bool(heard["success"])


def _add_photo(visitor: Visitor, portrait: Path) -> None:
    visitor.act(visitor.event("photo", "input"), None, visitor.upload(portrait), "grad_cam", 0.7)


def test_sixty_six_opened_pages_make_nobody_with_a_photo_be_forgotten(limited: LiveApp, portrait: Path) -> None:
    with VisitorFrom(limited.url, ELSEWHERE) as visitor:
        _add_photo(visitor, portrait)
        for number in range(66):
            with VisitorFrom(limited.url, f"127.0.0.{10 + number}"):
                pass  # each from an address of its own
        assert _is_remembered(visitor)


@contextmanager
def _visitors(app: LiveApp, addresses: list[str]) -> Iterator[list[VisitorFrom]]:
    with ExitStack() as all_of_them:
        visitors = [VisitorFrom(app.url, address) for address in addresses]
        for visitor in visitors:
            all_of_them.push(visitor)
        yield visitors


def test_one_address_holds_so_many_visits_and_those_it_used_longest_ago_go(limited: LiveApp, portrait: Path) -> None:
    with _visitors(limited, ["127.0.0.100"] * (SMALL.visits_per_address + 1)) as visitors:
        for visitor in visitors[:-1]:
            visitor.open()
            _add_photo(visitor, portrait)
        assert _is_remembered(visitors[0])
        visitors[-1].open()
        assert _is_remembered(visitors[-1]), "whoever comes may begin"
        _add_photo(visitors[-1], portrait)
        assert [_is_remembered(visitor) for visitor in visitors] == [True, False, True, True]
        with VisitorFrom(limited.url, "127.0.0.101") as other:
            assert _is_remembered(other)


def test_the_page_holds_so_many_visits_and_those_without_a_photo_go_first(limited: LiveApp, portrait: Path) -> None:
    with _visitors(limited, [f"127.0.0.{200 + number}" for number in range(SMALL.visits)]) as visitors:
        for visitor in visitors:
            visitor.open()
            _add_photo(visitor, portrait)
        for visitor in visitors[2:]:
            visitor.leave()
        for visitor in visitors[2:]:
            visitor.open()
        for visitor in visitors[2:]:
            assert _is_remembered(visitor), "used later than those with a photo"
        with VisitorFrom(limited.url, "127.0.0.210"), VisitorFrom(limited.url, "127.0.0.211"):
            pass
        assert [_is_remembered(visitor) for visitor in visitors] == [True, True, False, False, True, True]


def _going(seats: list[Seat], newest: str, most: int, most_per_address: int) -> set[str]:
    return set(who_goes(seats, newest, most, most_per_address))


def test_the_order_by_hand() -> None:
    seats = [
        Seat("looker", "b", LOADED, 80.0),
        Seat("old photo", "c", PHOTO, 10.0),
        Seat("photo", "d", PHOTO, 20.0),
    ]
    assert _going(seats, "photo", 3, 4) == set()
    assert _going(seats, "photo", 2, 4) == {"looker"}
    assert _going(seats, "photo", 1, 4) == {"looker", "old photo"}
    assert _going(seats, "looker", 2, 4) == {"old photo"}, "not whoever comes just now"
    assert _going(seats, "nobody", 0, 4) == {"looker", "old photo", "photo"}


def test_programs_take_no_visits_place() -> None:
    seats = [Seat("looker", "b", LOADED, 1.0), Seat("photo", "c", PHOTO, 1.0)]
    programs = [Seat(f"program {number}", "a", NOTHING, 10.0 + number) for number in range(4)]
    assert _going(seats + programs, "program 3", 2, 1) == {"program 0", "program 1"}
    assert _going(seats + programs, "program 0", 2, 1) == {"program 1", "program 2"}


def test_beginners_have_an_eighth_of_a_full_house() -> None:
    guests = [Seat(f"guest {number}", f"address {number}", PHOTO, 50.0 + number) for number in range(15)]
    beginners = [Seat(f"beginner {number}", "", LOADED, 10.0 + number) for number in range(3)]
    assert _going(guests + beginners[:1], "guest 14", 15, 4) == {"guest 0"}, "1 of 15 is the beginners'"
    assert _going(guests + beginners[:2], "beginner 1", 16, 4) == {"guest 0"}, "2 of 16 are"
    assert _going(guests + beginners, "beginner 2", 16, 4) == {"beginner 0", "guest 0"}


def test_an_address_is_held_to_its_share_among_its_own() -> None:
    seats = [Seat(f"mine {number}", "a", PHOTO, number) for number in range(5)]
    others = [Seat("theirs", "b", LOADED, 0.0), Seat("unknown", "", LOADED, 0.0), Seat("unknown too", "", LOADED, 0.0)]
    programs = [Seat(f"program {number}", "a", NOTHING, 0.0) for number in range(5)]
    assert _going(seats + others + programs, "theirs", 99, 2) == {"mine 0", "mine 1", "mine 2"}
    assert _going(seats, "mine 0", 99, 1) == {"mine 1", "mine 2", "mine 3", "mine 4"}
    assert _going(seats + others, "theirs", 4, 2) == {"mine 0", "mine 1", "mine 2", "unknown"}


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (None, ""),
        (("127.0.0.1", 5), "127.0.0.1"),
        (("::ffff:192.0.2.7", 5), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 5), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:ffff::1", 5), "2001:db8:1:2::/64"),
        (("a socket of this machine", 0), "a socket of this machine"),
    ],
)
def test_a_household_is_one_address(client: tuple[str, int] | None, address: str) -> None:
    assert address_of({"type": "http", "client": client}) == address
