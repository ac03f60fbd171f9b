"""Slow work that a visitor can stop: what its tabs share."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo import html, views, words
from demo.engine import Engine
from demo.methods import marked, several, verdicts
from demo.visits import BASELINE, MapRequest, Selection
from glamor.explain import METHODS, find_method


def subject(tab: str) -> gr.HTML:
    """Place the line that says which face and label the tab is about."""
    return gr.HTML(html.empty(words.SUBJECT_EMPTY), elem_id=f"{tab}-subject")


def choices(engine: Engine) -> list[tuple[str, str | int | float]]:
    """Return each method's name, with its cost class and what an audit has against it, and its key."""
    return [(marked(engine, key, views.method_choice(method)), key) for key, method in METHODS.items()]


def methods(tab: str, engine: Engine, info: str) -> gr.CheckboxGroup:
    """Place the choice of methods; ticked are those that an audit found better than chance."""
    return gr.CheckboxGroup(
        choices(engine),
        value=list(several(engine)),
        label=words.METHODS_LABEL,
        info=f"{info} {verdicts(engine).sentence}",
        elem_id=f"{tab}-methods",
        elem_classes="list",
    )


def buttons(tab: str, run: str) -> dict[str, Any]:
    """Place the two buttons and, under them, what is going on: ``run``, ``cancel`` and ``status``."""
    with gr.Row(elem_classes="actions"):
        start = gr.Button(run, variant="primary", interactive=False, min_width=100, elem_id=f"{tab}-run")
        stop = gr.Button(words.CANCEL, interactive=False, min_width=100, elem_id=f"{tab}-stop")
    return {"run": start, "cancel": stop, "status": gr.HTML("", elem_id=f"{tab}-status")}


def request_for(selection: Selection, method: str, baseline: str = BASELINE, smooth: bool = False) -> MapRequest:
    """Return the request that a method's map answers; what the method has no use for is left out.

    Raises:
        ExplainError: if there is no such method.
    """
    entry = find_method(method)
    return MapRequest(
        selection.request.face,
        entry.key,
        selection.request.target,
        baseline if entry.uses_baseline else BASELINE,
        bool(smooth) and entry.can_smooth,
    )
