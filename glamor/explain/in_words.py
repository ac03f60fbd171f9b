"""What is said of one face in words, as somebody asks for it: what its parts add, and what would turn its label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from glamor.explain.flips import Flips, find_flips, sentences
from glamor.explain.parts import BLURRED, NoParts, Parts, explain_parts
from glamor.model import GLAMORNet
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction


@dataclass(frozen=True)
class InWords:
    """What was asked; None: it was not.

    Attributes:
        parts: what each adds to the class that was asked about, or why there are none.
        flips: what would turn the label.
    """

    parts: Parts | NoParts | None = None
    flips: Flips | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything, each at most 25 words."""
        said = () if self.parts is None else (self.parts.sentence,)
        return said if self.flips is None else (*said, *sentences(self.flips))


def explain_in_words(
    model: GLAMORNet,
    prediction: Prediction,
    target: int,
    *,
    parts: bool = True,
    flips: bool = True,
    missing: str = BLURRED,
    regions: Mapping[str, BoxXyxy] | None = None,
) -> InWords:
    """Explain one face in words.

    The caller holds the predictor's lock; the model is left untouched.

    Args:
        model: the network.
        prediction: of the face.
        target: index of the class that the parts add to.
        parts: whether to tell what they add; regions ask for it as well.
        flips: whether to look for what would turn the label; other scenes are not asked.
        missing: what is shown of a missing part, one of ``glamor.explain.parts.REPLACEMENTS``.
        regions: a person's own parts, boxes by name in photo pixels.

    Raises:
        ExplainError: for a class, a replacement or a region that cannot be used.
    """
    if not (parts or flips or regions):
        return InWords()
    found = explain_parts(model, prediction, target, replacement=missing, regions=regions)
    turned = None
    if flips:  # a combination's logits are those of all classes, so the target makes no difference
        turned = find_flips(model, prediction.prepared, found if isinstance(found, Parts) else None)
    return InWords(found if parts or regions else None, turned)
