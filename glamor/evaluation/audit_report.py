"""What an audit found, as values and as a table."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from glamor.evaluation.scoring import Measure
from glamor.evaluation.verdicts import advice
from glamor.explain.trust import MapRow, Reliance


@dataclass(frozen=True)
class PhotoRows:
    """One photo: file name, true label, a row for each map that was made of it, and the reliance if it was asked."""

    name: str
    truth: str
    rows: tuple[MapRow, ...]
    reliance: Reliance | None


@dataclass(frozen=True)
class MapReport:
    """One map over all photos: means with 95 % bootstrap intervals.

    Attributes:
        count: of how many photos it was made; of fewer, infidelity and similarity were measured.
        better: share of photos in which it finds the evidence better than chance.
        weights_better: likewise by removed attention weights. The rest is as in ``MapRow``.
    """

    key: str
    name: str
    count: int
    deletion_gain: Measure
    insertion_gain: Measure
    better: Measure
    weights_better: Measure
    agreement: Measure
    infidelity: Measure
    similarity: Measure
    convergence: Measure


@dataclass(frozen=True)
class RelianceReport:
    """Stated and effective reliance over all photos.

    Attributes:
        fusion_face: the face's fusion weight.
        attribution_face: the face's share of the absolute Integrated Gradients.
        lost_face, lost_scene: probability lost when that input is blanked.
        agrees: share of photos in which the input with the larger weight is the one whose loss
            costs more probability.
    """

    fusion_face: Measure
    attribution_face: Measure
    lost_face: Measure
    lost_scene: Measure
    agrees: Measure


@dataclass(frozen=True)
class Audit:
    """All checks over one split.

    Attributes:
        dataset, split: the photos; ``count`` how many.
        checkpoint, sha256: with which weights.
        maps: attention first, then every method.
        reliance: stated against effective.
        photos: what the reports summarise.
    """

    dataset: str
    split: str
    count: int
    checkpoint: str
    sha256: str
    maps: tuple[MapReport, ...]
    reliance: RelianceReport
    photos: tuple[PhotoRows, ...]

    @property
    def advice(self) -> str:
        """Which map to show first, which not to believe, and what was found of attention."""
        return f"{advice([asdict(found) for found in self.maps])} Attention{_found(self.maps[0])}."

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready plain values without the single photos; undefined figures are None."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "photos"}
        values |= {"maps": [asdict(m) for m in self.maps], "reliance": asdict(self.reliance), "advice": self.advice}
        return dict(json.loads(json.dumps(values), parse_constant=lambda _: None))


def table(result: Audit) -> str:
    """Return the audit as a readable table with its advice."""
    lines = [
        f"{result.dataset}/{result.split}   {result.count} photos   weights {result.sha256[:12]}   "
        "[95% bootstrap interval]",
        f"{'map':<22}{'deletion gain':<24}{'insertion gain':<24}{'better':>7}{'rank':>7}{'infid.':>8}{'SSIM':>7}",
    ]
    lines += [
        f"{m.name:<22}{_shown(m.deletion_gain):<24}{_shown(m.insertion_gain):<24}{_short(m.better):>7}"
        f"{_short(m.agreement):>7}{_short(m.infidelity):>8}{_short(m.similarity):>7}"
        for m in result.maps
    ]
    r = result.reliance
    lines += [
        "",
        f"face: fusion weight {_shown(r.fusion_face)}, share of Integrated Gradients {_shown(r.attribution_face)}",
        f"probability lost without the face {_shown(r.lost_face)}, without the scene {_shown(r.lost_scene)}",
        f"share of photos in which the input with the larger weight is the one that matters more {_shown(r.agrees)}",
        "",
        result.advice,
    ]
    return "\n".join(lines)


def _found(report: MapReport) -> str:
    return (
        f" finds the evidence better than chance in {report.better.value:.0%} of the photos "
        f"(deletion gain {_shown(report.deletion_gain)})"
    )


def _shown(measure: Measure) -> str:
    return f"{measure.value:.3f} [{measure.low:.3f}, {measure.high:.3f}]"


def _short(measure: Measure) -> str:
    return "-" if np.isnan(measure.value) else f"{measure.value:.2f}"
