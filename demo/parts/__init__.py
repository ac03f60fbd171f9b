"""What each part of the chosen face adds to its label, and what would turn it; a press sets the living picture."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from demo.checkpoints import Checkpoints
from demo.events import PRIVATE, QUIET, followed
from demo.parts import handlers, words
from demo.visits import Session

# A place of its own: nobody's answer waits behind somebody's parts.
QUEUE: dict[str, Any] = PRIVATE | QUIET | {"concurrency_id": "parts", "concurrency_limit": 1}
# Seconds: a map that takes no longer is made first, for one look tells more of it than of sentences.
MAP_FIRST = 0.5
# The living picture listens; neither knows the other.
_TRY_JS = """element.addEventListener("click", ({target}) => {
    const button = target.closest("[data-try]");
    if (!button) return;
    const detail = {settings: button.dataset.try, key: button.dataset.key};
    document.dispatchEvent(new CustomEvent("glamor-try", {detail}));
});"""


def build(checkpoints: Checkpoints, session: gr.State) -> tuple[gr.HTML, gr.Radio]:
    """Return the card and what is shown of a missing part, not laid out yet, of what a session begins with."""
    value = handlers.parts(checkpoints.of(session.value), session.value)
    card = gr.HTML(value, js_on_load=_TRY_JS, elem_id="parts", elem_classes="card", render=False)
    missing = gr.Radio(
        [(name, key) for key, name in words.REPLACEMENTS.items()],
        value=session.value.missing,
        label=words.MISSING_LABEL,
        info=words.MISSING_INFO,
        elem_id="parts-missing",
        elem_classes="card",
        render=False,
    )
    return card, missing


def follow(
    checkpoints: Checkpoints, session: gr.State, shown: tuple[gr.HTML, gr.Radio], answers: Sequence[Any]
) -> None:
    """Have the card tell of the chosen face after each of these events, when they are answered already."""
    card, missing = shown

    def on_answer(session: Session, missing: Any) -> Iterator[Any]:
        end = time.monotonic() + MAP_FIRST
        while not session.mapped and time.monotonic() < end:
            time.sleep(0.01)
        yield from handlers.cards(checkpoints.of(session), session, missing)

    each = QUEUE | {"trigger_mode": "multiple"}
    for event in answers:
        followed(event, on_answer, [session, missing], card, mark="parting", **each)
    missing.input(on_answer, [session, missing], card, **QUEUE | {"trigger_mode": "always_last"})
