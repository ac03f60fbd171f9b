"""What each part of the chosen face adds, and what would turn its label, asked of the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo import ahead, html, parse
from demo.engine import Engine
from demo.events import SAME
from demo.parts import views, words
from demo.visits import Session
from glamor.explain.parts import REPLACEMENTS
from glamor.predictor import Prediction


def parts(engine: Engine, session: Session) -> Any:
    """Return the whole card for the chosen face and its label; SAME if another face is on its way."""
    *_, card = cards(engine, session)
    return card


def cards(engine: Engine, session: Session, missing: Any = None) -> Iterator[Any]:
    """Yield the card as soon as the parts are known, and again with what would turn the label.

    Args:
        engine: loaded weights.
        session: of the visitor.
        missing: what is to be shown of a missing part from now on, one of ``REPLACEMENTS``; None: as before.
    """
    analysis = session.analysis
    if analysis is None or analysis.selection is None or not engine.trained:
        yield views.titled(html.empty(words.EMPTY))
        return
    prediction = analysis.selection.prediction
    try:
        session.missing = parse.choice(session.missing if missing is None else missing, REPLACEMENTS, "missing")
        asked = engine, session, prediction, session.missing
        found = ahead.parts_of(*asked)
        if _gone(session, prediction):
            yield SAME
            return
        yield views.titled(views.card(prediction, found))
        card = views.card(prediction, found, ahead.flips_of(*asked))
    except Exception as error:
        card = html.problem(error)
    yield SAME if _gone(session, prediction) else views.titled(card)


def _gone(session: Session, prediction: Prediction) -> bool:
    now = session.analysis.selection if session.analysis else None
    return now is None or now.prediction is not prediction
