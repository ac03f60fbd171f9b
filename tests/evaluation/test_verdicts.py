"""Which explanation comes first: decided by hand-made audits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glamor.evaluation.card import read_audit
from glamor.evaluation.verdicts import UNAUDITED, Verdicts, advice, judge

NONE = {"value": None, "low": None, "high": None}


def row(key: str, deletion: float, insertion: float = 0.01, similarity: float | None = 0.2) -> dict[str, Any]:
    """A map whose gains have these lower bounds."""
    gains = {
        name: {"value": low + 0.1, "low": low, "high": low + 0.2}
        for name, low in (("deletion_gain", deletion), ("insertion_gain", insertion))
    }
    alike = NONE if similarity is None else {"value": similarity, "low": similarity, "high": similarity}
    return {"key": key, "name": key.title(), "count": 40, "similarity": alike, **gains}


AUDIT = [
    row("attention", 0.9, similarity=None),
    row("a", 0.02),
    row("b", 0.03),
    row("c", -0.001),
    row("d", 0.2, insertion=0.0),
    row("e", 0.5, similarity=0.51),
    row("f", 0.01, similarity=0.5),
]


def test_a_method_passes_if_both_gains_are_surely_above_chance_and_it_depends_on_what_was_learned() -> None:
    found = judge(AUDIT)
    assert {key: verdict.outcome for key, verdict in found.methods.items()} == {
        "a": "better", "b": "better", "c": "chance", "d": "chance", "e": "similar", "f": "better",
    }  # fmt: skip
    assert [found.passes(key) for key in "abcdefg"] == [True, True, False, False, False, True, False]


def test_the_default_has_the_best_lower_bound_of_those_that_pass() -> None:
    assert judge(AUDIT).default == "b"
    assert judge([row("c", -0.1), row("e", 0.5, similarity=0.9)]).default == UNAUDITED
    assert Verdicts().default == UNAUDITED == "grad_cam"


def test_what_failed_is_said_and_never_chosen_for_anybody() -> None:
    found = judge(AUDIT)
    assert [found.note(key) for key in "abceg"] == [
        "", "", "no better than chance here", "similar whatever was learned here", "not audited here",
    ]  # fmt: skip
    assert found.preselected(("c", "f", "a", "e", "g")) == ("f", "a")
    assert found.preselected(("c", "e")) == ("b",)
    assert Verdicts().note("c") == ""
    assert Verdicts().preselected(("c",)) == ("grad_cam",)


def test_why_it_comes_first_is_one_sentence_whatever_was_found() -> None:
    said = [each.sentence for each in (judge(AUDIT), judge([row("c", -1)]), Verdicts())]
    assert "B is shown first" in said[0]
    assert "no method better than chance" in said[1]
    assert "not audited" in said[2]
    for sentence in said:
        assert len(sentence.split()) <= 25
        assert sentence.count(".") == 1


def test_the_advice_names_every_method_once() -> None:
    told = advice(AUDIT)
    assert "Its deletion gain is 0.130 [0.030, 0.230]." in told
    assert "Better than chance: A, B, F. No better than chance: C, D. Similar whatever was learned: E." in told


def test_an_audit_of_other_weights_or_rubbish_gives_no_verdict() -> None:
    values = {"dataset": "d", "count": 2, "advice": "x", "sha256": "s", "maps": AUDIT}
    audited = read_audit(json.dumps(values).encode(), "s")
    assert audited is not None
    assert audited.verdicts == judge(AUDIT)
    assert read_audit(json.dumps(values).encode(), "other") is None
    for maps in ([{"key": "a"}], [1], [row("a", 0.1) | {"deletion_gain": 3}], 5):
        assert read_audit(json.dumps(values | {"maps": maps}).encode(), "s") is None


@pytest.mark.parametrize("value", [None, float("nan")])
def test_what_was_not_measured_does_not_pass(value: float | None) -> None:
    unknown = row("a", 0.1) | {"insertion_gain": {"value": value, "low": value, "high": value}}
    assert not judge([unknown]).passes("a")
