"""What the audit of the weights in use found of a map, as a stamp on it."""

from __future__ import annotations

import math

from markupsafe import Markup

from demo import methods
from demo.analyse import words
from demo.engine import Engine
from glamor.evaluation.card import Audited, AuditedMap
from glamor.evaluation.scoring import Measure
from glamor.evaluation.verdicts import outcome_of


def stamp(engine: Engine, method: str) -> Markup:
    """Return whether a map finds the evidence better than chance, with the numbers.

    Args:
        engine: with the weights in use.
        method: a key of ``glamor.explain.METHODS``, or ATTENTION.
    """
    return said(methods.audited(engine), method)


def said(audited: Audited | None, method: str) -> Markup:
    """Return the stamp by what an audit found; None: there was none."""
    found = next((found for found in audited.maps if found.key == method), None) if audited else None
    if audited is None or found is None or math.isnan(found.deletion.low + found.insertion.low):
        return _stamped("unknown", words.NOT_AUDITED, "")
    numbers = words.AUDIT_NUMBERS.format(deletion=_shown(found.deletion), insertion=_shown(found.insertion))
    kind, verdict = _verdict(found)
    return _stamped(kind, verdict.format(count=found.count, dataset=audited.dataset), numbers)


def _verdict(found: AuditedMap) -> tuple[str, str]:
    outcome, gains = outcome_of(found.deletion, found.insertion, found.similarity), (found.deletion, found.insertion)
    if outcome == "similar":
        return "weak", words.AUDIT_INSANE
    if outcome == "better":
        return "good", words.AUDIT_BETTER
    if any(gain.low > 0 for gain in gains):
        return "weak", words.AUDIT_MIXED
    return "weak", words.AUDIT_WORSE if all(gain.high < 0 for gain in gains) else words.AUDIT_CHANCE


def _stamped(kind: str, verdict: str, numbers: str) -> Markup:
    return Markup('<p class="stamp {}"><strong>{}</strong> <span>{}</span></p>').format(kind, verdict, numbers)


def _shown(measure: Measure) -> str:
    return "{} [{}, {}]".format(*(f"{value:.3f}".replace("-", "−") for value in _of(measure)))


def _of(measure: Measure) -> tuple[float, float, float]:
    return measure.value, measure.low, measure.high
