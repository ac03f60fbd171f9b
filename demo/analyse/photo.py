"""The photo's card: the place that takes a photo, the picture that shows it, and the ways to add one.

What is given and what is shown are two components: what is drawn on the screen is never an input.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from demo import html
from demo.analyse import words
from demo.examples import example_photos
from demo.words import DROP_HERE

_BEGIN_JS = Path(__file__).with_name("photo.js").read_text("utf-8")
# Empties the place of the photo that was answered. The server cannot: by then another one may have been given.
EMPTY_JS = """(answered) => {
    const given = document.querySelector("#photo .upload-container > .image-frame img");
    return given && answered && given.src.includes(answered) ? null : undefined;
}"""
FAILED_JS = "() => null"


def lay_out(shown: dict[str, Any], captions: Sequence[str]) -> dict[str, Any]:
    """Lay out the card inside the open row.

    Args:
        shown: what the picture is made with.
        captions: of the examples.

    Returns:
        ``given``, the place, which holds a photo only until its answer is there; ``answered``, by which folder of the
        cache it is told; ``photo``, the picture; ``remove_photo``, and the buttons ``examples``.
    """
    given = gr.Image(
        type="filepath",
        show_label=False,
        label=words.PHOTO,
        sources=["upload", "clipboard", "webcam"],
        placeholder=DROP_HERE,
        buttons=[],
        interactive=True,
        elem_id="photo",
    )
    answered = gr.Textbox(visible=False, elem_id="answered")
    with gr.Column(elem_id="photo-shown-place", min_width=0):
        photo = gr.Image(
            format="jpeg",
            label=words.PHOTO,
            show_label=False,
            buttons=[],
            interactive=False,
            elem_id="photo-shown",
            **shown,
        )
        remove = gr.Button(words.REMOVE_PHOTO, size="sm", elem_id="remove-photo")
    with gr.Column(elem_id="examples", min_width=84):
        gr.HTML(html.caption(words.EXAMPLES))
        examples = tuple(map(_example, captions, example_photos()))
    with gr.Row(elem_id="add-row"):
        gr.Button(words.ADD_PHOTO, size="sm", min_width=100, elem_id="add-photo")
        gr.HTML(html.caption(words.CONSENT), elem_id="consent")
        gr.HTML(html.caption(words.ON_ITS_WAY), elem_id="on-its-way", js_on_load=_BEGIN_JS)
    return {"given": given, "answered": answered, "photo": photo, "remove_photo": remove, "examples": examples}


def _example(caption: str, path: Path) -> gr.Button:
    button = gr.Button(caption, icon=path, size="sm", min_width=84)
    if button.icon:
        button.keep_in_cache.add(button.icon["path"])  # Gradio does so with values, not with icons
    return button
