"""The tab for many photos: an archive or several files in, a table, a summary and files out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo import events as queues
from demo import jobs as slow
from demo import markup, parse, text
from demo.checkpoints import Shelf
from demo.many import handlers as many
from demo.many.handlers import Shown
from demo.press import OPEN, press_js
from demo.visits import Visit

# A queue of its own: an archive takes minutes, and nobody's photo may wait behind it.
QUEUE: dict[str, Any] = {"concurrency_id": "many", "concurrency_limit": 1}
KINDS = ["number", "html", "str", "number", "str", "number", "number", "number", "str"]
WIDTHS = ["64px", "76px", "auto", "64px", "110px", "132px", "96px", "96px", "auto"]
_TO_ANALYSE_JS = 'document.querySelector("#tab-analyse-button").click()'


@dataclass(frozen=True)
class Parts:
    """The components that events read and write; the last ten in the order of :class:`~demo.many.Shown`."""

    files: gr.File
    other: gr.HTML
    opened: gr.Textbox
    status: gr.HTML
    table: gr.Dataframe
    stop: gr.Button
    results: gr.Column
    labels: gr.Image
    looked: gr.Image
    weighed: gr.Image
    parquet: gr.DownloadButton
    csv: gr.DownloadButton
    page: gr.DownloadButton

    @property
    def shown(self) -> list[Any]:
        """The outputs of the slow handler."""
        return [getattr(self, name) for name in Shown._fields]


def build(shelf: Shelf, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers."""
    _connect(shelf, slow.open_tab(), visit, _lay_out())


def _lay_out() -> Parts:
    parts: dict[str, Any] = {}
    with gr.Column(elem_classes="card"):
        gr.HTML(markup.heading(text.MANY_TITLE))
        limits = {"files": many.LIMITS.files, "size": many.LIMITS.unpacked // 2**20}
        gr.HTML(markup.caption(text.MANY_INFO.format(**limits)))
        parts["files"] = gr.File(
            file_count="multiple",
            file_types=["image", ".zip"],
            label=text.MANY_FILES,
            height=150,
            elem_id="many-files",
        )
        parts["stop"] = gr.Button(text.MANY_STOP, size="sm", interactive=False, elem_id="many-stop")
        parts["other"] = gr.HTML("", elem_classes="quiet")
        parts["status"] = gr.HTML("", elem_id="many-status")
        parts["opened"] = gr.Textbox(visible="hidden")
    with gr.Column(elem_classes="card", elem_id="many-faces"):
        gr.HTML(markup.heading(text.MANY_FACES))
        gr.HTML(markup.caption(text.MANY_FACES_INFO))
        parts["table"] = gr.Dataframe(
            headers=list(text.MANY_HEADERS),
            datatype=KINDS,  # type: ignore[arg-type]  # its Literal is of str, not of its own names
            column_widths=list(WIDTHS),
            type="array",
            interactive=False,
            buttons=[],
            max_height=560,
            wrap=True,
            visible=False,
            elem_id="many-table",
        )
    with gr.Column(visible=False, elem_id="many-results") as parts["results"]:
        parts |= _result_parts()
    return Parts(**parts)


def _result_parts() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row():
        for name, words in (("parquet", text.MANY_PARQUET), ("csv", text.MANY_CSV), ("page", text.MANY_PAGE)):
            parts[name] = gr.DownloadButton(words, size="sm", elem_id=f"many-{name}")
    with gr.Row(elem_id="many-summary"):
        for name, words in (
            ("labels", text.MANY_LABELS),
            ("looked", text.MANY_LOOKED),
            ("weighed", text.MANY_WEIGHED),
        ):
            with gr.Column(elem_classes=["card", "shot"], min_width=280):
                gr.HTML(markup.heading(words))
                parts[name] = gr.Image(format="png", show_label=False, buttons=["fullscreen"], interactive=False)
    return parts


def _connect(shelf: Shelf, tab: gr.Tab, visit: gr.State, parts: Parts) -> None:
    def on_files(visit: Visit, files: list[Any] | None) -> Iterator[Shown]:
        # (Raw values: to make paths of them, Gradio would leave an empty file for each in the cache.)
        sources = map(parse.photo_source, files or ())
        yield from many.work(shelf.of(visit), visit, [one for one in sources if isinstance(one, str)])

    def on_row(visit: Visit, event: gr.SelectData) -> tuple[str, str]:
        return many.choose(visit, event.row_value[0] if event.row_value else None)

    def on_select(visit: Visit) -> str:
        return many.refresh(shelf.of(visit), visit)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    gr.on(
        [parts.files.upload, parts.files.clear, parts.files.delete],
        many.queue,
        [visit, parts.files],
        parts.status,
        trigger_mode="multiple",
        preprocess=False,
        **private,
        **queues.PREDICT_QUEUE,
    ).then(on_files, [visit, parts.files], parts.shown, trigger_mode="multiple", preprocess=False, **private, **QUEUE)
    tab.select(on_select, [visit], parts.other, **private, **queues.PREDICT_QUEUE)
    parts.stop.click(many.stop, [visit], None, **private, **queues.PREDICT_QUEUE)
    parts.table.select(on_row, [visit], [parts.status, parts.opened], **private, **queues.PREDICT_QUEUE).then(
        None, [parts.opened], None, js=press_js(OPEN, "value", _TO_ANALYSE_JS), api_visibility="private"
    )
