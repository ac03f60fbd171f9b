"""Swaps, at the foot of *Analyse*: two or more photos, every face before every scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from demo import html, parse
from demo.checkpoints import Checkpoints
from demo.events import PREDICT_QUEUE, PRIVATE, QUIET, Parts, entered, outputs, while_unfolded
from demo.examples import example_photos
from demo.swap import handlers, words
from demo.swap.handlers import EVERYBODY, LARGEST, Outputs
from demo.visits import Session
from demo.words import DROP_HERE
from glamor.photo import load_photo


def build(checkpoints: Checkpoints, session: gr.State, answers: Sequence[Any]) -> Parts:
    """Lay out the card inside the open tab, folded, and tie its events to handlers.

    Args:
        checkpoints: the weights that may answer.
        session: of the visitor.
        answers: the events after which another photo may be shown.

    Returns:
        Its components; ``due`` brings it up to date whenever it is given another value, and ``swapped`` are the events
        after which other photos may take part.
    """
    with gr.Accordion(words.TITLE, open=False, elem_id="swap-card") as card:
        parts = _lay_out()
    parts["card"] = card
    parts["due"], parts["swapped"] = _connect(checkpoints, session, card, answers, parts)
    return parts


def _lay_out() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    with gr.Row(elem_id="swap-room", equal_height=False):
        with gr.Column(elem_id="swap-photos", elem_classes="card"):
            gr.HTML(html.heading(words.PHOTOS))
            gr.HTML(html.caption(words.LEAD))
            parts |= _photo_parts()
        with gr.Column(elem_id="swap-matrix", elem_classes="card"):
            gr.HTML(html.heading(words.MATRIX))
            parts["notice"] = gr.HTML("", elem_id="swap-notice", elem_classes="quiet")
            parts["picture"] = gr.Image(
                format="png",
                show_label=False,
                buttons=["fullscreen"],
                visible=False,
                interactive=False,
                elem_id="swap",
                elem_classes="drawn",
            )
            parts["words"] = gr.HTML(html.empty(words.EMPTY), elem_id="swap-words")
    return parts


def _photo_parts() -> dict[str, Any]:
    with gr.Row(elem_id="swap-pair"):
        first, second = (
            gr.Image(
                type="filepath",
                format="png",  # the examples come back through here; JPEG would change their pixels, and so the answer
                label=label,
                sources=["upload", "clipboard"],
                placeholder=DROP_HERE,
                buttons=[],
                min_width=120,
                elem_id=f"swap-{name}",
            )
            for name, label in (("first", words.FIRST), ("second", words.SECOND))
        )
    with gr.Row(elem_id="swap-buttons"):
        more = gr.UploadButton(
            words.MORE, file_count="multiple", file_types=["image"], size="sm", min_width=100, elem_id="swap-more"
        )
        examples = gr.Button(words.EXAMPLES, size="sm", min_width=100, elem_id="swap-examples")
        clear = gr.Button(words.CLEAR, size="sm", min_width=100, elem_id="swap-clear")
    analysed = gr.Checkbox(True, label=words.WITH, info=words.WITH_INFO, elem_id="swap-with")
    who = gr.Radio(
        [(words.LARGEST, LARGEST), (words.EVERYBODY, EVERYBODY)],
        value=LARGEST,
        label=words.WHO,
        info=words.WHO_INFO,
        elem_id="swap-who",
    )
    return {
        "first": first,
        "second": second,
        "more": more,
        "examples": examples,
        "clear": clear,
        "analysed": analysed,
        "who": who,
    }


def _connect(
    checkpoints: Checkpoints, session: gr.State, card: gr.Accordion, answers: Sequence[Any], parts: Parts
) -> tuple[gr.Textbox, list[Any]]:
    def on_photos(session: Session, first: Any, second: Any, more: Any, who: Any, analysed: Any) -> Outputs:
        payloads = [first, second, *(more or [])]
        return handlers.swap(
            checkpoints.of(session), session, [parse.photo_source(payload) for payload in payloads], who, bool(analysed)
        )

    def on_examples() -> tuple[Any, Any]:
        second, first = (load_photo(path) for path in example_photos()[1:])
        return first, second

    # Raw values: the photos are decoded by our own rules (parse.photo_source), the rest is checked by the handlers.
    work = PRIVATE | PREDICT_QUEUE | {"trigger_mode": "always_last", "show_progress_on": parts["picture"]}
    asked = [session, parts["first"], parts["second"], parts["more"], parts["who"], parts["analysed"]]
    swapped = outputs(parts, Outputs)
    photos = [parts["first"], parts["second"], parts["more"]]
    changed = [parts[name].input for name in ("first", "second", "who", "analysed")]
    events = [entered([*changed, parts["more"].upload], on_photos, asked, swapped, **work)]
    chosen = parts["examples"].click(on_examples, None, photos[:2], **PRIVATE | QUIET)
    cleared = parts["clear"].click(lambda: (None, None, None), None, photos, **PRIVATE | QUIET)
    for event in (chosen, cleared):
        events.append(event.then(on_photos, asked, swapped, **work))
    due, event = while_unfolded(card, answers, on_photos, asked, swapped, **work)
    return due, [*events, event]
