"""How each person of a photo would make the network look at the chosen one's scene."""

from __future__ import annotations

from typing import Any, NamedTuple

from demo import html
from demo.engine import Engine
from demo.events import HIDE, SAME
from demo.people import views, words
from demo.pictures import image_update
from demo.visits import Analysis, Session

MOST_PEOPLE = 6  # their maps fit a phone


class Outputs(NamedTuple):
    """All that the handler changes, in the order of the card's outputs."""

    picture: Any = SAME
    words: Any = SAME


def people(engine: Engine, session: Session) -> Outputs:
    """Return the maps of the photo's people side by side, the chosen one among them."""
    analysis = session.analysis
    if analysis is None or analysis.selection is None:
        return Outputs(HIDE, html.empty(words.EMPTY))
    if len(analysis.predictions) < 2:
        return Outputs(HIDE, html.empty(words.ALONE))
    try:
        found = _compared(engine, analysis, analysis.selection.request.face)
    except Exception as error:
        return Outputs(HIDE, html.problem(error))
    now = session.analysis.selection if session.analysis else None
    return found if now is not None and now.prediction is analysis.selection.prediction else Outputs()


def _compared(engine: Engine, analysis: Analysis, chosen: int) -> Outputs:
    count = len(analysis.predictions)
    others = [i for i in range(count) if i != chosen][: MOST_PEOPLE - 1]
    compared = sorted([chosen, *others])
    scene, numbers = compared.index(chosen), [i + 1 for i in compared]
    found = engine.compare_people([analysis.predictions[i].prepared for i in compared], scene)
    alt = words.ALT.format(count=len(numbers), words=views.verdict(found, numbers))
    picture = views.picture(analysis.predictions[chosen], found, numbers)
    return Outputs(image_update(picture, alt), views.told(found, numbers, scene, count))
