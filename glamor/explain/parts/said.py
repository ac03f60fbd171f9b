"""What the parts say, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from glamor.explain.parts.places import BROWS, EYES, MOUTH, NOSE, OUTLINE, REST, SCENE

if TYPE_CHECKING:
    from glamor.explain.parts.game import Part

HARDLY = 0.1  # of the strongest part's value: what is smaller speaks hardly
SHOWN_AS_NOTHING = 0.05  # of a logit: with one decimal it is given as 0
_OWN = {BROWS, EYES, NOSE, MOUTH, REST, OUTLINE, SCENE}
_SEVERAL = {BROWS, EYES, OUTLINE}


def sentence(parts: Sequence[Part], label: str) -> str:
    """Return what the two strongest parts and the scene say; if it is one of these, the third strongest as well.

    Args:
        parts: of one face.
        label: that they speak for or against.

    Returns:
        At most 25 words. A part whose value is less than HARDLY of the strongest one's is said to speak hardly. Values
        are those of the logit.
    """
    strongest, *others = sorted(parts, key=lambda part: -abs(part.logit))
    if abs(strongest.logit) < SHOWN_AS_NOTHING:
        return f"No part moves the score of {label} by {SHOWN_AS_NOTHING} or more."
    told, scene = others[:1], [part for part in others[1:] if part.name == SCENE]
    told += scene or others[1:2]
    verb = "speak" if strongest.name in _SEVERAL else "speaks"
    name = called(strongest.name)
    first = f"{name[0].upper()}{name[1:]} {verb} {_side(strongest)} {label} ({_number(strongest)})"
    return ", ".join((first, *(_aside(part, strongest) for part in told))) + "."


def _aside(part: Part, strongest: Part) -> str:
    how = "for it" if part.logit > 0 else "against it"
    if abs(part.logit) < HARDLY * abs(strongest.logit):
        how = "hardly"
    elif _side(part) == _side(strongest):
        how = "as well"
    return f"{called(part.name)} {how} ({_number(part)})"


def _side(part: Part) -> str:
    return "for" if part.logit > 0 else "against"


def called(name: str) -> str:
    """Return a part as it is named in a sentence: a person's own in quotes."""
    return f"the {name}" if name in _OWN else f"“{name}”"


def _number(part: Part) -> str:
    return f"{part.logit:+z.1f}".replace("-", "−")
