"""What the tab Interventions does when a visitor acts: plain functions from values to values.

Each takes the setting one step further and answers at once: both inputs were encoded when they
were first needed. A setting that cannot be answered is refused in words and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from demo import markup, parse, text
from demo.engine import Engine
from demo.guard import message_of
from demo.interventions import pictures as lab_pictures
from demo.interventions import views as lab_markup
from demo.lab import FACES, LEARNED, SCENES, SHUFFLED, UNIFORM, Bench, Cell, Outcome, Setting
from demo.shown import shown
from demo.visits import Point, View, Visit
from glamor import figures

SAME = gr.skip()
MOST_PEOPLE = 6  # their maps fit a phone, and the matrix of all pairs a screen
KEEP_ALL, STRONGEST = "keep all", "strongest"


class Room(NamedTuple):
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


def enter(engine: Engine, visit: Visit) -> Room:
    """Show the face that is chosen in the tab Analyse, with what was set by hand for it before."""
    bench, view = _bench(visit), visit.view
    if bench is None or view is None:
        return _nothing()
    try:
        shown = _shown(bench, bench.setting, engine.lab.ask(bench, bench.setting))
        lead = markup.caption(text.LAB_LEAD.format(number=_number(view, bench) + 1))
        return _with_people(engine, view, bench, shown._replace(lead=lead))
    except Exception as error:
        return _nothing()._replace(notice=markup.note(escape(message_of(error)), "warn"))


def weigh(engine: Engine, visit: Visit, w_face: Any) -> Room:
    """Force the face's weight, the scene has the rest."""
    return _change(engine, visit, lambda bench: replace(bench.setting, w_face=parse.weight(w_face)), _weighed)


def weigh_freely(engine: Engine, visit: Visit) -> Room:
    """Let the network weigh by itself again."""
    return _change(engine, visit, lambda bench: replace(bench.setting, w_face=None))


def click_board(engine: Engine, visit: Visit, point: Point | None) -> Room:
    """Take a cell's attention away, or give it back, by a place on the board in pixels."""
    bench = _bench(visit)
    cell = None if bench is None or point is None else figures.cell_at(*point, _grid(bench))
    return Room() if cell is None else _change(engine, visit, lambda bench: _toggled(bench.setting, cell))


def type_cell(engine: Engine, visit: Visit, given: Any) -> Room:
    """Take a cell's attention away, or give it back, by its row and column from 1."""
    return _change(engine, visit, lambda bench: _toggled(bench.setting, parse.cell(given, _grid(bench))))


def look(engine: Engine, visit: Visit, how: str) -> Room:
    """Replace the attention: KEEP_ALL, STRONGEST, UNIFORM or SHUFFLED, a new shuffling each time."""
    return _change(engine, visit, lambda bench: _looking(engine, bench, how))


def see(engine: Engine, visit: Visit, scene: Any, face: Any) -> Room:
    """Show the network the scene and the face as they are, or without what they tell."""

    def seeing(bench: Bench) -> Setting:
        shown = parse.choice(scene, SCENES, "scene"), parse.choice(face, FACES, "face")
        return replace(bench.setting, scene=shown[0], face=shown[1])

    return _change(engine, visit, seeing)


def undo_all(engine: Engine, visit: Visit) -> Room:
    """Leave the network its own way again."""
    return _change(engine, visit, lambda bench: Setting())


def _bench(visit: Visit) -> Bench | None:
    """Return the bench of the chosen face, a new one if another face was on it."""
    focus = visit.view.focus if visit.view else None
    if focus is None:
        return None
    if visit.bench is None or visit.bench.prediction is not focus.prediction:
        visit.bench = Bench(focus.prediction)
    return visit.bench


def _change(
    engine: Engine,
    visit: Visit,
    make: Callable[[Bench], Setting],
    show: Callable[[Bench, Setting, Outcome], Room] | None = None,
) -> Room:
    bench = _bench(visit)
    if bench is None:
        return _nothing()
    try:
        setting = make(bench)
        outcome = engine.lab.ask(bench, setting)
    except Exception as error:
        return Room(notice=markup.note(escape(message_of(error)), "warn"))
    bench.setting = setting
    return (show or _shown)(bench, setting, outcome)


def _toggled(setting: Setting, cell: Cell) -> Setting:
    return replace(setting, removed=setting.removed ^ {cell})


def _looking(engine: Engine, bench: Bench, how: str) -> Setting:
    setting = replace(bench.setting, attention=LEARNED, removed=frozenset())
    if how == SHUFFLED:
        return replace(setting, attention=SHUFFLED, seed=setting.seed + 1)
    if how == UNIFORM:
        return replace(setting, attention=UNIFORM)
    if how == STRONGEST:
        attention = engine.lab.ask(bench, setting).answer.attention
        return replace(setting, removed=_all_cells(attention) - {_strongest(attention)})
    return setting


def _all_cells(attention: np.ndarray) -> frozenset[Cell]:
    return frozenset((row, column) for row, column in np.ndindex(attention.shape[0], attention.shape[1]))


def _strongest(attention: np.ndarray) -> Cell:
    row, column = np.unravel_index(int(attention.argmax()), attention.shape)
    return int(row), int(column)


def _grid(bench: Bench) -> tuple[int, int]:
    rows, columns = bench.prediction.attention.shape
    return rows, columns


def _nothing() -> Room:
    return Room(notice="", empty=_visible(True), room=_visible(False), people_card=_visible(False))


def _shown(bench: Bench, setting: Setting, outcome: Outcome) -> Room:
    return _weighed(bench, setting, outcome)._replace(
        board=shown(lab_pictures.board(bench, setting, outcome), lab_markup.board_alt(setting, outcome)),
        weight=round(outcome.answer.fusion_weights[0], 2),
        scene=setting.scene,
        face=setting.face,
    )


def _weighed(bench: Bench, setting: Setting, outcome: Outcome) -> Room:
    """Leave the slider as the visitor moves it, and the map, which does not depend on the weights."""
    names = outcome.answer.class_names
    return Room(
        notice="",
        empty=_visible(False),
        room=_visible(True),
        curve=shown(lab_pictures.curve(setting, outcome), lab_markup.curve_alt(outcome.curve, names)),
        curve_words=markup.caption(lab_markup.flips(outcome.curve, names)),
        answer=lab_markup.answer(bench, setting, outcome),
    )


def _with_people(engine: Engine, view: View, bench: Bench, room: Room) -> Room:
    """Add how the others of the photo would look at the chosen one's scene."""
    if len(view.predictions) < 2:
        return room._replace(people_card=_visible(False))
    chosen = _number(view, bench)
    others = [i for i in range(len(view.predictions)) if i != chosen][: MOST_PEOPLE - 1]
    compared = sorted([chosen, *others])
    scene, numbers = compared.index(chosen), [i + 1 for i in compared]
    found = engine.lab.compare([view.predictions[i].prepared for i in compared], scene)
    words = lab_markup.people_verdict(found, numbers)
    return room._replace(
        people_card=_visible(True),
        people=shown(
            lab_pictures.people(bench.prediction, found, numbers),
            text.LAB_PEOPLE_ALT.format(count=len(numbers), words=words),
        ),
        people_words=lab_markup.people(found, numbers, scene, len(view.predictions)),
    )


def _number(view: View, bench: Bench) -> int:
    return next(i for i, one in enumerate(view.predictions) if one is bench.prediction)


def _visible(visible: bool) -> Any:
    return gr.update(visible=visible)
