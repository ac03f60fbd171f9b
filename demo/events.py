"""How events are queued: nobody's quick prediction waits behind somebody's slow explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple

import gradio as gr

from glamor.decoding import SLOW_WORKERS

SAME = gr.skip()  # leaves an output as it is
SHOW, HIDE = gr.update(visible=True), gr.update(visible=False)

# Two are answered at once, even while as many files as may take long are being decoded, each in a place of its own.
AT_ONCE = 2 + SLOW_WORKERS
PREDICT_QUEUE: dict[str, Any] = {"concurrency_id": "predict", "concurrency_limit": AT_ONCE}
EXPLAIN_QUEUE: dict[str, Any] = {"concurrency_id": "explain", "concurrency_limit": 2}
# Of the API, likewise: people who move a slider do not wait behind a program's hundred photos.
PROGRAM_QUEUE: dict[str, Any] = {"concurrency_id": "program", "concurrency_limit": AT_ONCE}
PROGRAM_EXPLAIN_QUEUE: dict[str, Any] = {"concurrency_id": "program-explain", "concurrency_limit": 2}
# Raw values: the photo is decoded by our own rules (parse.photo_source), the rest is checked by the handlers.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "preprocess": False}
# Gradio (6.31) tells every component on which any event has ever shown its progress about each step of every event,
# also where progress is hidden: 10 to 25 ms of a browser's time, 20 times a photo. On none, it tells none.
QUIET: dict[str, Any] = {"show_progress": "hidden", "show_progress_on": []}
FAST = PRIVATE | PREDICT_QUEUE | QUIET
SLOW = PRIVATE | EXPLAIN_QUEUE | {"trigger_mode": "multiple"}

_NUMBERS = count(1)
# Counted, for a second tab may be opened before the first is up to date.
_ENTER_JS = """(...inputs) => {
    const marks = document.querySelector(".gradio-container").dataset;
    marks.entering = Number(marks.entering ?? 0) + 1;
    return inputs;
}"""
_ENTERED_JS = """() => {
    const marks = document.querySelector(".gradio-container").dataset;
    marks.entering -= 1;
    if (marks.entering === "0") delete marks.entering;
}"""
_UNFOLDED_JS = """(due) => {
    const unfolded = document.querySelector("#CARD .label-wrap")?.classList.contains("open");
    return unfolded ? String(Date.now()) : due;
}"""
Triggers = list[Any]  # bound events of components, such as ``tab.select``
Parts = Mapping[str, Any]  # the components of a feature, by the names of what its handlers change


def outputs(parts: Parts, kind: type[NamedTuple]) -> list[Any]:
    """Return the components that a handler's outputs change, in the order of ``kind``'s fields."""
    return [parts[name] for name in kind._fields]


def entered(shown: Triggers, handler: Callable[..., Any], inputs: Any, outputs: Any, **options: Any) -> Any:
    """Have what is shown brought up to date when it is, dimmed until then; returns the event."""
    event = gr.on(shown, handler, inputs, outputs, js=_ENTER_JS, **options)
    event.then(None, None, None, js=_ENTERED_JS, api_visibility="private")
    return event


def followed(
    event: Any, handler: Callable[..., Any], inputs: Any, outputs: Any, mark: str = "entering", **options: Any
) -> None:
    """Have something brought up to date after an event; so long, what the style sheet ties to ``mark`` is dimmed."""
    begin, end = (script.replace("entering", mark) for script in (_ENTER_JS, _ENTERED_JS))
    event.then(handler, inputs, outputs, js=begin, **options).then(None, None, None, js=end, api_visibility="private")


def while_unfolded(
    card: gr.Accordion, answers: Iterable[Any], handler: Callable[..., Any], inputs: Any, outputs: Any, **options: Any
) -> tuple[gr.Textbox, Any]:
    """Have what a card holds brought up to date when it is unfolded, and after these events as long as it is.

    While it is folded the server is not even asked.

    Returns:
        What brings it up to date whenever it is given another value, and the event that does.
    """
    due = gr.Textbox(visible="hidden")
    event = entered([card.expand, due.change], handler, inputs, outputs, **options)
    look = _UNFOLDED_JS.replace("CARD", str(card.elem_id))
    for answer in answers:
        answer.then(None, due, due, js=look, api_visibility="private")
    return due, event


def signal() -> gr.State:
    """Place what one part of the page is set off by: its ``change`` event comes whenever it is given :func:`fired`."""
    return gr.State(0)


def fired() -> int:
    """Return a value that sets off whatever listens to a :func:`signal`."""
    return next(_NUMBERS)
