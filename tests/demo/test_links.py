from __future__ import annotations

import pytest

from demo.links import Link, read

TABS, METHODS, LABELS = ("analyse", "trust"), ("grad_cam", "occlusion"), ("Fear", "Happy")


def _read(**params: str) -> Link:
    return read(params, TABS, METHODS, LABELS)


def test_every_setting_is_read():
    link = read({"tab": "trust", "method": "occlusion", "class": "Happy", "opacity": "0.35"}, TABS, METHODS, LABELS)
    assert link == Link("trust", "occlusion", "Happy", 0.35)


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
        {"opacity": "much"},
        {"opacity": "1.01"},
        {"opacity": "-0.1"},
        {"opacity": "nan"},
        {"opacity": "inf"},
        {"opacity": ""},
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence_and_the_rest_holds(params):
    good = {"tab": "trust", "method": "grad_cam", "class": "Fear", "opacity": "1"}
    link = read(good | params, TABS, METHODS, LABELS)
    (sentence,) = link.refused
    assert "accepted" in sentence
    assert [link.tab, link.method, link.label, link.opacity].count(None) == 1


def test_a_long_value_is_quoted_in_part():
    (sentence,) = _read(method="x" * 10_000).refused
    assert len(sentence) < 200
