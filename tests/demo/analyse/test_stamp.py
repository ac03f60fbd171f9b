"""What is stamped on a map is what the audit measured."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from demo.analyse import words
from demo.analyse.lens import choices
from demo.analyse.stamp import said, stamp
from demo.engine import Engine
from glamor.evaluation.card import Audited, AuditedMap, read_audit
from glamor.evaluation.scoring import Measure
from glamor.predictor import Predictor

BETTER, CHANCE, WORSE = Measure(0.03, 0.01, 0.05), Measure(0.002, -0.007, 0.011), Measure(-0.014, -0.026, -0.002)
UNKNOWN = Measure(math.nan, math.nan, math.nan)
AUDIT = Path(__file__).parents[3] / "checkpoints" / "glamor-net" / "audit.json"


def _audited(deletion: Measure, insertion: Measure, similarity: Measure) -> Audited:
    return Audited("scenes", 200, "", (AuditedMap("grad_cam", deletion, insertion, similarity, 40),))


@pytest.mark.parametrize(
    ("deletion", "insertion", "similarity", "kind", "verdict"),
    [
        (BETTER, BETTER, UNKNOWN, "good", words.AUDIT_BETTER),
        (BETTER, BETTER, Measure(0.51, 0.4, 0.6), "weak", words.AUDIT_INSANE),
        (BETTER, BETTER, Measure(0.24, 0.2, 0.3), "good", words.AUDIT_BETTER),
        (CHANCE, BETTER, UNKNOWN, "weak", words.AUDIT_MIXED),
        (BETTER, WORSE, UNKNOWN, "weak", words.AUDIT_MIXED),
        (CHANCE, CHANCE, UNKNOWN, "weak", words.AUDIT_CHANCE),
        (CHANCE, WORSE, UNKNOWN, "weak", words.AUDIT_CHANCE),
        (WORSE, WORSE, UNKNOWN, "weak", words.AUDIT_WORSE),
        (UNKNOWN, UNKNOWN, UNKNOWN, "unknown", words.NOT_AUDITED),
    ],
)
def test_a_verdict_says_what_the_intervals_say(
    deletion: Measure, insertion: Measure, similarity: Measure, kind: str, verdict: str
) -> None:
    told = said(_audited(deletion, insertion, similarity), "grad_cam")
    assert f'class="stamp {kind}"' in told
    assert f"<strong>{verdict.format(count=40, dataset='scenes')}</strong>" in told


def test_the_numbers_stand_beside_it() -> None:
    told = said(_audited(CHANCE, WORSE, UNKNOWN), "grad_cam")
    assert "by covering 0.002 [−0.007, 0.011], by uncovering −0.014 [−0.026, −0.002]" in told


@pytest.mark.parametrize("audited", [None, Audited("scenes", 50, "")])
def test_what_nobody_audited_is_said_so(audited: Audited | None) -> None:
    assert words.NOT_AUDITED in said(audited, "grad_cam")
    assert words.NOT_AUDITED in said(_audited(BETTER, BETTER, UNKNOWN), "occlusion")


def test_weights_without_an_audit_have_none(engine: Engine) -> None:
    assert all(words.NOT_AUDITED in stamp(engine, lens) for _, lens in choices(engine))


def test_each_lens_of_the_weights_in_use_has_the_numbers_of_their_file() -> None:
    told = json.loads(AUDIT.read_text("utf-8"))
    audited = read_audit(AUDIT.read_bytes(), told["sha256"])
    rows = {row["key"]: row for row in told["maps"]}
    for _, lens in choices(Engine(Predictor(AUDIT.parent, device="cpu"))):
        gains = (rows[lens][name] for name in ("deletion_gain", "insertion_gain"))
        for gain in gains:
            assert f"{gain['value']:.3f} [{gain['low']:.3f}, {gain['high']:.3f}]".replace("-", "−") in said(
                audited, lens
            )
