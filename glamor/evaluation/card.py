"""What a checkpoint says about itself: its model card, the pictures in it, and its measured scores."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from glamor.checkpoint import Checkpoint, read_beside
from glamor.evaluation.scoring import ClassReport, Measure, Report
from glamor.evaluation.verdicts import Verdicts, judge

CARD_FILE, METRICS_FILE, AUDIT_FILE = "README.md", "metrics.json", "audit.json"
LARGEST_TEXT = 2**20  # bytes
LARGEST_PICTURE = 2 * 2**20
MOST_PICTURES = 12
UNKNOWN: Mapping[str, Any] = {"value": None, "low": None, "high": None}

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<metadata>.*?)\n---[ \t]*(\n|\Z)", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)")
# A file of the checkpoint's own: no scheme, no way up, nothing hidden.
_PICTURE_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*\.(png|jpe?g|webp|gif)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Scores:
    """What was measured on one labelled split.

    Attributes:
        dataset: its name.
        reports: one a condition and subset, the plain one on all samples first.
        scene_gain: what the scene adds to macro recall over all samples; None if that was not measured.
    """

    dataset: str
    reports: tuple[Report, ...]
    scene_gain: Measure | None = None


@dataclass(frozen=True)
class AuditedMap:
    """What an audit found of one map, on average over its photos.

    Attributes:
        key: of the method, or "attention".
        deletion: how much sooner than at random the answer falls as what the map ranks highest is covered.
        insertion: how much sooner it rises as that is uncovered.
        similarity: to the map after all weights were randomised, in [-1, 1]; nan where that is not defined.
        count: of the photos on which it was computed; a dear one on fewer.
    """

    key: str
    deletion: Measure
    insertion: Measure
    similarity: Measure
    count: int


@dataclass(frozen=True)
class Audited:
    """What ``python -m glamor audit`` found of the explanations of these weights.

    Attributes:
        dataset: name of the photos.
        count: how many they were.
        advice: which map to show, in words.
        maps: what it found of each map.
        verdicts: on each method.
    """

    dataset: str
    count: int
    advice: str
    maps: tuple[AuditedMap, ...] = ()
    verdicts: Verdicts = field(default_factory=Verdicts)


@dataclass(frozen=True)
class Card:
    """What stands beside the weights.

    Attributes:
        text: the model card in Markdown with its front matter, as its author wrote it; empty if there is none.
        pictures: the files of its own that it shows, by the name it uses.
        scores: of each evaluated dataset; empty if nothing was measured.
        audited: what an audit of these very weights found; None if there was none.
    """

    text: str
    pictures: Mapping[str, bytes]
    scores: tuple[Scores, ...]
    audited: Audited | None = None

    @property
    def body(self) -> str:
        """The model card without its front matter."""
        return _FRONT_MATTER.sub("", self.text, count=1)


def read_card(checkpoint: Checkpoint) -> Card:
    """Read what stands beside a checkpoint's weights; what is missing or makes no sense is left out.

    For a Hub repository the files come from the commit of the weights.
    """
    text = (read_beside(checkpoint, CARD_FILE, LARGEST_TEXT) or b"").decode(errors="replace").replace("\r\n", "\n")
    names = [name for name in dict.fromkeys(_IMAGE.findall(text)) if _PICTURE_NAME.fullmatch(name)]
    found = {name: read_beside(checkpoint, name, LARGEST_PICTURE) for name in names[:MOST_PICTURES]}
    pictures = {name: content for name, content in found.items() if content}
    metrics = read_beside(checkpoint, METRICS_FILE, LARGEST_TEXT) or b""
    return Card(text, pictures, read_scores(metrics), read_audited(checkpoint))


def read_verdicts(checkpoint: Checkpoint) -> Verdicts:
    """Return what an audit of these very weights says of each method; nothing if there was none."""
    audited = read_audited(checkpoint)
    return audited.verdicts if audited else Verdicts()


def read_audited(checkpoint: Checkpoint) -> Audited | None:
    """Return what an audit of these very weights found; None if there was none."""
    return read_audit(read_beside(checkpoint, AUDIT_FILE, LARGEST_TEXT) or b"", checkpoint.sha256)


def read_scores(metrics: bytes) -> tuple[Scores, ...]:
    """Read metrics.json as training writes it; anything else gives no scores."""
    try:
        values = json.loads(metrics)
        evaluations = [
            evaluation for evaluation in values.values() if isinstance(evaluation, dict) and evaluation.get("reports")
        ]
        return tuple(
            Scores(
                str(evaluation["dataset"]),
                tuple(_report(report) for report in evaluation["reports"]),
                Measure.of(evaluation["scene_gain"]["all"]) if evaluation.get("scene_gain") else None,
            )
            for evaluation in evaluations
        )
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return ()


def read_audit(audit: bytes, sha256: str) -> Audited | None:
    """Read audit.json as the audit writes it; None for anything else, and for that of other weights."""
    try:
        values = json.loads(audit)
        if values["sha256"] != sha256:
            return None
        rows, count = values.get("maps", ()), int(values["count"])
        maps = tuple(_audited_map(row, count) for row in rows)
        return Audited(str(values["dataset"]), count, str(values["advice"]), maps, judge(rows))
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _audited_map(values: Mapping[str, Any], count: int) -> AuditedMap:
    return AuditedMap(
        key=str(values["key"]),
        deletion=Measure.of(values["deletion_gain"]),
        insertion=Measure.of(values["insertion_gain"]),
        similarity=Measure.of(values["similarity"]),
        count=int(values.get("count", count)),
    )


def _report(values: Mapping[str, Any]) -> Report:
    return Report(
        condition=str(values["condition"]),
        subset=str(values["subset"]),
        count=int(values["count"]),
        accuracy=Measure.of(values["accuracy"]),
        macro_recall=Measure.of(values["macro_recall"]),
        calibration_error=Measure.of(values["calibration_error"]),
        calibration_luck=Measure.of(values.get("calibration_luck", UNKNOWN)),
        classes=tuple(
            ClassReport(str(row["name"]), int(row["count"]), Measure.of(row["recall"]), Measure.of(row["precision"]))
            for row in values["classes"]
        ),
        confusion=tuple(tuple(int(n) for n in row) for row in values["confusion"]),
    )
