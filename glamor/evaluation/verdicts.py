"""What an audit says of each explanation method, and which one is to be shown first; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from glamor.evaluation.scoring import Measure
from glamor.explain.trust import SANITY_LIMIT

Outcome = Literal["better", "chance", "similar"]
UNAUDITED = "grad_cam"  # shown first where no audit says which: of our own weights it did best
WORDS: Mapping[Outcome, str] = {
    "better": "better than chance",
    "chance": "no better than chance",
    "similar": "similar whatever was learned",
}


@dataclass(frozen=True)
class Verdict:
    """What an audit says of one method.

    Attributes:
        key, name: of the method.
        outcome: ``similar`` if its maps stay much the same when all that the network learned is shuffled (SSIM above
            ``SANITY_LIMIT``); else ``better`` if the 95 % intervals of both gains, deletion and insertion, lie above 0;
            else ``chance``.
        gain: of deletion; by its lower bound methods are ranked.
        count: of the photos.
    """

    key: str
    name: str
    outcome: Outcome
    gain: Measure
    count: int


@dataclass(frozen=True)
class Verdicts:
    """What an audit says of the methods; nothing without one.

    Attributes:
        methods: by key, in the order of the audit.
    """

    methods: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def default(self) -> str:
        """The method to show first: of those that pass that of the best lower bound; ``UNAUDITED`` if none does."""
        passed = [verdict for verdict in self.methods.values() if verdict.outcome == "better"]
        return max(passed, key=lambda verdict: verdict.gain.low).key if passed else UNAUDITED

    def passes(self, key: str) -> bool:
        """Whether an audit found a method better than chance."""
        return key in self.methods and self.methods[key].outcome == "better"

    def preselected(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Return which of some methods may be chosen for a person: those that pass; else the one shown first."""
        return tuple(key for key in keys if self.passes(key)) or (self.default,)

    def note(self, key: str) -> str:
        """Return what is to be said beside a method's name; empty if there is nothing against it, or no audit."""
        if not self.methods or self.passes(key):
            return ""
        return f"{WORDS[self.methods[key].outcome]} here" if key in self.methods else "not audited here"

    @property
    def sentence(self) -> str:
        """Why this method is shown first."""
        found = self.methods.get(self.default)
        if not self.methods:
            return "No audit says which explanation of these weights to believe (not audited); Grad-CAM is shown first."
        if found is None or found.outcome != "better":
            return "The audit found no method better than chance; Grad-CAM is shown first, and says so little."
        return (
            f"{found.name} is shown first: of the methods that beat chance over many photos, its gain has the best "
            "lower bound."
        )


def judge(maps: Sequence[Mapping[str, Any]]) -> Verdicts:
    """Return the verdict on each method of an audit.

    Args:
        maps: rows of audit.json's ``maps``; that of attention, which is no method, is left out.

    Raises:
        LookupError, TypeError, ValueError: if they are not what an audit writes.
    """
    found = [_verdict(row) for row in maps if row["key"] != "attention"]
    return Verdicts({verdict.key: verdict for verdict in found})


def _verdict(row: Mapping[str, Any]) -> Verdict:
    deletion, insertion = Measure.of(row["deletion_gain"]), Measure.of(row["insertion_gain"])
    outcome = outcome_of(deletion, insertion, Measure.of(row["similarity"]))
    return Verdict(str(row["key"]), str(row["name"]), outcome, deletion, int(row.get("count", 0)))


def outcome_of(deletion: Measure, insertion: Measure, similarity: Measure) -> Outcome:
    """Return what these say of a map: its gains, and how similar it stays when all that was learned is shuffled."""
    if similarity.value > SANITY_LIMIT:
        return "similar"
    return "better" if deletion.low > 0 and insertion.low > 0 else "chance"


def advice(maps: Sequence[Mapping[str, Any]]) -> str:
    """Return which method to show first and which not to believe, in sentences with the numbers."""
    verdicts = judge(maps)
    sentences = [verdicts.sentence]
    if verdicts.passes(verdicts.default):
        gain = verdicts.methods[verdicts.default].gain
        sentences.append(f"Its deletion gain is {gain.value:.3f} [{gain.low:.3f}, {gain.high:.3f}].")
    for outcome in ("better", "chance", "similar"):
        names = [verdict.name for verdict in verdicts.methods.values() if verdict.outcome == outcome]
        words = WORDS[outcome]
        if names:
            sentences.append(f"{words[0].upper()}{words[1:]}: {', '.join(names)}.")
    return " ".join(sentences)
