"""The chosen face's analysis as one zip, with the map that is shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gradio as gr

from demo import ahead, cache, events, html, methods
from demo.analyse import words
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.visits import ATTENTION, Selection, Session
from glamor.report import zip_report

# A browser saves what a link leads to; this one is there for a moment only.
_SAVE_JS = """(file) => {
    if (!file) return;
    const link = document.createElement("a");
    link.href = file.url;
    link.download = file.orig_name;
    link.click();
}"""


def add_download(checkpoints: Checkpoints, session: gr.State, title: str) -> None:
    """Add a card's title with the button beside it, and what it says below, to the open layout."""
    with gr.Row(elem_classes="titled"):
        gr.HTML(html.heading(title))
        blur = gr.Checkbox(True, label=words.BLUR_OTHERS, container=False, min_width=120, elem_id="blur-others")
        button = gr.Button(words.DOWNLOAD, size="sm", min_width=90, elem_id="download")
    status = gr.HTML("", elem_id="download-said")
    file = gr.File(visible=False, elem_id="download-file")

    def on_press(session: Session, blur: Any) -> tuple[str | None, str]:
        return save(checkpoints.of(session), session, blur is not False)

    private: dict[str, Any] = {"api_visibility": "private", **events.QUIET}
    (
        button.click(lambda: html.caption(words.DOWNLOAD_BUSY), None, status, **private, **events.PREDICT_QUEUE)
        .then(on_press, [session, blur], [file, status], **private, **events.EXPLAIN_QUEUE)
        .then(None, [file], None, js=_SAVE_JS, api_visibility="private")
    )


def save(engine: Engine, session: Session, blur_others: bool = False) -> tuple[str | None, str]:
    """Write the zip into Gradio's cache, from which it goes with everything else of the session.

    A map that is not there yet is made first.

    Args:
        engine: loaded weights.
        session: whose chosen face it is about.
        blur_others: whether the other faces are to be unrecognisable in it.

    Returns:
        The file's path, None if there is nothing to download, and what to say.
    """
    analysis = session.analysis
    if analysis is None or analysis.selection is None:
        return None, html.note(words.DOWNLOAD_NEEDS_FACE)
    request, prediction = analysis.selection
    if request.method == ATTENTION:  # stands in each of them
        request = request._replace(method=methods.default(engine))
    try:
        explanation = session.maps.get(request) or engine.explain(prediction, request.method, request.target)
        photo = analysis.photo.pixels(engine)
        asked = engine, session, prediction, session.missing
        parts, flips = ahead.parts_of(*asked), ahead.flips_of(*asked)
        content = zip_report(
            photo, analysis.predictions, request.face, explanation, blur_others=blur_others, parts=parts, flips=flips
        )
        path = _cached(file_name(analysis.selection), content)
    except Exception as error:
        return None, html.problem(error)
    people = words.DOWNLOAD_SHOWS_PEOPLE
    if len(analysis.predictions) > 1:
        people = words.DOWNLOAD_BLURRED if blur_others else words.DOWNLOAD_SHOWS_OTHERS
    return str(path), html.caption(f"{words.DOWNLOAD_READY.format(name=path.name)} {people}")


def file_name(selection: Selection) -> str:
    """Return a name that every system takes, whatever a checkpoint calls its labels."""
    label = re.sub(r"[^a-z0-9]+", "-", selection.request.target.lower()).strip("-")[:40] or "label"
    return f"glamor-face-{selection.request.face + 1}-{label}.zip"


def _cached(name: str, content: bytes) -> Path:
    """Write into a folder of its own whose name nobody can guess."""
    path = cache.private_folder() / name
    path.write_bytes(content)
    return path
