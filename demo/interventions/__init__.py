"""The tab of what-if requests: the face chosen in Analyse, asked again with something set by hand."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo import html
from demo.checkpoints import Checkpoints
from demo.events import FAST, Parts, Triggers, entered, outputs
from demo.interventions import handlers, views, words
from demo.interventions.handlers import KEEP_ALL, STRONGEST, Outputs
from demo.interventions.linked import NAMES as NAMES
from demo.interventions.linked import begin_linked as begin_linked
from demo.visits import Session
from demo.words import HOW_TO_READ_NUMBERS
from glamor.explain.what_if import AS_IS, FACES, SCENES, SHUFFLED, UNIFORM

LOOKS = (
    (KEEP_ALL, words.KEEP_ALL),
    (STRONGEST, words.STRONGEST),
    (UNIFORM, words.UNIFORM),
    (SHUFFLED, words.SHUFFLED),
)


def build(checkpoints: Checkpoints, session: gr.State, shown: Triggers) -> Parts:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers; returns its components."""
    parts = _lay_out()
    _connect(checkpoints, session, shown, parts)
    return parts


def _lay_out() -> Parts:
    parts: dict[str, Any] = {"query": gr.Textbox("", visible=False)}
    parts["notice"] = gr.HTML("", elem_id="lab-notice", elem_classes="quiet")
    parts["empty"] = gr.HTML(html.empty(words.EMPTY), elem_id="lab-empty", elem_classes="card")
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
            gr.HTML(html.heading(words.PEOPLE))
            parts["people_words"] = gr.HTML("")
    return parts


def _look_parts() -> dict[str, Any]:
    gr.HTML(html.heading(words.LOOK))
    board = _picture("board")
    gr.HTML(html.caption(words.LOOK_CAPTION))
    with gr.Row(elem_id="looks"):
        looks = {how: gr.Button(label, size="sm", min_width=80, elem_id=f"look-{how.replace(' ', '-')}")
                 for how, label in LOOKS}  # fmt: skip
    gr.HTML(html.caption(words.BUTTONS_INFO))
    with gr.Accordion(words.TYPE_CELL, open=False, elem_id="type-cell"):
        cell = gr.Textbox(label=words.CELL, info=words.CELL_INFO, max_lines=1, elem_id="cell")
    return {"board": board, "looks": looks, "cell": cell}


def _weigh_parts() -> dict[str, Any]:
    gr.HTML(html.heading(words.WEIGH))
    curve = _picture("curve")
    curve_words = gr.HTML("", elem_id="curve-words")
    weight = gr.Slider(0, 1, 0.5, step=0.01, label=words.SLIDER, info=words.SLIDER_INFO, buttons=[], elem_id="weight")
    free = gr.Button(words.FREE, size="sm", elem_id="free")
    gr.HTML(html.heading(words.SEE))
    scene, face = (
        gr.Radio([(views.SEEN[how], how) for how in shown], value=AS_IS, label=label, info=info, elem_id=f"see-{name}")
        for name, shown, label, info in (
            ("scene", SCENES, words.SCENE_INPUT, words.SCENE_INFO),
            ("face", FACES, words.FACE_INPUT, words.FACE_INFO),
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
    gr.HTML(html.heading(words.ANSWER))
    answer = gr.HTML("", elem_id="lab-now")
    undo = gr.Button(words.RESET, size="sm", elem_id="undo")
    gr.HTML(html.details(HOW_TO_READ_NUMBERS, html.terms(words.ABOUT_ITEMS)))
    return {"answer": answer, "undo": undo}


def _picture(name: str) -> gr.Image:
    return gr.Image(format="png", show_label=False, buttons=[], interactive=False, elem_id=name, elem_classes="drawn")


def _connect(checkpoints: Checkpoints, session: gr.State, shown: Triggers, parts: Parts) -> None:
    def on_enter(session: Session) -> Outputs:
        return handlers.enter(checkpoints.of(session), session)

    def on_weight(session: Session, w_face: Any) -> Outputs:
        return handlers.weigh(checkpoints.of(session), session, w_face)

    def on_free(session: Session) -> Outputs:
        return handlers.weigh_freely(checkpoints.of(session), session)

    def on_click(session: Session, event: gr.SelectData) -> Outputs:
        return handlers.click_board(checkpoints.of(session), session, tuple(event.index) if event.index else None)

    def on_cell(session: Session, cell: Any) -> Outputs:
        return handlers.type_cell(checkpoints.of(session), session, cell)

    def on_see(session: Session, scene: Any, face: Any) -> Outputs:
        return handlers.see(checkpoints.of(session), session, scene, face)

    def on_undo(session: Session) -> Outputs:
        return handlers.undo_all(checkpoints.of(session), session)

    last = FAST | {"trigger_mode": "always_last"}  # of a slider's many values, the one where it rests counts
    each = FAST | {"trigger_mode": "multiple"}  # every click on a cell counts
    room = outputs(parts, Outputs)
    entered(shown, on_enter, [session], room, **last)
    parts["weight"].input(on_weight, [session, parts["weight"]], room, **last)
    parts["free"].click(on_free, [session], room, **FAST)
    parts["board"].select(on_click, [session], room, **each)
    parts["cell"].submit(on_cell, [session, parts["cell"]], room, **each)
    gr.on([parts["scene"].input, parts["face"].input], on_see, [session, parts["scene"], parts["face"]], room, **last)
    parts["undo"].click(on_undo, [session], room, **FAST)
    for how, button in parts["looks"].items():
        button.click(_on_look(checkpoints, how), [session], room, **each)


def _on_look(checkpoints: Checkpoints, how: str) -> Any:
    def on_look(session: Session) -> Outputs:
        return handlers.look(checkpoints.of(session), session, how)

    return on_look
