"""What has to be said beside an answer: what else it may be, a face that is turned or that the scene lacks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from glamor.words import percent

if TYPE_CHECKING:  # words need no torch
    from glamor.familiar import Familiarity
    from glamor.predictor import Prediction
    from glamor.prepare import Geometry
    from glamor.sets import PredictionSet
    from glamor.turned import Pose

NO_FACE_IN_BOX = (
    "The detector sees no face in this box; if there is none, or one from the side or from behind, the label means "
    "nothing."
)
TURNED = (
    "This face is turned by about {angle}. The network has learned from upright faces, so the label means "
    "little; turn the photo."
)
TILTED = "This face is tilted by about {angle}. The network has learned from upright faces, so the label means little."
OUTSIDE = "This face lies outside the part of the scene that the network sees."
PARTLY_OUTSIDE = "Part of this face lies outside the part of the scene that the network sees."
SET = "{labels}: right for {often} faces{measured}."
MEASURED = " (measured: {low} to {high})"  # by source
ANY = "It may be any of the {count} labels: this answer tells next to nothing."
OR = "or {labels}"
UNLIKE = "This {kind} is less like the {kind}s that the network has learned from than {share} that it was checked on"
NEIGHBOURS = "; of its {count} nearest training faces {labels}"
NO_FACE_UNTIL_TURNED = "Turned by {turn}° clockwise, the photo shows a face to the detector."

HIDDEN, PARTLY_HIDDEN, ELSEWHERE, UNMASKED = (
    "Scene, face hidden",
    "Scene, face in part",
    "Scene, face outside",
    "Scene",
)
_NEAR = 20  # degrees: so near to lying or to standing on its head, it is meant to be just that
_WHOLE = 0.995  # of a face's area; what is less than half a per cent outside is a matter of rounding


def remarks(prediction: Prediction) -> tuple[str, ...]:
    """Return in sentences what a reader of an answer has to know; empty for an upright face amid its scene."""
    geometry = prediction.prepared.geometry
    said = pose_remark(prediction.pose), view_remark(geometry), unlike_remark(prediction.familiarity, geometry)
    return tuple(filter(None, said))


def doubts(prediction: Prediction) -> tuple[str, ...]:
    """Return the sentences that stand beside a label: what else it may be, and what makes it doubtful."""
    said = (
        set_remark(prediction.prediction_set, len(prediction.class_names)),
        pose_remark(prediction.pose),
        unlike_remark(prediction.familiarity, prediction.prepared.geometry),
    )
    return tuple(filter(None, said))


def set_remark(given: PredictionSet | None, classes: int) -> str:
    """Return which labels, out of so many, hold the right one and how often; empty if nothing is promised."""
    if given is None:
        return ""
    if len(given.labels) == classes:
        return ANY.format(count=len(given.labels))
    *others, last = (f"“{label}”" for label in given.labels)
    labels = f"{', '.join(others)} or {last}" if others else f"{last} alone"
    share = Fraction(given.level).limit_denominator(100)
    low, high = map(percent, given.measured or (0.0, 0.0))
    measured = MEASURED.format(low=low, high=high) if given.measured else ""
    return SET.format(labels=labels, often=f"{share.numerator} of {share.denominator}", measured=measured)


def others_named(labels: Sequence[str]) -> str:
    """Return what follows the best label where there is room for little: the others of its prediction set."""
    return OR.format(labels=", ".join(labels[1:])) if labels[1:] else ""


def pose_remark(pose: Pose | None) -> str:
    """Return what has to be said of how a face stands, empty for nothing."""
    if pose is None:
        return ""
    if pose.roll is None:
        return NO_FACE_IN_BOX
    if not pose.turned:
        return ""
    quarters, tens = (round(abs(pose.roll) / step) * step for step in (90, 10))
    degrees = quarters if abs(abs(pose.roll) - quarters) <= _NEAR else tens
    way = "clockwise" if pose.roll > 0 else "counter-clockwise"
    angle = f"{degrees}°" if degrees == 180 else f"{degrees}° {way}"
    return (TURNED if pose.turn else TILTED).format(angle=angle)


def unlike_remark(familiarity: Familiarity | None, geometry: Geometry) -> str:
    """Return what a face or a scene that is unlike those of the training calls for, empty for nothing."""
    said = []
    if familiarity and familiarity.face_unlike and geometry.face_share_in_context() is not None:
        said.append(_unlike("face", familiarity.face) + _nearest(familiarity.neighbours) + ".")
    if familiarity and familiarity.scene_unlike:
        said.append(_unlike("scene", familiarity.scene) + ".")
    return " ".join(said)


def _unlike(kind: str, percentile: float) -> str:
    """Return a sentence without its end; per cent are rounded down, for 100% would be all."""
    share = f"any of the {kind}s" if percentile == 1 else f"{int(100 * percentile)}% of the {kind}s"
    return UNLIKE.format(kind=kind, share=share)


def _nearest(neighbours: Sequence[tuple[str, int]]) -> str:
    if not neighbours:  # of a report that says no more
        return ""
    (first, most), *others = neighbours
    labels = ", ".join([f"{most} were {first}", *(f"{count} {label}" for label, count in others[:1])])
    return NEIGHBOURS.format(count=sum(count for _, count in neighbours), labels=labels)


def view_remark(geometry: Geometry) -> str:
    """Return whether the network's part of the scene lacks the face or a part of it, empty for no."""
    share = geometry.face_share_in_context()
    if share is None or share >= _WHOLE:
        return ""
    return PARTLY_OUTSIDE if share else OUTSIDE


def scene_title(geometry: Geometry) -> str:
    """Return what the picture of the scene is called."""
    share = geometry.face_share_in_context()
    if share is None:
        return UNMASKED
    return HIDDEN if share >= _WHOLE else PARTLY_HIDDEN if share else ELSEWHERE


def scene_words(geometry: Geometry, face: str = "this face") -> str:
    """Return what the second input of the network shows, to follow "the cropped face, and"."""
    share = geometry.face_share_in_context()
    if share is None:
        return "the whole scene, with nothing blacked out"
    if share >= _WHOLE:
        return f"the scene with {face} blacked out"
    where = f"the middle of the photo, where {face}"
    if share:
        return f"{where} lies only in part, which is blacked out"
    return f"{where} does not lie, so nothing is blacked out"
