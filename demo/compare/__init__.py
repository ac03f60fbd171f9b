"""The tab *Compare*: several methods' maps of one face side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from demo import html, jobs
from demo.checkpoints import Checkpoints
from demo.compare import handlers, words
from demo.engine import Engine
from demo.events import FAST, SLOW, Parts, Triggers, entered
from demo.visits import Session
from demo.words import TAB_COMPARE
from glamor.explain import METHODS

BASELINES = tuple(words.BASELINE_NAMES)


def build(checkpoints: Checkpoints, session: gr.State, shown: Triggers) -> Parts:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers; returns its components."""
    parts = _lay_out(checkpoints.of(session.value))
    _connect(checkpoints, session, shown, parts)
    return parts


def _lay_out(engine: Engine) -> Parts:
    parts: dict[str, Any] = {}
    with gr.Row(elem_id="compare", elem_classes="side"):
        with gr.Column(elem_classes=["card", "side-controls"]):
            gr.HTML(html.heading(TAB_COMPARE))
            parts["subject"] = jobs.subject(handlers.TAB)
            parts["methods"] = jobs.methods(handlers.TAB, engine, words.METHODS_INFO)
            parts |= jobs.buttons(handlers.TAB, words.RUN)
            with gr.Accordion(words.SETTINGS, open=False, elem_id="compare-settings"):
                parts |= _settings()
        with gr.Column(elem_classes="side-results"):
            with gr.Row(elem_id="compare-head", elem_classes="card"):
                gr.HTML(html.caption(words.LEAD))
                parts["one_scale"] = gr.Radio(
                    [(words.SCALE_OWN, False), (words.SCALE_ONE, True)],
                    value=False,
                    label=words.SCALE,
                    info=words.SCALE_INFO,
                    elem_id="compare-scale",
                )
            with gr.Row(elem_id="compare-cards", elem_classes="side-cards"):
                # One value a card: Gradio may lose a picture that comes while its place is only being put up.
                parts["cards"] = [gr.HTML(handlers.HIDDEN, elem_id=f"map-{key}") for key in METHODS]
    return parts


def _settings() -> dict[str, Any]:
    baseline = gr.Dropdown(
        [(name, key) for key, name in words.BASELINE_NAMES.items()],
        value="black",
        label=words.BASELINE,
        info=words.BASELINE_INFO,
        filterable=False,
        interactive=True,
        elem_id="compare-baseline",
    )
    smooth = gr.Checkbox(False, label=words.SMOOTH, info=words.SMOOTH_INFO, elem_id="compare-smooth")
    return {"baseline": baseline, "smooth": smooth}


def _connect(checkpoints: Checkpoints, session: gr.State, shown: Triggers, parts: Parts) -> None:
    def on_select(session: Session) -> list[Any]:
        return handlers.refresh(session).outputs()

    def on_run(session: Session, methods: list[str], baseline: str, smooth: bool, one_scale: bool) -> list[Any]:
        return handlers.start(session, methods, baseline, smooth, one_scale).outputs()

    def on_work(session: Session, progress: gr.Progress = gr.Progress()) -> Iterator[list[Any]]:  # noqa: B008
        for sheet in handlers.work(checkpoints.of(session), session, lambda done, what: progress(done, desc=what)):
            yield sheet.outputs()

    def on_scale(session: Session, one_scale: bool) -> list[Any]:
        return handlers.rescale(session, one_scale).outputs()

    def on_stop(session: Session) -> list[Any]:
        return handlers.stop(session).outputs()

    asked = [session, parts["methods"], parts["baseline"], parts["smooth"], parts["one_scale"]]
    sheet = [parts["subject"], parts["status"], parts["run"], parts["cancel"], *parts["cards"]]
    entered(shown, on_select, [session], sheet, **FAST)
    started = parts["run"].click(on_run, asked, sheet, **FAST)
    started.then(on_work, [session], sheet, show_progress_on=parts["status"], **SLOW)
    parts["cancel"].click(on_stop, [session], sheet, **FAST)
    parts["one_scale"].input(on_scale, [session, parts["one_scale"]], sheet, trigger_mode="always_last", **FAST)
