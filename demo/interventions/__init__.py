"""The tab of what-if questions: the face chosen in Analyse, asked again with something set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import gradio as gr

from demo import markup, text
from demo.checkpoints import Shelf
from demo.events import FAST
from demo.interventions import handlers as intervening
from demo.interventions import views as lab_markup
from demo.interventions.handlers import KEEP_ALL, STRONGEST, Room
from demo.lab import AS_IS, FACES, SCENES, SHUFFLED, UNIFORM
from demo.visits import Visit

LOOKS = (
    (KEEP_ALL, text.LAB_KEEP_ALL),
    (STRONGEST, text.LAB_STRONGEST),
    (UNIFORM, text.LAB_UNIFORM),
    (SHUFFLED, text.LAB_SHUFFLED),
)


@dataclass(frozen=True)
class Parts:
    """The components that events read and write."""

    tab: gr.Tab
    visit: gr.State
    notice: gr.HTML
    empty: gr.HTML
    room: gr.Column
    lead: gr.HTML
    board: gr.Image
    looks: dict[str, gr.Button]
    cell: gr.Textbox
    curve: gr.Image
    curve_words: gr.HTML
    weight: gr.Slider
    free: gr.Button
    scene: gr.Radio
    face: gr.Radio
    answer: gr.HTML
    undo: gr.Button
    people_card: gr.Row
    people: gr.Image
    people_words: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """The outputs of every handler, in the order of :class:`~demo.interventions.handlers.Room`."""
        return [getattr(self, name) for name in Room._fields]


def build(shelf: Shelf, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers."""
    _connect(shelf, _lay_out(visit))


def _lay_out(visit: gr.State) -> Parts:
    parts: dict[str, Any] = {"visit": visit}
    parts["notice"] = gr.HTML("", elem_id="lab-notice", elem_classes="quiet")
    parts["tab"] = cast(gr.Tab, parts["notice"].parent)
    parts["empty"] = gr.HTML(markup.empty(text.LAB_EMPTY), elem_id="lab-empty", elem_classes="card")
    with gr.Column(visible=False, elem_id="lab") as parts["room"]:
        parts["lead"] = gr.HTML("", elem_id="lab-lead")
        with gr.Row(elem_id="bench", equal_height=True):
            with gr.Column(elem_id="lab-look", elem_classes="card"):
                parts |= _look_parts()
            with gr.Column(elem_id="lab-weigh", elem_classes="card"):
                parts |= _weigh_parts()
            with gr.Column(elem_id="lab-answer", elem_classes="card"):
                parts |= _answer_parts()
    with gr.Row(visible=False, elem_id="lab-people", elem_classes="card") as parts["people_card"]:
        parts["people"] = _picture("people")
        with gr.Column(elem_id="people-words", min_width=240):
            gr.HTML(markup.heading(text.LAB_PEOPLE))
            parts["people_words"] = gr.HTML("")
    return Parts(**parts)


def _look_parts() -> dict[str, Any]:
    gr.HTML(markup.heading(text.LAB_LOOK))
    board = _picture("board")
    gr.HTML(markup.caption(text.LAB_LOOK_CAPTION))
    with gr.Row(elem_id="looks"):
        looks = {how: gr.Button(words, size="sm", min_width=80, elem_id=f"look-{how.replace(' ', '-')}")
                 for how, words in LOOKS}  # fmt: skip
    gr.HTML(markup.caption(text.LAB_BUTTONS_INFO))
    with gr.Accordion(text.LAB_TYPE_CELL, open=False, elem_id="type-cell"):
        cell = gr.Textbox(label=text.LAB_CELL, info=text.LAB_CELL_INFO, max_lines=1, elem_id="cell")
    return {"board": board, "looks": looks, "cell": cell}


def _weigh_parts() -> dict[str, Any]:
    gr.HTML(markup.heading(text.LAB_WEIGH))
    curve = _picture("curve")
    curve_words = gr.HTML("", elem_id="curve-words")
    weight = gr.Slider(
        0, 1, 0.5, step=0.01, label=text.LAB_SLIDER, info=text.LAB_SLIDER_INFO, buttons=[], elem_id="weight"
    )
    free = gr.Button(text.LAB_FREE, size="sm", elem_id="free")
    gr.HTML(markup.heading(text.LAB_SEE))
    scene, face = (
        gr.Radio(
            [(lab_markup.SEEN[how], how) for how in shown], value=AS_IS, label=label, info=info, elem_id=f"see-{name}"
        )
        for name, shown, label, info in (
            ("scene", SCENES, text.LAB_SCENE, text.LAB_SCENE_INFO),
            ("face", FACES, text.LAB_FACE_INPUT, text.LAB_FACE_INFO),
        )
    )
    return {
        "curve": curve,
        "curve_words": curve_words,
        "weight": weight,
        "free": free,
        "scene": scene,
        "face": face,
    }


def _answer_parts() -> dict[str, Any]:
    gr.HTML(markup.heading(text.LAB_ANSWER))
    answer = gr.HTML("", elem_id="lab-now")
    undo = gr.Button(text.LAB_RESET, size="sm", elem_id="undo")
    gr.HTML(lab_markup.about(text.LAB_ABOUT_ITEMS))
    return {"answer": answer, "undo": undo}


def _picture(name: str) -> gr.Image:
    return gr.Image(format="png", show_label=False, buttons=[], interactive=False, elem_id=name, elem_classes="drawn")


def _connect(shelf: Shelf, parts: Parts) -> None:
    def on_enter(visit: Visit) -> Room:
        return intervening.enter(shelf.of(visit), visit)

    def on_weight(visit: Visit, w_face: Any) -> Room:
        return intervening.weigh(shelf.of(visit), visit, w_face)

    def on_free(visit: Visit) -> Room:
        return intervening.weigh_freely(shelf.of(visit), visit)

    def on_click(visit: Visit, event: gr.SelectData) -> Room:
        return intervening.click_board(shelf.of(visit), visit, tuple(event.index) if event.index else None)

    def on_cell(visit: Visit, given: Any) -> Room:
        return intervening.type_cell(shelf.of(visit), visit, given)

    def on_see(visit: Visit, scene: Any, face: Any) -> Room:
        return intervening.see(shelf.of(visit), visit, scene, face)

    def on_undo(visit: Visit) -> Room:
        return intervening.undo_all(shelf.of(visit), visit)

    last = FAST | {"trigger_mode": "always_last"}  # of a slider's many values, the one where it rests counts
    each = FAST | {"trigger_mode": "multiple"}  # every click on a cell counts
    visit, outputs = parts.visit, parts.outputs
    parts.tab.select(on_enter, [visit], outputs, **last)
    parts.weight.input(on_weight, [visit, parts.weight], outputs, **last)
    parts.free.click(on_free, [visit], outputs, **FAST)
    parts.board.select(on_click, [visit], outputs, **each)
    parts.cell.submit(on_cell, [visit, parts.cell], outputs, **each)
    gr.on([parts.scene.input, parts.face.input], on_see, [visit, parts.scene, parts.face], outputs, **last)
    parts.undo.click(on_undo, [visit], outputs, **FAST)
    for how, button in parts.looks.items():
        button.click(_on_look(shelf, how), [visit], outputs, **each)


def _on_look(shelf: Shelf, how: str) -> Any:
    def on_look(visit: Visit) -> Room:
        return intervening.look(shelf.of(visit), visit, how)

    return on_look
