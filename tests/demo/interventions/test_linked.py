"""What is set by hand, as a part of an address."""

from __future__ import annotations

import pytest

from demo.interventions.linked import NAMES, begin_linked, from_query, to_query
from demo.visits import Session
from glamor.errors import ExplainError
from glamor.explain.what_if import BLACK, BLURRED, SHUFFLED, UNIFORM, Setting

GRID = (7, 7)


@pytest.mark.parametrize(
    ("setting", "query"),
    [
        (Setting(), ""),
        (Setting(w_face=0.3), "w_face=0.3"),
        (Setting(w_face=0.0, attention=UNIFORM), "w_face=0&attention=uniform"),
        (Setting(attention=SHUFFLED, seed=2), "attention=shuffled&seed=2"),
        (Setting(seed=2), ""),
        (Setting(removed=frozenset({(1, 4), (0, 6)})), "removed=1.7-2.5"),
        (Setting(scene=BLURRED, face=BLACK), "scene=blurred&shown_face=black"),
    ],
)
def test_an_address_says_what_differs_and_is_read_again(setting: Setting, query: str) -> None:
    assert to_query(setting) == query
    values = dict(pair.split("=") for pair in query.split("&")) if query else {}
    assert set(values) <= set(NAMES)
    assert to_query(from_query(values, GRID)) == query


@pytest.mark.parametrize(
    ("name", "value"),
    [("w_face", "1.5"), ("w_face", "much"), ("w_face", "nan"), ("removed", "8.1"), ("removed", ""), ("scene", "gone"),
     ("attention", "learned"), ("shown_face", "blurred"), ("removed", "1.1-" * 10_000)],
)  # fmt: skip
def test_what_cannot_be_set_is_refused(name: str, value: str) -> None:
    with pytest.raises(ExplainError):
        from_query({name: value}, GRID)


@pytest.mark.parametrize(("seed", "used"), [("3", 3), ("-1", 0), ("x", 0), ("nan", 0), ("1e300", 0)])
def test_a_seed_is_small(seed: str, used: int) -> None:
    assert from_query({"attention": SHUFFLED, "seed": seed}, GRID).seed == used


def test_where_no_face_is_chosen_nothing_is_set() -> None:
    assert begin_linked(Session(), {"w_face": "0.2"}) == ("", "")
