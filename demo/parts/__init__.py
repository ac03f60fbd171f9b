"""What each part of the chosen face adds to its label: one sentence, and the parts as patches on the face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from demo import html
from demo.checkpoints import Checkpoints
from demo.events import PRIVATE, followed
from demo.parts import handlers, words
from demo.visits import Session

# A place of its own: nobody's answer waits behind somebody's parts.
QUEUE: dict[str, Any] = PRIVATE | {"concurrency_id": "parts", "concurrency_limit": 1, "show_progress": "hidden"}


def build(checkpoints: Checkpoints, session: gr.State, answers: Sequence[Any]) -> None:
    """Lay out the card inside the open ``gr.Tab``, showing what a session begins with.

    Args:
        checkpoints: the weights that may answer.
        session: of the visitor.
        answers: events after which another face may be chosen; the parts are worked out when these are answered.
    """
    with gr.Column(elem_id="parts", elem_classes="card"):
        gr.HTML(html.heading(words.TITLE))
        panel = gr.HTML(handlers.parts(checkpoints.of(session.value), session.value), elem_id="parts-words")

    def on_answer(session: Session) -> Any:
        return handlers.parts(checkpoints.of(session), session)

    for event in answers:
        followed(event, on_answer, [session], panel, mark="parting", trigger_mode="multiple", **QUEUE)
