"""The tab *Compare methods*: several methods' maps of one face side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo import jobs as slow
from demo import markup, text
from demo.checkpoints import Shelf
from demo.compare import handlers as compare
from demo.events import FAST
from demo.jobs import Controls
from demo.visits import Visit
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
    _connect(shelf, slow.open_tab(), _lay_out(visit))


def _lay_out(visit: gr.State) -> Parts:
    with gr.Row(elem_id="compare", elem_classes="side"):
        with gr.Column(elem_classes=["card", "side-controls"]):
            gr.HTML(markup.heading(text.TAB_COMPARE))
            subject = slow.subject(compare.TAB)
            methods = slow.methods(compare.TAB, DEFAULT_METHODS, text.COMPARE_METHODS_INFO)
            run, cancel, status = slow.buttons(compare.TAB, text.COMPARE_RUN)
            with gr.Accordion(text.SETTINGS, open=False, elem_id="compare-settings"):
                baseline, smooth = _settings()
        with gr.Column(elem_classes="side-results"):
            with gr.Row(elem_id="compare-head", elem_classes="card"):
                gr.HTML(markup.caption(text.COMPARE_LEAD))
                one_scale = gr.Radio(
                    [(text.SCALE_OWN, False), (text.SCALE_ONE, True)],
                    value=False,
                    label=text.SCALE,
                    info=text.SCALE_INFO,
                    elem_id="compare-scale",
                )
            with gr.Row(elem_id="compare-cards", elem_classes="side-cards"):
                # One value a card: Gradio may lose a picture that comes while its place is only being put up.
                cards = [gr.HTML(compare.HIDDEN, elem_id=f"map-{key}") for key in METHODS]
    return Parts(visit, Controls(subject, methods, run, cancel, status), baseline, smooth, one_scale, cards)


def _settings() -> tuple[gr.Dropdown, gr.Checkbox]:
    baseline = gr.Dropdown(
        [(name, key) for key, name in text.BASELINE_NAMES.items()],
        value="black",
        label=text.BASELINE,
        info=text.BASELINE_INFO,
        filterable=False,
        interactive=True,
        elem_id="compare-baseline",
    )
    return baseline, gr.Checkbox(False, label=text.SMOOTH, info=text.SMOOTH_INFO, elem_id="compare-smooth")


def _connect(shelf: Shelf, tab: gr.Tab, parts: Parts) -> None:
    def on_select(visit: Visit) -> list[Any]:
        return compare.refresh(visit).outputs()

    def on_run(visit: Visit, methods: list[str], baseline: str, smooth: bool, one_scale: bool) -> list[Any]:
        return compare.start(visit, methods, baseline, smooth, one_scale).outputs()

    def on_work(visit: Visit, progress: gr.Progress = gr.Progress()) -> Iterator[list[Any]]:  # noqa: B008
        for sheet in compare.work(shelf.of(visit), visit, lambda done, what: progress(done, desc=what)):
            yield sheet.outputs()

    def on_scale(visit: Visit, one_scale: bool) -> list[Any]:
        return compare.rescale(visit, one_scale).outputs()

    def on_stop(visit: Visit) -> list[Any]:
        return compare.stop(visit).outputs()

    controls, visit = parts.controls, parts.visit
    asked = [visit, controls.methods, parts.baseline, parts.smooth, parts.one_scale]
    tab.select(on_select, [visit], parts.sheet, **FAST)
    started = controls.run.click(on_run, asked, parts.sheet, **FAST)
    started.then(on_work, [visit], parts.sheet, **controls.slow)
    controls.cancel.click(on_stop, [visit], parts.sheet, **FAST)
    parts.one_scale.input(on_scale, [visit, parts.one_scale], parts.sheet, trigger_mode="always_last", **FAST)
