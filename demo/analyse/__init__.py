"""The first tab: one photo, every face in it, and the four panels on the chosen one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import Context

from demo import first, gpu, links, markup, parse, text
from demo.analyse import handlers
from demo.analyse.download import add_download
from demo.analyse.live import add_live
from demo.analyse.outputs import SAME, Moved, Screen
from demo.checkpoints import Shelf
from demo.events import FAST, SLOW
from demo.examples import example_photos
from demo.press import OPEN, press_js
from demo.visits import Visit
from glamor.explain import METHODS

SHOWN_METHODS = (first.METHOD, "grad_cam", "occlusion")
DEFAULT_OPACITY = 0.7
_LINKED_JS = '["method", "class", "opacity"].some((name) => new URLSearchParams(location.search).has(name))'


@dataclass(frozen=True)
class Parts:
    """The components that events read and write."""

    visit: gr.State
    notice: gr.HTML
    photo: gr.Image
    examples: tuple[gr.Button, ...]
    add: gr.UploadButton
    answer: gr.HTML
    faces: gr.Radio
    method: gr.Dropdown
    target: gr.Dropdown
    opacity: gr.Slider
    mark: gr.Button
    box: gr.Textbox
    use_box: gr.Button
    box_hint: gr.HTML
    remove: gr.Button
    saw: gr.Image
    saw_words: gr.HTML
    looked: gr.Image
    looked_words: gr.HTML
    weighed: gr.HTML
    moved: gr.Image
    moved_words: gr.HTML
    stop: gr.Button
    again: gr.Button
    given: gr.Button

    @property
    def screen(self) -> list[Any]:
        """The outputs of a fast handler, in the order of :class:`~demo.analyse.outputs.Screen`."""
        return [getattr(self, name) for name in Screen._fields]

    @property
    def panel(self) -> list[Any]:
        """The outputs of an explanation, in the order of :class:`~demo.analyse.outputs.Moved`."""
        return [self.moved, self.moved_words, self.stop, self.again]


def build(shelf: Shelf, visit: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab``, showing what a visit begins with, and tie its events to handlers."""
    parts = _lay_out(shelf, visit, handlers.put_up(shelf.of(visit.value), visit.value, DEFAULT_OPACITY))
    _connect(shelf, parts)
    _connect_link(shelf, parts)
    if not gpu.LENT:  # a lent GPU is not for every frame of a film
        add_live(shelf, visit, parts.opacity)


def _lay_out(shelf: Shelf, visit: gr.State, screen: Screen) -> Parts:
    """Lay out the tab, showing ``screen`` from the start."""
    parts: dict[str, Any] = {"visit": visit}
    parts["notice"] = gr.HTML("", elem_id="notice")
    parts["given"] = gr.Button(visible="hidden", elem_id=OPEN)
    with gr.Row(elem_id="top", equal_height=True):
        with gr.Row(elem_id="photo-card", elem_classes="card"):
            parts |= _photo_parts(screen)
        with gr.Column(elem_id="answer-column", elem_classes="card"):
            gr.HTML(markup.heading(text.ANSWER))
            parts["answer"] = gr.HTML(elem_id="answer", **_start(screen.answer))
            gr.HTML(f'<p class="meaning">{text.MEANING}</p>')
        with gr.Column(elem_id="controls", elem_classes="card"):
            parts |= _control_parts(shelf, visit, screen)
    with gr.Row(elem_id="panels", equal_height=True):
        parts |= _panel_parts(screen)
    return Parts(**parts)


def _start(part: Any) -> dict[str, Any]:
    """Return a part of a screen as what a component is made with."""
    if part is SAME:
        return {}
    return (
        {name: value for name, value in part.items() if name != "__type__"}
        if isinstance(part, dict)
        else {"value": part}
    )


def _photo_parts(screen: Screen) -> dict[str, Any]:
    photo = gr.Image(
        type="filepath",
        format="jpeg",
        label=text.PHOTO,
        show_label=False,
        sources=["upload", "clipboard", "webcam"],
        placeholder=text.DROP_HERE,
        buttons=[],
        interactive=True,
        elem_id="photo",
        **_start(screen.photo),
    )
    with gr.Column(elem_id="examples", min_width=84):
        gr.HTML(markup.caption(text.EXAMPLES))
        examples = tuple(map(_example, text.EXAMPLE_NAMES, example_photos()))
    with gr.Row(elem_id="add-row"):
        add = gr.UploadButton(text.ADD_PHOTO, file_types=["image"], size="sm", min_width=100, elem_id="add-photo")
        gr.HTML(markup.caption(text.CONSENT), elem_id="consent")
    return {"photo": photo, "examples": examples, "add": add}


def _example(name: str, path: Path) -> gr.Button:
    button = gr.Button(name, icon=path, size="sm", min_width=84)
    if button.icon:
        button.keep_in_cache.add(button.icon["path"])  # Gradio does so with values, not with icons
    return button


def _control_parts(shelf: Shelf, visit: gr.State, screen: Screen) -> dict[str, Any]:
    add_download(shelf, visit, text.CONTROLS)
    asked = {"choices": list(shelf.of(visit.value).class_names), "value": None} | _start(screen.target)
    methods = [(METHODS[key].name, key) for key in SHOWN_METHODS]
    faces = gr.Radio(
        label=text.WHICH_FACE, info=text.WHICH_FACE_INFO, interactive=True, elem_id="faces", **_start(screen.faces)
    )
    with gr.Row(elem_id="asked"):
        target = gr.Dropdown(label=text.TARGET, filterable=False, min_width=120, elem_id="target", **asked)
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
        parts["box_hint"] = gr.HTML(elem_id="box-hint", **_start(screen.box_hint))
        parts["use_box"] = gr.Button(text.BOX_BUTTON, size="sm", elem_id="use-box")
        parts["remove"] = gr.Button(text.REMOVE_FACE, size="sm", elem_id="remove-face", **_start(screen.remove))
    return parts


def _panel_parts(screen: Screen) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name, title in (("saw", text.SAW), ("looked", text.LOOKED), ("weighed", text.WEIGHED), ("moved", text.MOVED)):
        with gr.Column(elem_id=name, elem_classes=["card", "shot"], min_width=240):
            gr.HTML(markup.heading(title))
            if name == "weighed":
                parts[name] = gr.HTML(elem_id="weighed-words", **_start(screen.weighed))
                continue
            if name == "moved":
                for button, words in (("stop", text.STOP), ("again", text.AGAIN)):
                    parts[button] = gr.Button(words, size="sm", elem_id=button, **_start(getattr(screen, button)))
            parts[name] = gr.Image(
                format="png",
                show_label=False,
                buttons=["fullscreen"],
                interactive=False,
                elem_id=f"{name}-picture",
                **_start(getattr(screen, name)),
            )
            parts[f"{name}_words"] = gr.HTML(elem_id=f"{name}-words", **_start(getattr(screen, f"{name}_words")))
    return parts


def _connect(shelf: Shelf, parts: Parts) -> None:
    """Tie events to handlers: a fast one first, then the explanation it asked for."""

    def on_photo(visit: Visit, photo: Any, method: str, opacity: float) -> Screen:
        return handlers.analyse(shelf.of(visit), visit, parse.photo_source(photo), method, opacity)

    def on_given(visit: Visit, method: str, opacity: float) -> Screen:
        given, visit.given = visit.given, None
        if given is None:
            return handlers.put_up(shelf.of(visit), visit, opacity)
        return handlers.analyse(shelf.of(visit), visit, given, method, opacity)

    def on_click(visit: Visit, method: str, opacity: float, event: gr.SelectData) -> Screen:
        return handlers.click_photo(shelf.of(visit), visit, tuple(event.index), method, opacity)

    def on_box(visit: Visit, box: str, method: str, opacity: float) -> Screen:
        return handlers.add_box(shelf.of(visit), visit, box, method, opacity)

    def on_question(visit: Visit, opacity: float, progress: gr.Progress = gr.Progress()) -> Moved:  # noqa: B008
        return handlers.explain(shelf.of(visit), visit, opacity, lambda done: progress(done, desc=text.WORKING))

    look = [parts.method, parts.opacity]
    asked = [
        parts.photo.input(
            on_photo, [parts.visit, parts.photo, *look], parts.screen, trigger_mode="always_last", **FAST
        ),
        parts.add.upload(on_photo, [parts.visit, parts.add, *look], parts.screen, trigger_mode="always_last", **FAST),
        *(
            button.click(_on_example(shelf, path), [parts.visit, *look], parts.screen, **FAST)
            for button, path in zip(parts.examples, example_photos(), strict=True)
        ),
        parts.given.click(on_given, [parts.visit, *look], parts.screen, **FAST),
        parts.photo.select(on_click, [parts.visit, *look], parts.screen, **FAST),
        parts.faces.input(handlers.choose_face, [parts.visit, parts.faces, parts.opacity], parts.screen, **FAST),
        parts.use_box.click(on_box, [parts.visit, parts.box, *look], parts.screen, **FAST),
        parts.box.submit(on_box, [parts.visit, parts.box, *look], parts.screen, **FAST),
        gr.on(
            [parts.method.input, parts.target.input],
            handlers.ask,
            [parts.visit, parts.method, parts.target],
            parts.panel,
            trigger_mode="always_last",
            **FAST,
        ),
        parts.again.click(handlers.ask, [parts.visit, parts.method, parts.target], parts.panel, **FAST),
        parts.remove.click(handlers.remove_face, [parts.visit, parts.opacity], parts.screen, **FAST),
    ]
    for event in asked:
        event.then(on_question, [parts.visit, parts.opacity], parts.panel, show_progress_on=parts.moved, **SLOW)
    parts.stop.click(handlers.stop, [parts.visit], parts.panel, **FAST)
    parts.mark.click(handlers.start_marking, [parts.visit], parts.screen, **FAST)
    parts.opacity.input(
        handlers.redraw, [parts.visit, parts.opacity], [parts.looked, parts.moved], trigger_mode="always_last", **FAST
    )


def _on_example(shelf: Shelf, path: Path) -> Callable[[Visit, str, float], Screen]:
    def on_example(visit: Visit, method: str, opacity: float) -> Screen:
        return handlers.analyse(shelf.of(visit), visit, str(path), method, opacity)

    return on_example


def _connect_link(shelf: Shelf, parts: Parts) -> None:
    """Begin each visit as the page's address asks; without settings in it, nothing is drawn anew."""

    def on_load(visit: Visit, request: gr.Request) -> tuple[Any, ...]:
        link = links.read(request.query_params, methods=SHOWN_METHODS, labels=shelf.of(visit).class_names)
        if link.method or link.label:
            handlers.open_link(visit, link)
        return link.method or SAME, SAME if link.opacity is None else link.opacity

    page: Any = Context.root_block
    # Not queued: a visit has begun before its visitor can ask for anything, however many wait.
    page.load(on_load, [parts.visit], [parts.method, parts.opacity], queue=False, **FAST).then(
        None, None, None, js=press_js(OPEN, when=_LINKED_JS), api_visibility="private"
    )
