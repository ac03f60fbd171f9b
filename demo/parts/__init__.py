"""What each part of the chosen face adds to its label: one sentence, and the parts as patches on the face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from demo.checkpoints import Checkpoints
from demo.events import PRIVATE, followed
from demo.parts import handlers
from demo.visits import Session

# A place of its own: nobody's answer waits behind somebody's parts.
QUEUE: dict[str, Any] = PRIVATE | {"concurrency_id": "parts", "concurrency_limit": 1, "show_progress": "hidden"}


def build(checkpoints: Checkpoints, session: gr.State) -> gr.HTML:
    """Return the card, not laid out yet, of what a session begins with."""
    value = handlers.parts(checkpoints.of(session.value), session.value)
    return gr.HTML(value, elem_id="parts", elem_classes="card", render=False)


def follow(checkpoints: Checkpoints, session: gr.State, card: gr.HTML, answers: Sequence[Any]) -> None:
    """Have the card tell of the chosen face after each of these events, when they are answered already."""

    def on_answer(session: Session) -> Any:
        return handlers.parts(checkpoints.of(session), session)

    for event in answers:
        followed(event, on_answer, [session], card, mark="parting", trigger_mode="multiple", **QUEUE)
