"""The tab of swaps: two or more photos, every face before every scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import gradio as gr

from demo import markup, parse, text
from demo.checkpoints import Shelf
from demo.events import PREDICT_QUEUE, PRIVATE
from demo.examples import example_photos
from demo.swap import handlers as swapping
from demo.swap.handlers import EVERYBODY, LARGEST, Swapped
from demo.visits import Visit
from glamor.photo import load_photo


@dataclass(frozen=True)
class Parts:
    """The components that events read and write."""

    tab: gr.Tab
    visit: gr.State
    first: gr.Image
    second: gr.Image
    more: gr.UploadButton
    examples: gr.Button
    clear: gr.Button
    who: gr.Radio
    analysed: gr.Checkbox
    notice: gr.HTML
    picture: gr.Image
    words: gr.HTML

    @property
    def inputs(self) -> list[Any]:
        """What the handler reads."""
        return [self.visit, self.first, self.second, self.more, self.who, self.analysed]

    @property
    def outputs(self) -> list[Any]:
        """What the handler changes, in the order of :class:`~demo.swap.handlers.Swapped`."""
        return [getattr(self, name) for name in Swapped._fields]


def build(shelf: Shelf, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers."""
    _connect(shelf, _lay_out(visit))


def _lay_out(visit: gr.State) -> Parts:
    parts: dict[str, Any] = {"visit": visit}
    with gr.Row(elem_id="swap-room", equal_height=False):
        with gr.Column(elem_id="swap-photos", elem_classes="card") as column:
            gr.HTML(markup.heading(text.SWAP_PHOTOS))
            gr.HTML(markup.caption(text.SWAP_LEAD))
            parts |= _photo_parts()
        with gr.Column(elem_id="swap-matrix", elem_classes="card"):
            gr.HTML(markup.heading(text.SWAP_MATRIX))
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
            parts["words"] = gr.HTML(markup.empty(text.SWAP_EMPTY), elem_id="swap-words")
    parts["tab"] = cast(gr.Tab, cast(gr.Row, column.parent).parent)
    return Parts(**parts)


def _photo_parts() -> dict[str, Any]:
    with gr.Row(elem_id="swap-pair"):
        first, second = (
            gr.Image(
                type="filepath",
                format="png",  # the examples come back through here; JPEG would change their pixels, and so the answer
                label=label,
                sources=["upload", "clipboard"],
                placeholder=text.DROP_HERE,
                buttons=[],
                min_width=120,
                elem_id=f"swap-{name}",
            )
            for name, label in (("first", text.SWAP_FIRST), ("second", text.SWAP_SECOND))
        )
    with gr.Row(elem_id="swap-buttons"):
        more = gr.UploadButton(
            text.SWAP_MORE, file_count="multiple", file_types=["image"], size="sm", min_width=100, elem_id="swap-more"
        )
        examples = gr.Button(text.SWAP_EXAMPLES, size="sm", min_width=100, elem_id="swap-examples")
        clear = gr.Button(text.SWAP_CLEAR, size="sm", min_width=100, elem_id="swap-clear")
    analysed = gr.Checkbox(True, label=text.SWAP_WITH, info=text.SWAP_WITH_INFO, elem_id="swap-with")
    who = gr.Radio(
        [(text.SWAP_LARGEST, LARGEST), (text.SWAP_EVERYBODY, EVERYBODY)],
        value=LARGEST,
        label=text.SWAP_WHO,
        info=text.SWAP_WHO_INFO,
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


def _connect(shelf: Shelf, parts: Parts) -> None:
    def on_photos(visit: Visit, first: Any, second: Any, more: Any, who: Any, analysed: Any) -> Swapped:
        payloads = [first, second, *(more or [])]
        return swapping.swap(shelf.of(visit), visit, [parse.photo_source(one) for one in payloads], who, bool(analysed))

    def on_examples() -> tuple[Any, Any]:
        first, second = (load_photo(path) for path in example_photos())
        return first, second

    # Raw values: the photos are decoded by our own rules (parse.photo_source), the rest is checked by the handlers.
    work = PRIVATE | PREDICT_QUEUE | {"trigger_mode": "always_last", "show_progress_on": parts.picture}
    given = [parts.first, parts.second, parts.more]
    gr.on(
        [
            parts.tab.select,
            parts.first.input,
            parts.second.input,
            parts.more.upload,
            parts.who.input,
            parts.analysed.input,
        ],
        on_photos,
        parts.inputs,
        parts.outputs,
        **work,
    )
    chosen = parts.examples.click(on_examples, None, [parts.first, parts.second], show_progress="hidden", **PRIVATE)
    cleared = parts.clear.click(lambda: (None, None, None), None, given, show_progress="hidden", **PRIVATE)
    for event in (chosen, cleared):
        event.then(on_photos, parts.inputs, parts.outputs, **work)
