"""Every word of a report's page, and the results that its pictures show, told in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from glamor.remarks import scene_words, view_remark

if TYPE_CHECKING:
    from glamor.explain import Explanation
    from glamor.explain.parts import Parts
    from glamor.predictor import Prediction

TITLE = "What GLAMOR-Net made of one face"
MEANING = (
    "An expression label predicted by a network. It is not what the person feels, and it is often wrong. Do not use it "
    "to judge, select or monitor people. Inferring emotions at work and in education is banned in the EU (AI Act, "
    "Art. 5(1)(f)). People exposed to it elsewhere must be told (Art. 50(3))."
)
ANSWERED, SAW, LOOKED = "What it answered", "What it saw", "Where it looked"
WEIGHED, MOVED, FACES = "How it weighed", "What moved the answer", "Every face in the photo"
PARTS, FLIPS = "What each part adds", "What would change its mind"
MADE, FILES = "How this was made", "What else is in this report"

SAW_CAPTION = "The network’s two inputs: the face alone, and {scene}."
SAW_ALT = "The network’s two inputs: the cropped face, and {scene}."
WEIGHED_CAPTION = "The network sets these two weights afresh for every face; they add up to 100%."
MISSING = {
    "surroundings": "A missing part is painted anew from what stands around it.",
    "blurred": "A missing part is blurred.",
    "mean": "A missing part has the mean colour of the face’s picture.",
}
FILES_LIST = (
    ("analysis.json", "every number on this page in full, and the maps as rows of numbers"),
    ("arrays.npz", "the network’s inputs and outputs and the attribution maps as arrays"),
    ("*.png, *.svg", "the figures of this page"),
    ("manifest.json", "the sha256 of every other file"),
)
SHOWS_PEOPLE = (
    "The pictures show the photo, so anybody in it can be recognised. Only the photo file itself and its metadata "
    "(time, place, camera) are left out."
)
OTHERS_SHOWN = "The other faces are not blurred."
OTHERS_BLURRED = (
    "The other faces are blurred: in the pictures, and in the scene and the maps in arrays.npz and analysis.json. So "
    "the answer cannot be computed again from these exactly. Only faces on the list are blurred. Any that the detector "
    "did not find, or that somebody took off the list, are as they were. People can be recognised by more than their "
    "faces."
)


def boxes_alt(predictions: Sequence[Prediction], selected: int) -> str:
    """Return the numbered photo in words."""
    count = "one numbered face" if len(predictions) == 1 else f"{len(predictions)} numbered faces"
    return f"The photo with {count}; this report is about face {selected + 1}."


def answer_alt(prediction: Prediction) -> str:
    """Return the probabilities in words, the highest first."""
    order = prediction.probabilities.argsort()[::-1]
    return ", ".join(f"{prediction.class_names[i]} {prediction.probabilities[i]:.1%}" for i in order) + "."


def saw_caption(prediction: Prediction) -> str:
    """Return what the two inputs are."""
    return SAW_CAPTION.format(scene=scene_words(prediction.prepared.geometry))


def saw_alt(prediction: Prediction) -> str:
    """Return the two inputs in words."""
    return SAW_ALT.format(scene=scene_words(prediction.prepared.geometry, "the face"))


def attention_caption(prediction: Prediction) -> str:
    """Return how concentrated the attention is."""
    return _with_view(
        prediction,
        "The brighter a cell of the scene, the more attention it got. The strongest has "
        f"{_peak(prediction):.1f} times an even share. The network sees only the framed part of the photo.",
    )


def attention_alt(prediction: Prediction) -> str:
    """Return the attention map in words."""
    row, column = np.unravel_index(int(prediction.attention.argmax()), prediction.attention.shape)
    rows, columns = prediction.attention.shape
    return _with_view(
        prediction,
        f"The network’s attention over the scene. The strongest cell is number {column + 1} of {columns} from the left "
        f"and {row + 1} of {rows} from the top, with {_peak(prediction):.1f} times an even share.",
    )


def fusion_alt(prediction: Prediction) -> str:
    """Return the fusion weights in words."""
    face, scene = prediction.fusion_weights
    return f"The face has a weight of {face:.1%}, the scene of {scene:.1%}."


def attribution_caption(explanation: Explanation) -> str:
    """Return how to read the two maps, and what they leave unexplained."""
    words = f"Orange speaks for “{explanation.target_name}”, blue against it."
    if explanation.convergence_delta is None:
        return words
    delta, logit = abs(explanation.convergence_delta), explanation.logit
    gap = f"Completeness gap, which is what the maps leave unexplained: {delta:.2g}"
    return f"{words} {gap}, where the score itself (the logit) is {logit:.2f}."


def attribution_alt(explanation: Explanation) -> str:
    """Return the attribution maps in words."""
    face, scene = (float(np.abs(values).sum()) for values in (explanation.face, explanation.context))
    total = face + scene or 1.0
    return (
        f"What spoke for and against {explanation.target_name}: {face / total:.0%} of the total lies in the face "
        f"picture, {scene / total:.0%} in the scene."
    )


def parts_alt(parts: Parts) -> str:
    """Return the parts' picture in words."""
    values = ", ".join(f"{part.name} {part.logit:+.2f}" for part in parts.parts)
    return f"What each part adds to the score of {parts.target_name}: {values}."


def parts_caption(parts: Parts) -> str:
    """Return how to read the parts' values."""
    return (
        f"Exact Shapley values for the score (the logit) of {parts.target_name}: from {parts.logit_none:.2f} with no "
        f"part to {parts.logit_all:.2f} with all. {MISSING[parts.replacement]} A missing scene is black."
    )


def _with_view(prediction: Prediction, words: str) -> str:
    """Return words, and whether the scene lacks the face."""
    return " ".join(filter(None, (words, view_remark(prediction.prepared.geometry))))


def _peak(prediction: Prediction) -> float:
    return float(prediction.attention.max() * prediction.attention.size)
