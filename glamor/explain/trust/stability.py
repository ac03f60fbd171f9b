"""Does the answer survive what changes nothing for a person?"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from glamor.errors import FaceError
from glamor.explain.fusion import probabilities
from glamor.explain.guard import reading
from glamor.explain.inputs import input_pair
from glamor.explain.trust.orders import Floats
from glamor.explain.trust.progress import Progress, ignore
from glamor.images import encode_jpeg
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.photo import BoxXyxy, Photo
    from glamor.prepare import Prepared

SHIFTS = (-0.10, -0.05, 0.05, 0.10)  # of the box's side
SCALES = (0.9, 1.1)
JPEG_QUALITIES = (75, 50)
BRIGHTNESSES = (0.8, 1.2)
PLAIN, MIRRORED = "as it is", "mirrored"


@dataclass(frozen=True)
class Variant:
    """The answer to one variant of the photo or of the face box.

    Attributes:
        name: what was done.
        label: index of the predicted class; ``label_name`` its name.
        probability: of the class that is predicted without any change.
        w_face: the face's fusion weight.
        attention_correlation: Pearson's correlation with the attention without any change
            (mirrored back where the photo was); None where either is the same everywhere.
        changed: whether the label is another one.
    """

    name: str
    label: int
    label_name: str
    probability: float
    w_face: float
    attention_correlation: float | None
    changed: bool


@dataclass(frozen=True)
class Stability:
    """The answer to the photo as it is, first, and to all variants."""

    variants: tuple[Variant, ...]

    @property
    def verdict(self) -> str:
        """In how many variants the label holds, in one sentence."""
        plain, *others = self.variants
        changed = [v for v in others if v.changed]
        if not changed:
            return f"The label {plain.label_name} holds in all {len(others)} variants of box and photo."
        which = " ".join(f"With {v.name}: {v.label_name}." for v in changed)
        return f"The label {plain.label_name} changes in {len(changed)} of {len(others)} variants. {which}"


def stability(model: GLAMORNet, photo: Photo, face_box_xyxy: BoxXyxy, *, progress: Progress | None = None) -> Stability:
    """Ask again with the box moved and the photo altered, all in one batched pass.

    The caller holds the predictor's lock; the model is left untouched.

    Args:
        model: the network; its configuration prepares the inputs.
        photo: (H, W, 3) uint8 RGB; not changed.
        face_box_xyxy: the box of the prediction, photo pixels.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        One row a variant. A box that leaves the photo altogether is left out.

    Raises:
        FaceError: if the box itself cannot be used.
    """
    from glamor.prepare import prepare

    report = progress or ignore
    people = {PLAIN: prepare(photo, face_box_xyxy, model.config)}
    cases = _cases(photo, face_box_xyxy)
    for done, (name, (altered, box)) in enumerate(cases.items()):
        report(0.5 * done / len(cases))
        try:
            people[name] = prepare(altered, box, model.config)
        except FaceError:  # a moved box can slip off the photo's edge: a detector would not report it
            continue
    report(0.5)
    rows = _answers(model, people)
    report(1.0)
    return Stability(rows)


def _cases(photo: Photo, box: BoxXyxy) -> dict[str, tuple[Photo, BoxXyxy]]:
    (x1, y1, x2, y2), width = box, photo.shape[1]
    cases = {f"box {_percent(s)} of its width": (photo, _moved(box, s, 0.0, 1.0)) for s in SHIFTS}
    cases |= {f"box {_percent(s, 'down', 'up')} of its height": (photo, _moved(box, 0.0, s, 1.0)) for s in SHIFTS}
    cases |= {f"box x{scale:g}": (photo, _moved(box, 0.0, 0.0, scale)) for scale in SCALES}
    cases[MIRRORED] = (np.ascontiguousarray(photo[:, ::-1]), (width - x2, y1, width - x1, y2))
    cases |= {f"JPEG quality {quality}": (_through_jpeg(photo, quality), box) for quality in JPEG_QUALITIES}
    return cases | {f"brightness x{factor:g}": (_brightened(photo, factor), box) for factor in BRIGHTNESSES}


def _percent(shift: float, forward: str = "right", back: str = "left") -> str:
    return f"{forward if shift > 0 else back} {abs(shift):.0%}"


def _moved(box: BoxXyxy, right: float, down: float, scale: float) -> BoxXyxy:
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    x, y = (x1 + x2) / 2 + right * width, (y1 + y2) / 2 + down * height
    return (x - scale * width / 2, y - scale * height / 2, x + scale * width / 2, y + scale * height / 2)


def _through_jpeg(photo: Photo, quality: int) -> Photo:
    return np.asarray(Image.open(io.BytesIO(encode_jpeg(photo, quality)), formats=("JPEG",)))


def _brightened(photo: Photo, factor: float) -> Photo:
    return np.clip(np.rint(photo * np.float32(factor)), 0, 255).astype(np.uint8)


def _answers(model: GLAMORNet, people: dict[str, Prepared]) -> tuple[Variant, ...]:
    with reading(model):
        faces, contexts = zip(*(input_pair(model, person) for person in people.values()), strict=True)
        trace = model(torch.cat(faces), torch.cat(contexts))
    chances = probabilities(model, trace.logits)
    attention = trace.attention.double().cpu().numpy()
    labels = chances.argmax(axis=1)
    return tuple(
        Variant(
            name=name,
            label=int(labels[i]),
            label_name=model.config.class_names[labels[i]],
            probability=float(chances[i, labels[0]]),
            w_face=float(trace.fusion_weights[i, 0]),
            attention_correlation=_correlation(
                attention[0], attention[i][:, ::-1] if name == MIRRORED else attention[i]
            ),
            changed=bool(labels[i] != labels[0]),
        )
        for i, name in enumerate(people)
    )


def _correlation(first: Floats, second: Floats) -> float | None:
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
