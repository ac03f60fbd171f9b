"""The lens: the network's two inputs with one map over them, and what chooses which."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo import html, methods
from demo.analyse import words
from demo.analyse.outputs import Outputs, start
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.visits import ATTENTION, Session

DEFAULT_OPACITY = 0.7


def choices(engine: Engine) -> list[tuple[str, str]]:
    """Return name and key of all that can be shown: attention, and the methods with what an audit has against them."""
    return [(words.ATTENTION, ATTENTION), *methods.choices(engine)]


def lay_out(checkpoints: Checkpoints, session: Session, screen: Outputs) -> dict[str, Any]:
    """Lay out the card in the open tab, showing ``screen`` from the start; returns its components."""
    parts: dict[str, Any] = {}
    with gr.Row(elem_id="lens", elem_classes="card"):
        with gr.Column(elem_id="moved", elem_classes="shot", min_width=240):
            gr.HTML(html.heading(words.MOVED))
            parts["stamp"] = gr.HTML(elem_id="stamp", **start(screen.stamp))
            for button, label in (("stop", words.STOP), ("again", words.AGAIN)):
                parts[button] = gr.Button(label, size="sm", elem_id=button, **start(getattr(screen, button)))
            parts["moved"] = gr.Image(
                format="png",
                show_label=False,
                buttons=["fullscreen"],
                interactive=False,
                elem_id="moved-picture",
                **start(screen.moved),
            )
        with gr.Column(elem_id="lens-controls", min_width=240):
            parts |= _control_parts(checkpoints, session, screen)
            parts["moved_words"] = gr.HTML(elem_id="moved-words", **start(screen.moved_words))
    return parts


def _control_parts(checkpoints: Checkpoints, session: Session, screen: Outputs) -> dict[str, Any]:
    asked = {"choices": list(checkpoints.of(session).class_names), "value": None} | start(screen.target)
    method = gr.Radio(
        choices(checkpoints.of(session)),
        value=methods.default(checkpoints.of(session)),
        label=words.METHOD,
        info=words.METHOD_INFO,
        interactive=True,
        elem_id="method",
    )
    target = gr.Dropdown(
        label=words.TARGET, info=words.TARGET_INFO, filterable=False, min_width=120, elem_id="target", **asked
    )
    opacity = gr.Slider(0, 1, DEFAULT_OPACITY, step=0.05, label=words.OPACITY, buttons=[], elem_id="opacity")
    return {"method": method, "target": target, "opacity": opacity}
