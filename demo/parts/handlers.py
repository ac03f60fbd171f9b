"""What each part of the chosen face adds, asked of the network."""

from __future__ import annotations

from typing import Any

from demo import html
from demo.engine import Engine
from demo.events import SAME
from demo.parts import views, words
from demo.visits import Session


def parts(engine: Engine, session: Session) -> Any:
    """Return the card for the chosen face and its label; SAME if another face is on its way."""
    analysis = session.analysis
    if analysis is None or analysis.selection is None or not engine.trained:
        return views.titled(html.empty(words.EMPTY))
    prediction = analysis.selection.prediction
    try:
        card = views.card(prediction, engine.parts(prediction, prediction.emotion))
    except Exception as error:
        card = html.problem(error)
    now = session.analysis.selection if session.analysis else None
    return views.titled(card) if now is not None and now.prediction is prediction else SAME
