"""The last tab: which weights answer, how good they are, what a label means, and two of them side by side."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

import gradio as gr
from gradio.context import Context

from demo import events as queues
from demo import links, markup, text
from demo.about import side_by_side
from demo.about import views as card
from demo.about.side_by_side import SAME, Sides
from demo.checkpoints import Shelf
from demo.guard import message_of
from demo.press import OPEN, press_js
from demo.visits import Visit
from glamor.card import read_card

OPACITY = 0.6
_LINKED_JS = 'new URLSearchParams(location.search).has("weights")'


class About(NamedTuple):
    """All that changes with the chosen checkpoint, in the order of the tab's outputs."""

    which: Any = SAME
    notice: Any = SAME
    facts: Any = SAME
    scores: Any = SAME
    weak: Any = SAME
    audited: Any = SAME
    body: Any = SAME


def build(shelf: Shelf, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers."""
    start = choose(shelf, Visit(), shelf.own)
    with gr.Row(elem_id="about", equal_height=False):
        with gr.Column(elem_classes="card", min_width=320):
            gr.HTML(markup.heading(text.ABOUT_CHECKPOINT))
            which = _choice(shelf, text.ABOUT_WHICH, text.ABOUT_WHICH_INFO, "which")
            notice, facts = gr.HTML("", elem_id="about-notice"), gr.HTML(start.facts, elem_id="facts")
            gr.HTML(markup.heading(text.ABOUT_SCORES))
            scores = gr.HTML(start.scores, elem_id="scores")
            gr.HTML(markup.heading(text.ABOUT_WEAK))
            weak = gr.HTML(start.weak, elem_id="weak")
            gr.HTML(markup.heading(text.ABOUT_AUDIT))
            audited = gr.HTML(start.audited, elem_id="audited")
        with gr.Column(elem_classes="card", min_width=320):
            for title, sentences in (
                (text.ABOUT_MEANING, text.ABOUT_MEANING_WORDS),
                (text.ABOUT_BANNED, text.ABOUT_BANNED_WORDS),
                (text.ABOUT_PRIVACY, text.ABOUT_PRIVACY_WORDS),
            ):
                gr.HTML(f"{markup.heading(title)}{card.points(sentences)}")
    if len(shelf.names) > 1:
        _side_by_side(shelf, visit)
    with gr.Column(elem_id="card", elem_classes="card"):
        gr.HTML(markup.heading(text.ABOUT_CARD))
        body = gr.HTML(start.body)
    _connect(shelf, visit, [which, notice, facts, scores, weak, audited, body])


def _connect(shelf: Shelf, visit: gr.State, outputs: list[Any]) -> None:
    """Change the weights by choice, and at the start of a visit if its link names others."""

    def on_choice(visit: Visit, name: Any) -> About:
        return choose(shelf, visit, name)

    def on_load(visit: Visit, request: gr.Request) -> About:
        name = links.read(request.query_params, weights=shelf.names).weights
        return choose(shelf, visit, name) if name else About()

    page: Any = Context.root_block
    which, options = outputs[0], queues.PRIVATE | queues.EXPLAIN_QUEUE
    which.input(on_choice, [visit, which], outputs, **options).then(
        None, None, None, js=press_js(OPEN), api_visibility="private"
    )
    if len(shelf.names) > 1:
        page.load(on_load, [visit], outputs, **options).then(
            None, None, None, js=press_js(OPEN, _LINKED_JS), api_visibility="private"
        )


def choose(shelf: Shelf, visit: Visit, name: Any) -> About:
    """Let a checkpoint answer on every tab, and tell of it; one that cannot be had leaves all as it is."""
    try:
        side_by_side.use(shelf, visit, name)
    except Exception as error:
        return About(visit.checkpoint or shelf.own, markup.note(escape(message_of(error)), "warn"))
    checkpoint = shelf.of(visit).predictor.checkpoint
    told = read_card(checkpoint)
    parts = (card.facts(checkpoint), card.scores(told), card.weaknesses(told), card.audited(told), card.body(told))
    return About(name, "", *parts)


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


def _side_by_side(shelf: Shelf, visit: gr.State) -> None:
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
        return side_by_side.compare(shelf, visit, first, second, OPACITY)

    button.click(
        on_compare,
        [visit, first, second],
        [verdict, *sides],
        api_visibility="private",
        preprocess=False,
        **queues.EXPLAIN_QUEUE,
    )
