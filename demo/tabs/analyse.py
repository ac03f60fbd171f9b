"""The first tab: one photo, every face in it, and the four panels on the chosen one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo import api, handlers, markup, parse, text
from demo.download import add_download
from demo.engine import Engine
from demo.examples import example_photos
from demo.handlers import Moved, Screen
from demo.visit import Visit
from glamor.explain import METHODS

SHOWN_METHODS = ("integrated_gradients", "grad_cam", "occlusion")
DEFAULT_OPACITY = 0.7


@dataclass(frozen=True)
class Parts:
    """The components that events read and write."""

    visit: gr.State
    notice: gr.HTML
    photo: gr.Image
    examples: gr.Dataset
    answer: gr.HTML
    faces: gr.Radio
    method: gr.Dropdown
    target: gr.Dropdown
    opacity: gr.Slider
    mark: gr.Button
    box: gr.Textbox
    use_box: gr.Button
    box_hint: gr.HTML
    saw: gr.Image
    saw_words: gr.HTML
    looked: gr.Image
    looked_words: gr.HTML
    weighed: gr.HTML
    moved: gr.Image
    moved_words: gr.HTML

    @property
    def screen(self) -> list[Any]:
        """The outputs of a fast handler, in the order of :class:`~demo.handlers.Screen`."""
        return [getattr(self, name) for name in Screen._fields]

    @property
    def panel(self) -> list[Any]:
        """The outputs of an explanation, in the order of :class:`~demo.handlers.Moved`."""
        return [self.moved, self.moved_words]


def build(engine: Engine, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and tie its events to handlers."""
    _connect(engine, _lay_out(engine, visit))


def _lay_out(engine: Engine, visit: gr.State) -> Parts:
    parts: dict[str, Any] = {"visit": visit}
    parts["notice"] = gr.HTML("", elem_id="notice")
    with gr.Row(elem_id="top", equal_height=True):
        with gr.Row(elem_id="photo-card", elem_classes="card"):
            parts |= _photo_parts()
        with gr.Column(elem_id="answer-column", elem_classes="card"):
            gr.HTML(markup.heading(text.ANSWER))
            parts["answer"] = gr.HTML(markup.empty(text.ANSWER_EMPTY), elem_id="answer")
            gr.HTML(f'<p class="meaning">{text.MEANING}</p>')
        with gr.Column(elem_id="controls", elem_classes="card"):
            parts |= _control_parts(engine, visit)
    with gr.Row(elem_id="panels", equal_height=True):
        parts |= _panel_parts()
    return Parts(**parts)


def _photo_parts() -> dict[str, Any]:
    photo = gr.Image(
        type="filepath",
        format="jpeg",
        label=text.PHOTO,
        show_label=False,
        sources=["upload", "clipboard", "webcam"],
        placeholder=text.DROP_HERE,
        buttons=[],
        elem_id="photo",
    )
    examples = gr.Dataset(
        label=text.EXAMPLES,
        components=[gr.Image(render=False, type="filepath")],
        samples=[[str(path)] for path in example_photos()],
        type="index",
        elem_id="examples",
    )
    return {"photo": photo, "examples": examples}


def _control_parts(engine: Engine, visit: gr.State) -> dict[str, Any]:
    add_download(engine, visit, text.CONTROLS)
    names = list(engine.class_names)
    methods = [(METHODS[key].name, key) for key in SHOWN_METHODS]
    faces = gr.Radio([], label=text.WHICH_FACE, info=text.WHICH_FACE_INFO, visible=False, elem_id="faces")
    with gr.Row(elem_id="asked"):
        target = gr.Dropdown(
            names, value=None, label=text.TARGET, interactive=False, filterable=False, min_width=120, elem_id="target"
        )
        method = gr.Dropdown(
            methods,
            value=methods[0][1],
            label=text.METHOD,
            interactive=True,
            filterable=False,
            min_width=120,
            elem_id="method",
        )
    opacity = gr.Slider(0, 1, DEFAULT_OPACITY, step=0.05, label=text.OPACITY, buttons=[], elem_id="opacity")
    parts: dict[str, Any] = {"faces": faces, "target": target, "method": method, "opacity": opacity}
    with gr.Accordion(text.ADD_FACE, open=False, elem_id="add-face"):
        gr.HTML(markup.caption(text.ADD_FACE_INFO))
        parts["mark"] = gr.Button(text.MARK, size="sm", elem_id="mark")
        parts["box"] = gr.Textbox(label=text.BOX, info=text.BOX_INFO, elem_id="box")
        parts["box_hint"] = gr.HTML("")
        parts["use_box"] = gr.Button(text.BOX_BUTTON, size="sm", elem_id="use-box")
    return parts


def _panel_parts() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name, title, words in (
        ("saw", text.SAW, text.SAW_EMPTY),
        ("looked", text.LOOKED, text.LOOKED_EMPTY),
        ("weighed", text.WEIGHED, text.WEIGHED_EMPTY),
        ("moved", text.MOVED, text.MOVED_EMPTY),
    ):
        with gr.Column(elem_id=name, elem_classes=["card", "shot"], min_width=240):
            gr.HTML(markup.heading(title))
            if name == "weighed":
                parts[name] = gr.HTML(markup.empty(words))
                continue
            parts[name] = gr.Image(
                format="png", show_label=False, buttons=["fullscreen"], visible=False, interactive=False
            )
            parts[f"{name}_words"] = gr.HTML(markup.empty(words))
    return parts


def _connect(engine: Engine, parts: Parts) -> None:
    """Tie events to handlers: a fast one first, then the explanation it asked for."""
    photos = example_photos()

    def on_photo(visit: Visit, photo: Any, method: str, opacity: float) -> Screen:
        return handlers.analyse(engine, visit, parse.photo_source(photo), method, opacity)

    def on_example(visit: Visit, index: int, method: str, opacity: float) -> Screen:
        return handlers.analyse(engine, visit, str(photos[index]), method, opacity)

    def on_click(visit: Visit, method: str, opacity: float, event: gr.SelectData) -> Screen:
        return handlers.click_photo(engine, visit, tuple(event.index), method, opacity)

    def on_box(visit: Visit, box: str, method: str, opacity: float) -> Screen:
        return handlers.add_box(engine, visit, box, method, opacity)

    def on_question(visit: Visit, opacity: float, progress: gr.Progress = gr.Progress()) -> Moved:  # noqa: B008
        return handlers.explain(engine, visit, opacity, lambda done: progress(done, desc=text.WORKING))

    # Raw values: the photo is decoded by our own rules (parse.photo_source), the rest is checked by the handlers.
    private: dict[str, Any] = {"api_visibility": "private", "preprocess": False}
    fast = private | api.PREDICT_QUEUE | {"show_progress": "hidden"}
    slow = private | api.EXPLAIN_QUEUE | {"show_progress_on": parts.moved, "trigger_mode": "multiple"}
    look = [parts.method, parts.opacity]
    asked = [
        parts.photo.input(
            on_photo, [parts.visit, parts.photo, *look], parts.screen, trigger_mode="always_last", **fast
        ),
        parts.examples.click(on_example, [parts.visit, parts.examples, *look], parts.screen, **fast),
        parts.photo.select(on_click, [parts.visit, *look], parts.screen, **fast),
        parts.faces.input(handlers.choose_face, [parts.visit, parts.faces, parts.opacity], parts.screen, **fast),
        parts.use_box.click(on_box, [parts.visit, parts.box, *look], parts.screen, **fast),
        parts.box.submit(on_box, [parts.visit, parts.box, *look], parts.screen, **fast),
        gr.on(
            [parts.method.input, parts.target.input],
            handlers.ask,
            [parts.visit, parts.method, parts.target],
            None,
            trigger_mode="always_last",
            **fast,
        ),
    ]
    for event in asked:
        event.then(on_question, [parts.visit, parts.opacity], parts.panel, **slow)
    parts.mark.click(handlers.start_marking, [parts.visit], parts.screen, **fast)
    parts.opacity.input(
        handlers.redraw, [parts.visit, parts.opacity], [parts.looked, parts.moved], trigger_mode="always_last", **fast
    )
