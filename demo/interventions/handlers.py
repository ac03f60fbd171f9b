"""What the tab Interventions does when a visitor acts: plain functions from values to values.

Each takes the setting one step further and answers at once: both inputs were encoded when they
were first needed. A setting that cannot be answered is refused in words and changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from demo import html, parse
from demo.engine import Engine
from demo.events import SAME
from demo.interventions import views, words
from demo.interventions.linked import to_query
from demo.pictures import image_update
from demo.visits import Analysis, Point, Session
from glamor import figures
from glamor.explain.what_if import FACES, LEARNED, SCENES, SHUFFLED, UNIFORM, Cell, InterventionState, Outcome, Setting

MOST_PEOPLE = 6  # their maps fit a phone, and the matrix of all pairs a screen
_LOCKS = tuple(threading.Lock() for _ in range(64))  # not in the state, which is plain values
KEEP_ALL, STRONGEST = "keep all", "strongest"


class Outputs(NamedTuple):
    """All that a handler may change, in the order of the tab's outputs; SAME leaves a part as it is."""

    notice: Any = SAME
    empty: Any = SAME
    room: Any = SAME
    lead: Any = SAME
    board: Any = SAME
    curve: Any = SAME
    curve_words: Any = SAME
    weight: Any = SAME
    scene: Any = SAME
    face: Any = SAME
    answer: Any = SAME
    people_card: Any = SAME
    people: Any = SAME
    people_words: Any = SAME
    query: Any = SAME


def enter(engine: Engine, session: Session) -> Outputs:
    """Show the face that is chosen in the tab Analyse, with what was set by hand for it before."""
    state, analysis = _state(session), session.analysis
    if state is None or analysis is None:
        return _nothing()
    try:
        shown = _shown(state, state.setting, engine.what_if(state, state.setting))
        lead = html.caption(words.LEAD.format(number=_number(analysis, state) + 1))
        return _with_people(engine, analysis, state, shown._replace(lead=lead))
    except Exception as error:
        return _nothing()._replace(notice=html.problem(error))


def weigh(engine: Engine, session: Session, w_face: Any) -> Outputs:
    """Force the face's weight, the scene has the rest."""
    return _change(engine, session, lambda state: replace(state.setting, w_face=parse.weight(w_face)), _weighed)


def weigh_freely(engine: Engine, session: Session) -> Outputs:
    """Let the network weigh by itself again."""
    return _change(engine, session, lambda state: replace(state.setting, w_face=None))


def click_board(engine: Engine, session: Session, point: Point | None) -> Outputs:
    """Take a cell's attention away, or give it back, by a place on the board in pixels."""
    state = _state(session)
    cell = None if state is None or point is None else figures.cell_at(*point, _grid(state))
    return Outputs() if cell is None else _change(engine, session, lambda state: _toggled(state.setting, cell))


def type_cell(engine: Engine, session: Session, cell: Any) -> Outputs:
    """Take a cell's attention away, or give it back, by its row and column from 1."""
    return _change(engine, session, lambda state: _toggled(state.setting, parse.cell(cell, _grid(state))))


def look(engine: Engine, session: Session, how: str) -> Outputs:
    """Replace the attention: KEEP_ALL, STRONGEST, UNIFORM or SHUFFLED, a new shuffling each time."""
    return _change(engine, session, lambda state: _looking(engine, state, how))


def see(engine: Engine, session: Session, scene: Any, face: Any) -> Outputs:
    """Show the network the scene and the face as they are, or without what they tell."""

    def seeing(state: InterventionState) -> Setting:
        shown = parse.choice(scene, SCENES, "scene"), parse.choice(face, FACES, "face")
        return replace(state.setting, scene=shown[0], face=shown[1])

    return _change(engine, session, seeing)


def undo_all(engine: Engine, session: Session) -> Outputs:
    """Leave the network its own way again."""
    return _change(engine, session, lambda state: Setting())


def _state(session: Session) -> InterventionState | None:
    """Return the state of the chosen face, a new one if another face was on it."""
    selection = session.analysis.selection if session.analysis else None
    if selection is None:
        return None
    if session.intervention is None or session.intervention.prediction is not selection.prediction:
        session.intervention = InterventionState(selection.prediction)
    return session.intervention


def _change(
    engine: Engine,
    session: Session,
    make: Callable[[InterventionState], Setting],
    show: Callable[[InterventionState, Setting, Outcome], Outputs] | None = None,
) -> Outputs:
    state = _state(session)
    if state is None:
        return _nothing()
    with _LOCKS[id(state) % len(_LOCKS)]:  # two changes at once would lose one
        try:
            setting = make(state)
            outcome = engine.what_if(state, setting)
        except Exception as error:
            return Outputs(notice=html.problem(error))
        state.setting = setting
    return (show or _shown)(state, setting, outcome)


def _toggled(setting: Setting, cell: Cell) -> Setting:
    return replace(setting, removed=setting.removed ^ {cell})


def _looking(engine: Engine, state: InterventionState, how: str) -> Setting:
    setting = replace(state.setting, attention=LEARNED, removed=frozenset())
    if how == SHUFFLED:
        return replace(setting, attention=SHUFFLED, seed=setting.seed + 1)
    if how == UNIFORM:
        return replace(setting, attention=UNIFORM)
    if how == STRONGEST:
        attention = engine.what_if(state, setting).answer.attention
        return replace(setting, removed=_all_cells(attention) - {_strongest(attention)})
    return setting


def _all_cells(attention: np.ndarray) -> frozenset[Cell]:
    return frozenset((row, column) for row, column in np.ndindex(attention.shape[0], attention.shape[1]))


def _strongest(attention: np.ndarray) -> Cell:
    row, column = np.unravel_index(int(attention.argmax()), attention.shape)
    return int(row), int(column)


def _grid(state: InterventionState) -> tuple[int, int]:
    rows, columns = state.prediction.attention.shape
    return rows, columns


def _nothing() -> Outputs:
    return Outputs(notice="", empty=_visible(True), room=_visible(False), people_card=_visible(False), query="")


def _shown(state: InterventionState, setting: Setting, outcome: Outcome) -> Outputs:
    return _weighed(state, setting, outcome)._replace(
        board=image_update(views.board_picture(state, setting, outcome), views.board_alt(setting, outcome)),
        weight=round(outcome.answer.fusion_weights[0], 2),
        scene=setting.scene,
        face=setting.face,
    )


def _weighed(state: InterventionState, setting: Setting, outcome: Outcome) -> Outputs:
    """Leave the slider as the visitor moves it, and the map, which does not depend on the weights."""
    names = outcome.answer.class_names
    return Outputs(
        notice="",
        empty=_visible(False),
        room=_visible(True),
        curve=image_update(views.curve_picture(setting, outcome), views.curve_alt(outcome.curve, names)),
        curve_words=html.caption(views.flips(outcome.curve, names)),
        answer=views.answer(state, setting, outcome),
        query=to_query(setting),
    )


def _with_people(engine: Engine, analysis: Analysis, state: InterventionState, room: Outputs) -> Outputs:
    """Add how the others of the photo would look at the chosen one's scene."""
    if len(analysis.predictions) < 2:
        return room._replace(people_card=_visible(False))
    chosen = _number(analysis, state)
    others = [i for i in range(len(analysis.predictions)) if i != chosen][: MOST_PEOPLE - 1]
    compared = sorted([chosen, *others])
    scene, numbers = compared.index(chosen), [i + 1 for i in compared]
    found = engine.compare_people([analysis.predictions[i].prepared for i in compared], scene)
    verdict = views.people_verdict(found, numbers)
    return room._replace(
        people_card=_visible(True),
        people=image_update(
            views.people_picture(state.prediction, found, numbers),
            words.PEOPLE_ALT.format(count=len(numbers), words=verdict),
        ),
        people_words=views.people(found, numbers, scene, len(analysis.predictions)),
    )


def _number(analysis: Analysis, state: InterventionState) -> int:
    return next(i for i, prediction in enumerate(analysis.predictions) if prediction is state.prediction)


def _visible(visible: bool) -> Any:
    return gr.update(visible=visible)
