"""How clear a face is: the same face blurred, dark or masked, encoded anew while a visitor drags."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from demo import html, parse
from demo.checkpoints import Checkpoints
from demo.events import SAME
from demo.living import others, told, words
from demo.visits import Session, key_of
from glamor.degradations import pixels_left
from glamor.errors import ExplainError
from glamor.explain.flips import BLURS

# From a little to nearly all, as glamor.degradations.degrade takes them; the page's slider goes through them.
STEPS: dict[str, tuple[float, ...]] = {
    "size": (64, 48, 36, 24, 18, 12, 10, 8, 7, 6),
    "darkness": (0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.09, 0.06, 0.04, 0.03),
    "eyes": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
    "mouth": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
    "blur": BLURS,
}
LAST_TURN = 2**53  # the largest number that a browser counts to


def amounts(side: int) -> dict[str, tuple[float, ...]]:
    """Return what each step leaves of a face: of "size" pixels of its side, of the others the strength."""
    return STEPS | {"size": tuple(pixels_left(side, strength) for strength in STEPS["size"])}


def degraded(checkpoints: Checkpoints, session: Session, asked: Any) -> Any:
    """Return the chosen face at a step of its clearness; SAME if this was overtaken, or another face is chosen by now.

    Args:
        checkpoints: the weights that may answer.
        session: of the visitor.
        asked: ``turn``, larger than that of the request before; ``key`` of the face that is shown; ``whose`` face, as
            in :func:`demo.living.others.find`; ``kind``, a key of ``STEPS``; ``step``, from 1.

    Returns:
        JSON of ``turn``, ``image`` (the face's address) and ``mean`` (base64 of its float32 ``face_mean``); or of
        ``turn`` and ``said``, a sentence.
    """
    selection = session.analysis.selection if session.analysis else None
    turn = asked.get("turn") if isinstance(asked, Mapping) else None
    if selection is None or not isinstance(turn, int) or not session.clearness_turn < turn < LAST_TURN:
        return SAME
    session.clearness_turn = turn
    if asked.get("key") != key_of(selection.prediction):
        return SAME
    try:
        prediction = others.find(checkpoints, session, asked.get("whose"))
        found = checkpoints.of(session).degraded_face(prediction, *_strength(asked))
    except Exception as error:
        return json.dumps({"turn": turn, "said": html.message_of(error)})
    if session.clearness_turn != turn:
        return SAME
    mean = base64.b64encode(found.face_mean.tobytes()).decode()
    return json.dumps({"turn": turn, "image": told.address(found.face), "mean": mean})


def _strength(asked: Mapping[str, Any]) -> tuple[str, float]:
    kind = parse.choice(asked.get("kind"), tuple(STEPS), "kind")
    step, strengths = asked.get("step"), STEPS[kind]
    if not isinstance(step, int) or not 1 <= step <= len(strengths):
        raise ExplainError(words.BAD_STEP.format(last=len(strengths)))
    return kind, strengths[step - 1]
