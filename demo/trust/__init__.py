"""The tab *Trust*: whether the explanations of one face deserve to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import gradio as gr

from demo import html, jobs
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.events import FAST, SLOW, Parts, Triggers, entered, outputs
from demo.trust import handlers, words
from demo.trust.handlers import Outputs
from demo.views import measure_info
from demo.visits import Session
from demo.words import TAB_TRUST


def build(checkpoints: Checkpoints, session: gr.State, shown: Triggers) -> Parts:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers; returns its components."""
    parts = _lay_out(checkpoints.of(session.value))
    _connect(checkpoints, session, shown, parts)
    return parts


def _lay_out(engine: Engine) -> Parts:
    parts: dict[str, Any] = {}
    with gr.Row(elem_id="trust", elem_classes="side"):
        with gr.Column(elem_classes=["card", "side-controls"]):
            gr.HTML(html.heading(TAB_TRUST))
            parts["subject"] = jobs.subject(handlers.TAB)
            parts["methods"] = jobs.methods(handlers.TAB, engine, words.METHODS_INFO)
            parts |= jobs.buttons(handlers.TAB, words.RUN)
        with gr.Column(elem_classes="side-results"):
            with gr.Column(elem_classes="card"):
                gr.HTML(html.caption(words.LEAD))
                parts["verdict"] = gr.HTML(html.empty(words.EMPTY), elem_id="trust-verdict")
            with gr.Column(visible=False, elem_id="trust-results") as parts["results"]:
                parts |= _figures() | _tables()
    return parts


def _figures() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row(elem_classes="side-cards"):
        for name, title, keys in (
            ("pixels", words.PIXELS_TITLE, ("pixels",)),
            ("weights", words.WEIGHTS_TITLE, ("weights",)),
            ("cascade", words.CASCADE_TITLE, ("similarity",)),
        ):
            with _card(name, title):
                parts[name] = _image()
                gr.HTML(measure_info(*keys))
    return parts


def _tables() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row(elem_classes=["side-cards", "wide"]):
        with gr.Column(min_width=240):
            with _card("order", words.ORDER_TITLE):
                parts["order"] = gr.HTML("")
                gr.HTML(measure_info("auc", "agreement"))
            with _card("reliability", words.RELIABILITY_TITLE):
                parts["reliability"] = gr.HTML("")
                gr.HTML(measure_info("convergence", "sensitivity", "infidelity", "similarity"))
        with gr.Column(min_width=240):
            with _card("reliance", words.RELIANCE_TITLE):
                parts["reliance"] = _image(buttons=[])  # a button would cover its figures
                parts["reliance_words"] = gr.HTML("")
                gr.HTML(measure_info("reliance"))
            with _card("stability", words.STABILITY_TITLE):
                parts["stability"] = gr.HTML("")
                gr.HTML(measure_info("stability"))
    return parts


def _card(name: str, title: str) -> gr.Column:
    card = gr.Column(elem_id=f"trust-{name}", elem_classes=["card", "shot"], min_width=240)
    with card:
        gr.HTML(html.heading(title))
    return card


def _image(buttons: Sequence[Literal["fullscreen"]] = ("fullscreen",)) -> gr.Image:
    return gr.Image(format="png", show_label=False, buttons=list(buttons), interactive=False)


def _connect(checkpoints: Checkpoints, session: gr.State, shown: Triggers, parts: Parts) -> None:
    def on_work(session: Session, progress: gr.Progress = gr.Progress()) -> Outputs:  # noqa: B008
        return handlers.work(checkpoints.of(session), session, lambda done: progress(done, desc=words.DOING))

    asked, panel = [session, parts["methods"]], outputs(parts, Outputs)
    entered(shown, handlers.refresh, asked, panel, **FAST)
    started = parts["run"].click(handlers.start, asked, panel, **FAST)
    started.then(on_work, [session], panel, show_progress_on=parts["status"], **SLOW)
    parts["cancel"].click(handlers.stop, [session], panel, **FAST)
