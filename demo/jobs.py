"""What the tabs of slow work share: their subject, and buttons to start and to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.context import Context

from demo import markup, text
from demo.compare import views as compare_markup
from demo.events import SLOW
from glamor.explain import METHODS


@dataclass(frozen=True)
class Controls:
    """The controls that every such tab has."""

    subject: gr.HTML
    methods: gr.CheckboxGroup
    run: gr.Button
    cancel: gr.Button
    status: gr.HTML

    @property
    def slow(self) -> dict[str, Any]:
        """How slow work is queued and where its progress is shown."""
        return SLOW | {"show_progress_on": self.status}


def open_tab() -> gr.Tab:
    """Return the tab that is being laid out, whose choice is an event."""
    tab = Context.block
    if not isinstance(tab, gr.Tab):
        raise TypeError("A tab is laid out inside `with gr.Tab(...)`.")
    return tab


def subject(tab: str) -> gr.HTML:
    """Place the line that says which face and label the tab is about."""
    return gr.HTML(markup.empty(text.SUBJECT_EMPTY), elem_id=f"{tab}-subject")


def methods(tab: str, chosen: tuple[str, ...], info: str) -> gr.CheckboxGroup:
    """Place the choice of methods with their cost classes."""
    choices: list[tuple[str, str | int | float]] = [
        (compare_markup.choice(method), key) for key, method in METHODS.items()
    ]
    return gr.CheckboxGroup(
        choices, value=list(chosen), label=text.METHODS_LABEL, info=info, elem_id=f"{tab}-methods", elem_classes="list"
    )


def buttons(tab: str, run: str) -> tuple[gr.Button, gr.Button, gr.HTML]:
    """Place the two buttons and, under them, what is going on."""
    with gr.Row(elem_classes="actions"):
        start = gr.Button(run, variant="primary", interactive=False, min_width=100, elem_id=f"{tab}-run")
        stop = gr.Button(text.CANCEL, interactive=False, min_width=100, elem_id=f"{tab}-stop")
    return start, stop, gr.HTML("", elem_id=f"{tab}-status")
