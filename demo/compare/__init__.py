"""The tab *Compare methods*: several methods' maps of one face side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo import html, jobs
from demo.checkpoints import Shelf
from demo.compare import handlers, words
from demo.events import FAST
from demo.jobs import Controls
from demo.visits import Visit
from demo.words import TAB_COMPARE
from glamor.explain import METHODS
from glamor.explain.trust import DEFAULT_METHODS


@dataclass(frozen=True)
class Parts:
    """The components that events read and write."""

    visit: gr.State
    controls: Controls
    baseline: gr.Dropdown
    smooth: gr.Checkbox
    one_scale: gr.Radio
    cards: list[gr.HTML]

    @property
    def sheet(self) -> list[Any]:
        """The outputs of a handler, in the order of :meth:`demo.compare.Sheet.outputs`."""
        return [self.controls.subject, self.controls.status, self.controls.run, self.controls.cancel, *self.cards]


def build(shelf: Shelf, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers."""
    _connect(shelf, jobs.open_tab(), _lay_out(visit))


def _lay_out(visit: gr.State) -> Parts:
    with gr.Row(elem_id="compare", elem_classes="side"):
        with gr.Column(elem_classes=["card", "side-controls"]):
            gr.HTML(html.heading(TAB_COMPARE))
            subject = jobs.subject(handlers.TAB)
            methods = jobs.methods(handlers.TAB, DEFAULT_METHODS, words.METHODS_INFO)
            run, cancel, status = jobs.buttons(handlers.TAB, words.RUN)
            with gr.Accordion(words.SETTINGS, open=False, elem_id="compare-settings"):
                baseline, smooth = _settings()
        with gr.Column(elem_classes="side-results"):
            with gr.Row(elem_id="compare-head", elem_classes="card"):
                gr.HTML(html.caption(words.LEAD))
                one_scale = gr.Radio(
                    [(words.SCALE_OWN, False), (words.SCALE_ONE, True)],
                    value=False,
                    label=words.SCALE,
                    info=words.SCALE_INFO,
                    elem_id="compare-scale",
                )
            with gr.Row(elem_id="compare-cards", elem_classes="side-cards"):
                # One value a card: Gradio may lose a picture that comes while its place is only being put up.
                cards = [gr.HTML(handlers.HIDDEN, elem_id=f"map-{key}") for key in METHODS]
    return Parts(visit, Controls(subject, methods, run, cancel, status), baseline, smooth, one_scale, cards)


def _settings() -> tuple[gr.Dropdown, gr.Checkbox]:
    baseline = gr.Dropdown(
        [(name, key) for key, name in words.BASELINE_NAMES.items()],
        value="black",
        label=words.BASELINE,
        info=words.BASELINE_INFO,
        filterable=False,
        interactive=True,
        elem_id="compare-baseline",
    )
    return baseline, gr.Checkbox(False, label=words.SMOOTH, info=words.SMOOTH_INFO, elem_id="compare-smooth")


def _connect(shelf: Shelf, tab: gr.Tab, parts: Parts) -> None:
    def on_select(visit: Visit) -> list[Any]:
        return handlers.refresh(visit).outputs()

    def on_run(visit: Visit, methods: list[str], baseline: str, smooth: bool, one_scale: bool) -> list[Any]:
        return handlers.start(visit, methods, baseline, smooth, one_scale).outputs()

    def on_work(visit: Visit, progress: gr.Progress = gr.Progress()) -> Iterator[list[Any]]:  # noqa: B008
        for sheet in handlers.work(shelf.of(visit), visit, lambda done, what: progress(done, desc=what)):
            yield sheet.outputs()

    def on_scale(visit: Visit, one_scale: bool) -> list[Any]:
        return handlers.rescale(visit, one_scale).outputs()

    def on_stop(visit: Visit) -> list[Any]:
        return handlers.stop(visit).outputs()

    controls, visit = parts.controls, parts.visit
    asked = [visit, controls.methods, parts.baseline, parts.smooth, parts.one_scale]
    tab.select(on_select, [visit], parts.sheet, **FAST)
    started = controls.run.click(on_run, asked, parts.sheet, **FAST)
    started.then(on_work, [visit], parts.sheet, **controls.slow)
    controls.cancel.click(on_stop, [visit], parts.sheet, **FAST)
    parts.one_scale.input(on_scale, [visit, parts.one_scale], parts.sheet, trigger_mode="always_last", **FAST)
