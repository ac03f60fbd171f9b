"""What a bundle holds: the name and the bytes of every file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from glamor.explain.flips import Flips
from glamor.explain.parts import NoParts, Parts
from glamor.explain.parts.stand_in import stand_in
from glamor.images import chw_to_hwc
from glamor.report.page import page
from glamor.report.pictures import pictures
from glamor.report.values import ANALYSIS, ARRAYS, analysis, as_json, as_npz, sha256_of
from glamor.report.veil import without_others

if TYPE_CHECKING:
    from glamor.explain import Explanation
    from glamor.photo import Photo
    from glamor.predictor import Prediction

PAGE = "report.html"


def contents(
    photo: Photo,
    predictions: Sequence[Prediction],
    selected: int,
    explanation: Explanation,
    blur_others: bool = False,
    parts: Parts | NoParts | None = None,
    flips: Flips | None = None,
) -> dict[str, bytes]:
    """Return every file of a bundle but the manifest, by name.

    Names are ours: nothing that came with the photo or the checkpoint becomes part of one.

    Args:
        photo: (H, W, 3) uint8 RGB.
        predictions: of every face in the photo, left to right.
        selected: index of the face that was explained.
        explanation: of that face.
        blur_others: whether the other faces are made unrecognisable, see :mod:`glamor.report.veil`.
        parts: of that face, or why it has none; None: nobody asked.
        flips: what would turn its label; None: nobody asked.
    """
    blurred, sha256 = blur_others and len(predictions) > 1, sha256_of(photo)
    if blurred:
        photo, predictions, explanation = without_others(photo, predictions, selected, explanation)
        parts = _veiled(parts, predictions[selected])
    numbers = analysis(photo, predictions, selected, explanation, sha256, blurred, parts, flips)
    shown = pictures(photo, predictions, selected, explanation, parts)
    files = {
        ANALYSIS: as_json(numbers),
        ARRAYS: as_npz(predictions[selected], explanation),
        PAGE: page(predictions, selected, explanation, numbers, shown, parts, flips).encode(),
    }
    for picture in shown:
        files |= {f"{picture.name}.png": picture.png, f"{picture.name}.svg": picture.svg}
    return files


def _veiled(parts: Parts | NoParts | None, prediction: Prediction) -> Parts | NoParts | None:
    """Return the parts without what another face, that reaches into the picture of this one, left in theirs."""
    if not isinstance(parts, Parts):
        return parts
    shown = stand_in(prediction.prepared.face.unsqueeze(0), parts.owner, parts.replacement)
    return replace(parts, replaced=chw_to_hwc(shown[0]))
