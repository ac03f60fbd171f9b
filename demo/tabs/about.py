"""The last tab: which weights answer, how good they are, what a label means, and two of them side by side."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

import gradio as gr

from demo import card, markup, queues, side_by_side, text
from demo.engine import Engine
from demo.guard import message_of
from demo.shelf import Shelf
from demo.side_by_side import SAME, Sides
from demo.visit import Visit
from glamor.card import read_card

OPACITY = 0.6


class About(NamedTuple):
    """All that changes with the chosen checkpoint, in the order of the tab's outputs."""

    notice: Any = SAME
    facts: Any = SAME
    scores: Any = SAME
    weak: Any = SAME
    body: Any = SAME


def build(engine: Engine, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers."""
    shelf = Shelf(engine)
    start = about(shelf, shelf.own)
    with gr.Row(elem_id="about", equal_height=False):
        with gr.Column(elem_classes="card", min_width=320):
            gr.HTML(markup.heading(text.ABOUT_CHECKPOINT))
            which = _choice(shelf, text.ABOUT_WHICH, text.ABOUT_WHICH_INFO, "which")
            notice, facts = gr.HTML("", elem_id="about-notice"), gr.HTML(start.facts, elem_id="facts")
            gr.HTML(markup.heading(text.ABOUT_SCORES))
            scores = gr.HTML(start.scores, elem_id="scores")
            gr.HTML(markup.heading(text.ABOUT_WEAK))
            weak = gr.HTML(start.weak, elem_id="weak")
        with gr.Column(elem_classes="card", min_width=320):
            for title, sentences in (
                (text.ABOUT_MEANING, text.ABOUT_MEANING_WORDS),
                (text.ABOUT_BANNED, text.ABOUT_BANNED_WORDS),
                (text.ABOUT_PRIVACY, text.ABOUT_PRIVACY_WORDS),
            ):
                gr.HTML(f"{markup.heading(title)}{card.points(sentences)}")
    if len(shelf.names) > 1:
        _side_by_side(engine, shelf, visit)
    with gr.Column(elem_id="card", elem_classes="card"):
        gr.HTML(markup.heading(text.ABOUT_CARD))
        body = gr.HTML(start.body)
    which.input(
        lambda name: about(shelf, name),
        [which],
        [notice, facts, scores, weak, body],
        api_visibility="private",
        preprocess=False,
        **queues.EXPLAIN_QUEUE,
    )


def about(shelf: Shelf, name: Any) -> About:
    """Return what is known of a checkpoint; one that cannot be had leaves the page as it is."""
    try:
        checkpoint = shelf.engine(name).predictor.checkpoint
    except Exception as error:
        return About(markup.note(escape(message_of(error)), "warn"))
    told = read_card(checkpoint)
    return About("", card.facts(checkpoint), card.scores(told), card.weaknesses(told), card.body(told))


def _choice(shelf: Shelf, label: str, info: str | None, name: str, start: int = 0) -> gr.Dropdown:
    return gr.Dropdown(
        list(shelf.names),
        value=shelf.names[start],
        label=label,
        info=info,
        visible=len(shelf.names) > 1,
        interactive=True,
        filterable=False,
        min_width=200,
        elem_id=name,
    )


def _side_by_side(engine: Engine, shelf: Shelf, visit: gr.State) -> None:
    """Add the section that compares two checkpoints."""
    with gr.Column(elem_id="side-by-side", elem_classes="card"):
        gr.HTML(f"{markup.heading(text.SIDE_BY_SIDE)}{markup.caption(text.SIDE_INFO)}")
        with gr.Row(elem_id="choices"):
            first = _choice(shelf, text.SIDE_FIRST, None, "first")
            second = _choice(shelf, text.SIDE_SECOND, None, "second", start=1)
        button = gr.Button(text.SIDE_BUTTON, size="sm", elem_id="compare-checkpoints")
        verdict = gr.HTML("", elem_id="verdict")
        sides: list[Any] = []
        with gr.Row(elem_id="sides"):
            for name in ("first", "second"):
                with gr.Column(elem_id=f"{name}-side", elem_classes="shot", min_width=280):
                    sides += [
                        gr.HTML(""),
                        gr.Image(format="png", show_label=False, buttons=["fullscreen"], visible=False,
                                 interactive=False),
                    ]  # fmt: skip

    def on_compare(visit: Visit, first: Any, second: Any) -> Sides:
        return side_by_side.compare(engine, shelf, visit, first, second, OPACITY)

    button.click(
        on_compare,
        [visit, first, second],
        [verdict, *sides],
        api_visibility="private",
        preprocess=False,
        **queues.EXPLAIN_QUEUE,
    )
