"""The first tab: one photo, every face in it, and a lens over what the network got of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from demo import ahead, html, lessons, methods, parse
from demo.analyse import handlers, lens, photo, words
from demo.analyse.download import add_download
from demo.analyse.lens import DEFAULT_OPACITY as DEFAULT_OPACITY
from demo.analyse.lens import choices as choices
from demo.analyse.live import add_live as add_live
from demo.analyse.outputs import MapOutputs, Outputs, start
from demo.analyse.stamp import stamp
from demo.checkpoints import Checkpoints
from demo.events import FAST, SAME, SLOW, Parts, fired, outputs, signal
from demo.examples import example_photos
from demo.links import Link
from demo.visits import Session

Handler = Callable[..., Outputs]


def build(checkpoints: Checkpoints, session: gr.State, above: Any, below: Sequence[Any]) -> Parts:
    """Lay out the tab inside the open ``gr.Tab``, showing what a session begins with, and tie its events to handlers.

    Args:
        checkpoints: the weights that may answer.
        session: of the visitor.
        above: a component that is not laid out yet; it will stand between the answer and the lens.
        below: others, which will stand below the lens.

    Returns:
        Its components; ``render`` is the signal that has it show what the session holds, and ``answers`` are the events
        after which it may show another face.
    """
    engine = checkpoints.of(session.value)
    screen = handlers.render(engine, session.value, DEFAULT_OPACITY)
    screen = screen._replace(stamp=stamp(engine, methods.default(engine)))
    parts = _lay_out(checkpoints, session, screen, above, below)
    parts["answers"] = _connect(checkpoints, session, parts)
    return parts


def _lay_out(
    checkpoints: Checkpoints, session: gr.State, screen: Outputs, above: Any, below: Sequence[Any]
) -> dict[str, Any]:
    """Lay out the tab, showing ``screen`` from the start."""
    parts: dict[str, Any] = {}
    parts["notice"] = gr.HTML("", elem_id="notice")
    parts["render"] = signal()
    parts["usual"] = gr.Textbox(visible=False, **start(screen.usual))
    with gr.Row(elem_id="top", equal_height=True):
        with gr.Row(elem_id="photo-card", elem_classes="card"):
            parts |= photo.lay_out(start(screen.photo), lessons.captions(checkpoints.of(session.value)))
        with gr.Column(elem_id="answer-column", elem_classes="card"):
            gr.HTML(html.heading(words.ANSWER))
            parts["answer"] = gr.HTML(elem_id="answer", **start(screen.answer))
            gr.HTML(Markup('<p class="meaning">{}</p>').format(words.MEANING))
        with gr.Column(elem_id="controls", elem_classes="card"):
            parts |= _control_parts(checkpoints, session, screen)
    above.render()
    parts |= lens.lay_out(checkpoints, session.value, screen)
    for component in below:
        component.render()
    return parts


def _control_parts(checkpoints: Checkpoints, session: gr.State, screen: Outputs) -> dict[str, Any]:
    add_download(checkpoints, session, words.CONTROLS)
    faces = gr.Radio(
        label=words.WHICH_FACE, info=words.WHICH_FACE_INFO, interactive=True, elem_id="faces", **start(screen.faces)
    )
    parts: dict[str, Any] = {"faces": faces}
    turned: dict[str, Any] = {"value": "", "visible": False} | start(screen.turn)
    parts["turn"] = gr.Button(size="sm", elem_id="turn", **turned)
    with gr.Accordion(words.ADD_FACE, open=False, elem_id="add-face"):
        gr.HTML(html.caption(words.ADD_FACE_INFO))
        parts["mark"] = gr.Button(words.MARK, size="sm", elem_id="mark")
        parts["box"] = gr.Textbox(label=words.BOX, info=words.BOX_INFO, elem_id="box")
        parts["box_hint"] = gr.HTML(elem_id="box-hint", **start(screen.box_hint))
        parts["use_box"] = gr.Button(words.BOX_BUTTON, size="sm", elem_id="use-box")
        parts["small"] = gr.Checkbox(label=words.SMALL_FACES, info=words.SMALL_FACES_INFO, elem_id="small-faces")
        parts["remove"] = gr.Button(words.REMOVE_FACE, size="sm", elem_id="remove-face", **start(screen.remove))
    return parts


def _connect(checkpoints: Checkpoints, session: gr.State, parts: Parts) -> list[Any]:
    """Tie events to handlers: a fast one first, then the explanation it asked for; returns those that show a face."""

    def on_photo(session: Session, photo: Any, method: str, opacity: float) -> Outputs:
        source = parse.photo_source(photo)
        if source is None:
            return Outputs()  # its place was emptied: another photo is coming, or the webcam was chosen
        return handlers.analyse(checkpoints.of(session), session, source, method, opacity)

    def on_remove(session: Session, method: str, opacity: float) -> Outputs:
        return handlers.analyse(checkpoints.of(session), session, None, method, opacity)

    def on_put_up(session: Session, method: str, opacity: float) -> Outputs:
        photo, session.pending_photo = session.pending_photo, None
        if photo is None:  # other weights may answer by now
            engine, request = checkpoints.of(session), session.analysis.request if session.analysis else None
            stamped = stamp(engine, request.method if request else method)
            return handlers.render(engine, session, opacity)._replace(stamp=stamped)
        box_xyxy, session.pending_box_xyxy = session.pending_box_xyxy, None
        return handlers.analyse(checkpoints.of(session), session, photo, method, opacity, box_xyxy)

    def on_click(session: Session, method: str, opacity: float, event: gr.SelectData) -> Outputs:
        return handlers.click_photo(checkpoints.of(session), session, tuple(event.index), method, opacity)

    def on_box(session: Session, box: str, method: str, opacity: float) -> Outputs:
        return handlers.add_box(checkpoints.of(session), session, box, method, opacity)

    def on_small(session: Session, small: bool, method: str, opacity: float) -> Outputs:
        return handlers.search_small_faces(checkpoints.of(session), session, small, method, opacity)

    def on_turn(session: Session, method: str, opacity: float) -> Outputs:
        return handlers.turn(checkpoints.of(session), session, method, opacity)

    def on_question(session: Session, opacity: float, progress: gr.Progress = gr.Progress()) -> MapOutputs:  # noqa: B008
        return handlers.explain(
            checkpoints.of(session), session, opacity, lambda done: progress(done, desc=words.WORKING)
        )

    def on_ask(session: Session, method: str, target: str) -> MapOutputs:
        return handlers.ask(session, method, target)._replace(stamp=stamp(checkpoints.of(session), method))

    screen = outputs(parts, Outputs)
    panel = [parts[name] for name in ("moved", "moved_words", "stop", "again", "stamp")]
    look, request = [parts["method"], parts["opacity"]], [session, parts["method"], parts["target"]]

    def answered(trigger: Callable[..., Any], handler: Handler, inputs: list[Any], **options: Any) -> Any:
        return trigger(_ahead(checkpoints, handler), [session, *inputs], screen, **FAST | options)

    # Each photo is sent on at once: which of several is the last one, the session knows.
    given = answered(parts["given"].input, on_photo, [parts["given"], *look], trigger_mode="multiple")
    parts["remove_photo"].click(on_remove, [session, *look], screen, **FAST)
    answers = [
        given,
        *(
            answered(button.click, _on_example(checkpoints, path), look)
            for button, path in zip(parts["examples"], example_photos(), strict=True)
        ),
        answered(parts["render"].change, on_put_up, look),
        answered(parts["photo"].select, on_click, look),
        answered(parts["faces"].input, handlers.choose_face, [parts["faces"], parts["opacity"]]),
        answered(parts["small"].input, on_small, [parts["small"], *look], trigger_mode="always_last"),
        answered(parts["turn"].click, on_turn, look),
        answered(parts["use_box"].click, on_box, [parts["box"], *look]),
        answered(parts["box"].submit, on_box, [parts["box"], *look]),
        answered(parts["remove"].click, handlers.remove_face, [parts["opacity"]]),
    ]
    changed = [parts["method"].input, parts["target"].input]
    asked = [
        gr.on(changed, on_ask, request, panel, trigger_mode="always_last", **FAST),
        parts["again"].click(on_ask, request, panel, **FAST),
    ]
    for event in (*answers, *asked):
        event.then(on_question, [session, parts["opacity"]], panel, show_progress_on=parts["moved"], **SLOW)
    given.then(None, parts["answered"], parts["given"], js=photo.EMPTY_JS, api_visibility="private")
    given.failure(None, None, parts["given"], js=photo.FAILED_JS, api_visibility="private")
    parts["stop"].click(handlers.stop, [session], panel, **FAST)
    parts["mark"].click(handlers.start_marking, [session], screen, **FAST)
    redrawn = [session, parts["opacity"]]
    parts["opacity"].input(handlers.redraw, redrawn, parts["moved"], trigger_mode="always_last", **FAST)
    return answers


def _ahead(checkpoints: Checkpoints, handler: Handler) -> Handler:
    """Return a handler after which what will be asked next has begun already."""

    @wraps(handler)
    def answer(session: Session, *args: Any) -> Outputs:
        screen = handler(session, *args)
        ahead.begin(checkpoints.of(session), session)
        return screen

    return answer


def _on_example(checkpoints: Checkpoints, path: Path) -> Handler:
    def on_example(session: Session, method: str, opacity: float) -> Outputs:
        return handlers.analyse(checkpoints.of(session), session, str(path), method, opacity)

    return on_example


def begin_linked(session: Session, link: Link, resumed: bool = False) -> tuple[Any, Any]:
    """Set a session that has just begun, or goes on, as its link asks.

    Returns:
        The method and the opacity, SAME for what stays.
    """
    if link.method or link.label or link.face:
        handlers.open_link(session, link, resumed)
    return link.method or SAME, SAME if link.opacity is None else link.opacity


def render_linked(link: Link) -> Any:
    """Return what sets off the signal ``render`` where a link asks for other settings than the usual."""
    return fired() if link.method or link.label or link.face or link.opacity is not None else SAME
