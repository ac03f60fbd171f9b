"""The last tab: which weights answer, how good they are, what a label means, and two of them side by side."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from demo import events, html
from demo.about import side_by_side, views, words
from demo.about.side_by_side import SideOutputs
from demo.checkpoints import Checkpoints
from demo.events import SAME, Parts, fired, outputs
from demo.visits import Session
from glamor.evaluation.card import read_card

OPACITY = 0.6


class Outputs(NamedTuple):
    """All that changes with the chosen checkpoint, in the order of the tab's outputs."""

    which: Any = SAME
    notice: Any = SAME
    facts: Any = SAME
    scores: Any = SAME
    weak: Any = SAME
    audited: Any = SAME
    body: Any = SAME


def build(checkpoints: Checkpoints, session: gr.State, render: gr.State) -> Parts:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers.

    Args:
        checkpoints: the weights that may be chosen.
        session: of the visitor.
        render: the signal that has *Analyse* show what the session holds.

    Returns:
        Its components.
    """
    start = choose(checkpoints, Session(), checkpoints.own)
    parts: dict[str, Any] = {}
    with gr.Row(elem_id="about", equal_height=False):
        with gr.Column(elem_classes="card", min_width=320):
            parts |= _checkpoint_parts(checkpoints, start)
        with gr.Column(elem_classes="card", min_width=320):
            for title, sentences in (
                (words.MEANING, words.MEANING_WORDS),
                (words.BANNED, words.BANNED_WORDS),
                (words.PRIVACY, words.PRIVACY_WORDS),
            ):
                gr.HTML(html.heading(title) + html.points(sentences))
    if len(checkpoints.names) > 1:
        _side_by_side(checkpoints, session)
    with gr.Column(elem_id="card", elem_classes="card"):
        gr.HTML(html.heading(words.CARD))
        parts["body"] = gr.HTML(start.body)
    _connect(checkpoints, session, render, parts)
    return parts


def _checkpoint_parts(checkpoints: Checkpoints, start: Outputs) -> dict[str, Any]:
    gr.HTML(html.heading(words.CHECKPOINT))
    parts: dict[str, Any] = {"which": _choice(checkpoints, words.WHICH, words.WHICH_INFO, "which")}
    parts["notice"] = gr.HTML("", elem_id="about-notice")
    parts["facts"] = gr.HTML(start.facts, elem_id="facts")
    for name, title in (("scores", words.SCORES), ("weak", words.WEAK), ("audited", words.AUDIT)):
        gr.HTML(html.heading(title))
        parts[name] = gr.HTML(getattr(start, name), elem_id=name)
    return parts


def _connect(checkpoints: Checkpoints, session: gr.State, render: gr.State, parts: Parts) -> None:
    """Have a choice change the weights."""

    def on_choice(session: Session, name: Any) -> tuple[Any, ...]:
        return (*choose(checkpoints, session, name), fired())

    changed = [*outputs(parts, Outputs), render]
    parts["which"].input(on_choice, [session, parts["which"]], changed, **events.PRIVATE, **events.EXPLAIN_QUEUE)


def begin_linked(checkpoints: Checkpoints, session: Session, name: str | None) -> tuple[Any, ...]:
    """Change the weights of a session that has just begun if its link names others.

    Returns:
        What changes in the tab, in the order of :class:`Outputs`, and what sets *Analyse* off to show it.
    """
    return (*choose(checkpoints, session, name), fired()) if name else (*Outputs(), SAME)


def choose(checkpoints: Checkpoints, session: Session, name: Any) -> Outputs:
    """Let a checkpoint answer on every tab, and tell of it; one that cannot be had leaves all as it is."""
    try:
        side_by_side.use(checkpoints, session, name)
    except Exception as error:
        return Outputs(session.checkpoint or checkpoints.own, html.problem(error))
    checkpoint = checkpoints.of(session).predictor.checkpoint
    card = read_card(checkpoint)
    scores = views.scores(card) + views.coverage(checkpoint.config.prediction_sets)
    return Outputs(
        name, "", views.facts(checkpoint), scores, views.weaknesses(card), views.audited(card), views.body(card)
    )


def _choice(checkpoints: Checkpoints, label: str, info: str | None, name: str, start: int = 0) -> gr.Dropdown:
    return gr.Dropdown(
        list(checkpoints.names),
        value=checkpoints.names[start],
        label=label,
        info=info,
        visible=len(checkpoints.names) > 1,
        interactive=True,
        filterable=False,
        min_width=200,
        elem_id=name,
    )


def _side_by_side(checkpoints: Checkpoints, session: gr.State) -> None:
    """Add the section that compares two checkpoints."""
    with gr.Column(elem_id="side-by-side", elem_classes="card"):
        gr.HTML(html.heading(words.SIDE_BY_SIDE) + html.caption(words.SIDE_INFO))
        with gr.Row(elem_id="choices"):
            first = _choice(checkpoints, words.SIDE_FIRST, None, "first")
            second = _choice(checkpoints, words.SIDE_SECOND, None, "second", start=1)
        button = gr.Button(words.SIDE_BUTTON, size="sm", elem_id="compare-checkpoints")
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

    def on_compare(session: Session, first: Any, second: Any) -> SideOutputs:
        return side_by_side.compare(checkpoints, session, first, second, OPACITY)

    button.click(
        on_compare,
        [session, first, second],
        [verdict, *sides],
        api_visibility="private",
        preprocess=False,
        **events.EXPLAIN_QUEUE,
    )
