"""The tab *Trust*: whether the explanations of one face deserve to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr

from demo import jobs as slow
from demo import markup, text
from demo.checkpoints import Shelf
from demo.events import FAST
from demo.jobs import Controls
from demo.trust import handlers as trust
from demo.trust import views as trust_markup
from demo.trust.handlers import Panel
from demo.visits import Visit
from glamor.explain.trust import DEFAULT_METHODS


@dataclass(frozen=True)
class Parts:
    """The components that events read and write."""

    visit: gr.State
    controls: Controls
    results: dict[str, Any]

    @property
    def panel(self) -> list[Any]:
        """The outputs of a handler, in the order of :class:`~demo.trust.Panel`."""
        known = vars(self.controls) | self.results
        return [known[name] for name in Panel._fields]


def build(shelf: Shelf, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers."""
    _connect(shelf, slow.open_tab(), _lay_out(visit))


def _lay_out(visit: gr.State) -> Parts:
    results: dict[str, Any] = {}
    with gr.Row(elem_id="trust", elem_classes="side"):
        with gr.Column(elem_classes=["card", "side-controls"]):
            gr.HTML(markup.heading(text.TAB_TRUST))
            subject = slow.subject(trust.TAB)
            methods = slow.methods(trust.TAB, DEFAULT_METHODS, text.TRUST_METHODS_INFO)
            run, cancel, status = slow.buttons(trust.TAB, text.TRUST_RUN)
        with gr.Column(elem_classes="side-results"):
            with gr.Column(elem_classes="card"):
                gr.HTML(markup.caption(text.TRUST_LEAD))
                results["verdict"] = gr.HTML(markup.empty(text.TRUST_EMPTY), elem_id="trust-verdict")
            with gr.Column(visible=False, elem_id="trust-results") as results["results"]:
                results |= _figures() | _tables()
    return Parts(visit, Controls(subject, methods, run, cancel, status), results)


def _figures() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row(elem_classes="side-cards"):
        for name, title, keys in (
            ("pixels", text.PIXELS_TITLE, ("pixels",)),
            ("weights", text.WEIGHTS_TITLE, ("weights",)),
            ("cascade", text.CASCADE_TITLE, ("similarity",)),
        ):
            with _card(name, title):
                parts[name] = _image()
                gr.HTML(trust_markup.info(*keys))
    return parts


def _tables() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row(elem_classes=["side-cards", "wide"]):
        with gr.Column(min_width=240):
            with _card("order", text.ORDER_TITLE):
                parts["order"] = gr.HTML("")
                gr.HTML(trust_markup.info("auc", "agreement"))
            with _card("reliability", text.RELIABILITY_TITLE):
                parts["reliability"] = gr.HTML("")
                gr.HTML(trust_markup.info("convergence", "sensitivity", "infidelity", "similarity"))
        with gr.Column(min_width=240):
            with _card("reliance", text.RELIANCE_TITLE):
                parts["reliance"] = _image(buttons=[])  # a button would cover its figures
                parts["reliance_words"] = gr.HTML("")
                gr.HTML(trust_markup.info("reliance"))
            with _card("stability", text.STABILITY_TITLE):
                parts["stability"] = gr.HTML("")
                gr.HTML(trust_markup.info("stability"))
    return parts


def _card(name: str, title: str) -> gr.Column:
    card = gr.Column(elem_id=f"trust-{name}", elem_classes=["card", "shot"], min_width=240)
    with card:
        gr.HTML(markup.heading(title))
    return card


def _image(buttons: Sequence[Literal["fullscreen"]] = ("fullscreen",)) -> gr.Image:
    return gr.Image(format="png", show_label=False, buttons=list(buttons), interactive=False)


def _connect(shelf: Shelf, tab: gr.Tab, parts: Parts) -> None:
    def on_work(visit: Visit, progress: gr.Progress = gr.Progress()) -> Panel:  # noqa: B008
        return trust.work(shelf.of(visit), visit, lambda done: progress(done, desc=text.TRUST_DOING))

    controls, visit = parts.controls, parts.visit
    asked = [visit, controls.methods]
    tab.select(trust.refresh, asked, parts.panel, **FAST)
    started = controls.run.click(trust.start, asked, parts.panel, **FAST)
    started.then(on_work, [visit], parts.panel, **controls.slow)
    controls.cancel.click(trust.stop, [visit], parts.panel, **FAST)
