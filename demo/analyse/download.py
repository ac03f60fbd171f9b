"""The chosen face's analysis as one zip, with the map that is shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gradio as gr

from demo import cache, events, html
from demo.analyse import words
from demo.checkpoints import Shelf
from demo.engine import Engine
from demo.visits import Focus, Visit
from glamor.report import zip_report

# The button that a browser follows is hidden: its file does not exist before the visible one is pressed.
_FOLLOW_JS = """(file) => {
    if (file) setTimeout(() => {
        const hidden = document.querySelector("#download-file");
        (hidden.matches("a, button") ? hidden : hidden.querySelector("a, button")).click();
    }, 100);
}"""


def add_download(shelf: Shelf, visit: gr.State, title: str) -> None:
    """Add a card's title with the button beside it, and what it says below, to the open layout."""
    with gr.Row(elem_classes="titled"):
        gr.HTML(html.heading(title))
        blur = gr.Checkbox(True, label=words.BLUR_OTHERS, container=False, min_width=120, elem_id="blur-others")
        button = gr.Button(words.DOWNLOAD, size="sm", min_width=90, elem_id="download")
    said = gr.HTML("", elem_id="download-said")
    hidden = gr.DownloadButton(visible="hidden", elem_id="download-file")

    def on_press(visit: Visit, blur: Any) -> tuple[str | None, str]:
        return save(shelf.of(visit), visit, blur is not False)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    (
        button.click(lambda: html.caption(words.DOWNLOAD_BUSY), None, said, **private, **events.PREDICT_QUEUE)
        .then(on_press, [visit, blur], [hidden, said], **private, **events.EXPLAIN_QUEUE)
        .then(None, [hidden], None, js=_FOLLOW_JS, api_visibility="private")
    )


def save(engine: Engine, visit: Visit, blur_others: bool = False) -> tuple[str | None, str]:
    """Write the zip into Gradio's cache, from which it goes with everything else of the visit.

    A map that is not there yet is made first.

    Args:
        engine: loaded weights.
        visit: whose chosen face it is about.
        blur_others: whether the other faces are to be unrecognisable in it.

    Returns:
        The file's path, None if there is nothing to download, and what to say.
    """
    view = visit.view
    if view is None or view.focus is None:
        return None, html.note(words.DOWNLOAD_NEEDS_FACE)
    question, prediction = view.focus
    try:
        explanation = visit.maps.get(question) or engine.explain(prediction, question.method, question.target)
        photo = view.photo.pixels(engine)
        content = zip_report(photo, view.predictions, question.face, explanation, blur_others=blur_others)
        path = _cached(file_name(view.focus), content)
    except Exception as error:
        return None, html.problem(error)
    people = words.DOWNLOAD_SHOWS_PEOPLE
    if len(view.predictions) > 1:
        people = words.DOWNLOAD_BLURRED if blur_others else words.DOWNLOAD_SHOWS_OTHERS
    return str(path), html.caption(f"{words.DOWNLOAD_READY.format(name=path.name)} {people}")


def file_name(focus: Focus) -> str:
    """Return a name that every system takes, whatever a checkpoint calls its labels."""
    label = re.sub(r"[^a-z0-9]+", "-", focus.question.target.lower()).strip("-")[:40] or "label"
    return f"glamor-face-{focus.question.face + 1}-{label}.zip"


def _cached(name: str, content: bytes) -> Path:
    """Write into a folder of its own whose name nobody can guess."""
    path = cache.private_folder() / name
    path.write_bytes(content)
    return path
