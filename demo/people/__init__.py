"""The people of the photo side by side: how each would make the network look at the chosen one's scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from demo import html
from demo.checkpoints import Checkpoints
from demo.events import FAST, outputs, while_unfolded
from demo.people import handlers, words
from demo.people.handlers import Outputs
from demo.visits import Session


def build(checkpoints: Checkpoints, session: gr.State, answers: Sequence[Any]) -> None:
    """Lay out the card inside the open tab, folded; what it shows is worked out only while it is unfolded.

    Args:
        checkpoints: the weights that may answer.
        session: of the visitor.
        answers: the events after which another face may be shown.
    """
    with gr.Accordion(words.TITLE, open=False, elem_id="people-card") as card, gr.Row(elem_id="people-room"):
        picture = gr.Image(
            format="png", show_label=False, buttons=[], interactive=False, visible=False, elem_id="people",
            elem_classes="drawn",
        )  # fmt: skip
        told = gr.HTML(html.empty(words.EMPTY), elem_id="people-words")
    parts = {"picture": picture, "words": told}

    def on_show(session: Session) -> Outputs:
        return handlers.people(checkpoints.of(session), session)

    last = FAST | {"trigger_mode": "always_last"}
    while_unfolded(card, answers, on_show, [session], outputs(parts, Outputs), **last)
