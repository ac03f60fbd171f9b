from __future__ import annotations

import json

import pytest

from demo.links import Link, copy_js, read
from demo.words import FORMER_LINK

TABS, METHODS, LABELS = ("analyse", "trust"), ("grad_cam", "occlusion"), ("Fear", "Happy")
WEIGHTS = ("built-in", "owner/name@v1")
GOOD = {"tab": "trust", "method": "occlusion", "class": "Happy", "opacity": "0.35", "weights": "owner/name@v1"}


def _read(**params: str) -> Link:
    return read(params, TABS, METHODS, LABELS, WEIGHTS)


def test_every_setting_is_read():
    assert _read(**GOOD) == Link("trust", "occlusion", "Happy", 0.35, "owner/name@v1")


def test_an_address_without_settings_asks_for_nothing():
    assert _read() == Link()
    assert _read(__theme="dark", utm="x") == Link()


@pytest.mark.parametrize(
    "params",
    [
        {"tab": "admin"},
        {"method": "tea_leaves"},
        {"method": ""},
        {"class": "happy"},
        {"class": "<script>alert(1)</script>"},
        {"weights": "somebody/elses"},
        {"opacity": "much"},
        {"opacity": "1.01"},
        {"opacity": "-0.1"},
        {"opacity": "nan"},
        {"opacity": "inf"},
        {"opacity": ""},
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence_and_the_rest_holds(params):
    link = _read(**(GOOD | params))
    (sentence,) = link.refused
    assert "Choose one of" in sentence or "Enter a number" in sentence
    assert [link.tab, link.method, link.label, link.opacity, link.weights].count(None) == 1


@pytest.mark.parametrize(("given", "face"), [("1", 1), ("12", 12)])
def test_a_face_is_counted_from_one(given: str, face: int) -> None:
    assert read({"face": given, "scale": "one"}) == Link(face=face, one_scale=True)


@pytest.mark.parametrize("given", ["0", "-1", "two", "1.5", "\u0663", "9" * 5000])
def test_a_face_that_cannot_be_counted_is_refused(given: str) -> None:
    link = read({"face": given})
    assert link.face is None
    assert "whole number" in link.refused[0]


@pytest.mark.parametrize(
    ("params", "unfolded", "moved"),
    [
        ({"tab": "photos"}, "photos", ""),
        ({"tab": "interventions"}, "interventions", FORMER_LINK),
        ({"tab": "interventions", "w_face": "0.2"}, "interventions", FORMER_LINK),
        ({"removed": "2.3"}, None, FORMER_LINK),
        ({"mix": "0.2", "attention": "uniform"}, None, ""),
    ],
)
def test_former_tabs_are_where_their_cards_are_now(params: dict[str, str], unfolded: str | None, moved: str) -> None:
    link = _read(**params)
    assert (link.tab, link.unfolded, link.moved) == ("analyse" if unfolded else None, unfolded, moved)
    assert link.refused == ()


def test_a_long_value_is_quoted_in_part():
    for name in ("method", "opacity"):
        (sentence,) = _read(**{name: "x" * 10_000}).refused
        assert len(sentence) < 200


@pytest.mark.parametrize(("given", "opacity"), [("0", 0.0), ("1", 1.0), (" 0.5 ", 0.5)])
def test_an_opacity_may_be_at_either_end(given, opacity):
    assert _read(opacity=given) == Link(opacity=opacity)


def test_what_the_page_has_none_of_is_let_be():
    assert read(GOOD) == Link(opacity=0.35)
    assert read(GOOD, tabs=TABS) == Link(tab="trust", opacity=0.35)


def test_what_the_script_holds_is_text_to_it_whatever_it_is():
    nasty = 'mine"; alert(1); "\\'
    script = copy_js({"COPIED": "<b>Copied</b>", "IN_ADDRESS_BAR": "It's there."}, nasty)
    assert f"weights === {json.dumps(nasty)} ? null" in script
    assert 'return "<b>Copied</b>";' in script
    assert 'return "It\'s there.";' in script
