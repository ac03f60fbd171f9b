"""The tab for many photos: an archive or several files in, a table, a summary and files out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from demo import events, html, parse
from demo.checkpoints import Checkpoints
from demo.events import SAME, Parts, Triggers, fired, outputs
from demo.many import handlers, words
from demo.many.handlers import Outputs
from demo.visits import Session

# A queue of its own: an archive takes minutes, and nobody's photo may wait behind it.
SLOW = events.PRIVATE | events.QUIET | {"concurrency_id": "many", "concurrency_limit": 1}
KINDS = ["number", "html", "str", "number", "str", "number", "number", "number", "str"]
WIDTHS = ["64px", "76px", "auto", "64px", "110px", "132px", "96px", "96px", "auto"]


def build(
    checkpoints: Checkpoints, session: gr.State, shown: Triggers, tabs: gr.Tabs, render: gr.State, loose: int
) -> Parts:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers.

    Args:
        checkpoints: the weights that may be asked for.
        session: of the visitor.
        shown: what says that the tab is shown.
        tabs: all of them, to lead to *Analyse*.
        render: the signal that has *Analyse* show what the session holds.
        loose: how many photos may come without an archive.

    Returns:
        Its components.
    """
    parts = _lay_out(loose)
    _connect(checkpoints, session, shown, parts)
    _lead_to_analyse(session, tabs, render, parts)
    return parts


def _lay_out(loose: int) -> Parts:
    parts: dict[str, Any] = {"render": events.signal()}
    with gr.Column(elem_classes="card"):
        gr.HTML(html.heading(words.TITLE))
        limits = {"files": handlers.LIMITS.files, "size": handlers.LIMITS.unpacked // 2**20, "loose": loose}
        gr.HTML(html.caption(words.INFO.format(**limits)))
        parts["files"] = gr.File(
            file_count="multiple",
            file_types=["image", ".zip"],
            label=words.FILES,
            height=150,
            elem_id="many-files",
        )
        parts["stop"] = gr.Button(words.STOP, size="sm", interactive=False, elem_id="many-stop")
        parts["other"] = gr.HTML("", elem_classes="quiet")
        parts["status"] = gr.HTML("", elem_id="many-status")
    with gr.Column(elem_classes="card", elem_id="many-faces"):
        gr.HTML(html.heading(words.FACES))
        gr.HTML(html.caption(words.FACES_INFO))
        parts["table"] = gr.Dataframe(
            headers=list(words.HEADERS),
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
    return parts


def _result_parts() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row():
        for name, label in (("parquet", words.PARQUET), ("csv", words.CSV), ("page", words.PAGE)):
            parts[name] = gr.DownloadButton(label, size="sm", elem_id=f"many-{name}")
    with gr.Row(elem_id="many-summary"):
        for name, label in (
            ("labels", words.LABELS),
            ("looked", words.LOOKED),
            ("weighed", words.WEIGHED),
        ):
            with gr.Column(elem_classes=["card", "shot"], min_width=280):
                gr.HTML(html.heading(label))
                parts[name] = gr.Image(format="png", show_label=False, buttons=["fullscreen"], interactive=False)
    return parts


def _connect(checkpoints: Checkpoints, session: gr.State, shown: Triggers, parts: Parts) -> None:
    def on_files(session: Session, files: list[Any] | None) -> Iterator[Outputs]:
        # (Raw values: to make paths of them, Gradio would leave an empty file for each in the cache.)
        sources = map(parse.photo_source, files or ())
        yield from handlers.work(
            checkpoints.of(session), session, [source for source in sources if isinstance(source, str)]
        )

    def on_render(session: Session) -> Outputs:
        return handlers.render(checkpoints.of(session), session)

    def on_select(session: Session) -> str:
        return handlers.refresh(checkpoints.of(session), session)

    found = outputs(parts, Outputs)
    gr.on(
        [parts["files"].upload, parts["files"].clear, parts["files"].delete],
        handlers.queue,
        [session, parts["files"]],
        parts["status"],
        trigger_mode="multiple",
        **events.FAST,
    ).then(on_files, [session, parts["files"]], found, trigger_mode="multiple", **SLOW)
    parts["render"].change(on_render, [session], found, **events.FAST)
    events.entered(shown, on_select, [session], parts["other"], **events.FAST)
    parts["stop"].click(handlers.stop, [session], None, **events.FAST)


def _lead_to_analyse(session: gr.State, tabs: gr.Tabs, render: gr.State, parts: Parts) -> None:
    """Have a click on a row open its photo in *Analyse*."""

    def on_row(session: Session, event: gr.SelectData) -> tuple[Any, Any, Any]:
        problem = handlers.choose(session, event.row_value[0] if event.row_value else None)
        return (problem, SAME, SAME) if problem else (SAME, gr.Tabs(selected="analyse"), fired())

    parts["table"].select(on_row, [session], [parts["status"], tabs, render], **events.FAST)
