"""The network as one picture, at work on the chosen face: drawn and computed in the browser.

What it shows comes as the values of components, never inside a template: Gradio runs a template as code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from demo.checkpoints import Checkpoints
from demo.events import FAST, followed
from demo.living import clearness, handlers, others, words
from demo.living.script import bundle
from demo.visits import Session

FOLDER = Path(__file__).parent
# Each knows only those before it.
MODULES = (
    *("combine", "dom", "copy", "asker", "history", "spread", "linked", "address"),
    *("clear", "photo", "others", "tried", "look", "unit", "ask", "mix", "answer", "blocks", "tour", "picture"),
)
# A queue of its own: nobody's photo waits behind those who drag.
_CLEARNESS_QUEUE: dict[str, Any] = {"concurrency_id": "clearness", "concurrency_limit": 2}
_ARRIVED_JS = """watch("value", () => {
    document.dispatchEvent(new CustomEvent("glamor-WHAT", {detail: props.value}));
});"""
# To be run as soon as the server has begun the visit.
BEGUN_JS = """() => {
    document.documentElement.dataset.begun = "yes";
    document.dispatchEvent(new Event("glamor-begun"));
}"""


def build(checkpoints: Checkpoints, session: gr.State) -> gr.HTML:
    """Return the picture, not laid out yet, of what a session begins with.

    The weights with which it computes it asks for by itself, once for each checkpoint.
    """
    made: dict[str, Any] = {"html_template": "", "apply_default_css": False}
    value = handlers.face(checkpoints, session.value)
    picture = gr.HTML(value, js_on_load=_script(), elem_id="living", render=False, **made)
    weights, degraded, another = (
        gr.HTML("", js_on_load=_ARRIVED_JS.replace("WHAT", what), elem_id=f"living-{what}", visible="hidden", **made)
        for what in ("weights", "clearness", "other")
    )

    def on_wanted(session: Session) -> str:
        return handlers.weights(checkpoints, session)

    def on_clearness(session: Session, event: gr.EventData) -> Any:
        return clearness.degraded(checkpoints, session, getattr(event, "asked", None))

    def on_other(session: Session, event: gr.EventData) -> Any:
        return others.other(checkpoints, session, getattr(event, "asked", None))

    picture.wanted(on_wanted, [session], weights, **FAST)
    each = FAST | _CLEARNESS_QUEUE | {"trigger_mode": "multiple"}  # the picture itself asks one after the other
    picture.clearness(on_clearness, [session], degraded, **each)
    picture.other(on_other, [session], another, **FAST | {"trigger_mode": "multiple"})
    return picture


def follow(checkpoints: Checkpoints, session: gr.State, picture: gr.HTML, answers: Sequence[Any]) -> None:
    """Have the picture show the chosen face after each of these events."""

    def on_answer(session: Session) -> Any:
        return handlers.face(checkpoints, session)

    each = FAST | {"trigger_mode": "multiple"}  # an answer that comes while the one before is followed counts too
    for event in answers:
        followed(event, on_answer, [session], picture, **each)


def follow_guests(session: gr.State, events: Sequence[Any]) -> None:
    """Have the picture offer whom these events may have added to swap with; what a visitor changed in it stays."""
    made: dict[str, Any] = {"html_template": "", "apply_default_css": False}
    script = _ARRIVED_JS.replace("WHAT", "others")
    told = gr.HTML("", js_on_load=script, elem_id="living-others", visible="hidden", **made)
    for event in events:
        event.then(others.guests, [session], told, **FAST)


def css() -> str:
    """Return the picture's style sheet."""
    return (FOLDER / "living.css").read_text("utf-8")


def _script() -> str:
    """Return what draws the picture: the modules, the words, and what ties them to the component."""
    said = f"const words = {json.dumps(words.PICTURE)};"
    return "\n".join((bundle(FOLDER, MODULES), said, (FOLDER / "begin.js").read_text("utf-8")))
