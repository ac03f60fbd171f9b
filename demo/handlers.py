"""What the page does when a visitor acts: plain functions from values to values.

Fast handlers return a ``Screen`` and never wait for an attribution; ``explain`` answers the
question that they left in the visit. Nobody's mistake loses what was on the screen before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import gradio as gr

from demo import markup, parse, pictures, text
from demo.engine import Engine
from demo.guard import message_of
from demo.links import Link
from demo.screen import HIDE, SAME, SHOW, Moved, Screen
from demo.shown import shown
from demo.visit import Focus, Point, Question, SupersededError, View, Visit
from glamor.errors import FaceError
from glamor.explain import Explanation
from glamor.faces import largest
from glamor.photo import BoxXyxy, Photo, PhotoSource
from glamor.predictor import Prediction


def analyse(engine: Engine, visit: Visit, source: PhotoSource | None, method: str, opacity: float) -> Screen:
    """Predict every face of a new photo; no photo (it was removed) clears the page."""
    if source is None and visit.view is not None and visit.view.example:
        return Screen()  # it was another way to add a photo that was chosen
    if source is None or not engine.trained:
        visit.show(None)
        return blank("" if engine.trained else markup.note(text.UNTRAINED, "warn"))
    return _safely(visit, lambda: _analysed(engine, visit, engine.decode(source), method, opacity))


def click_photo(engine: Engine, visit: Visit, point_shown: Point, method: str, opacity: float) -> Screen:
    """Choose the face at a place of the shown photo, or take the place as a corner of a new box."""
    view = visit.view
    if view is None:
        return Screen(notice=markup.note(text.NEEDS_PHOTO))
    scale = pictures.shown_scale(view.photo)
    point = (point_shown[0] / scale, point_shown[1] / scale)
    if not view.marking:
        return _choose_at(visit, view, point, opacity)
    if view.corner is None:
        return _marking(visit, replace(view, corner=point), text.SECOND_CORNER)
    visit.show(replace(view, corner=None))
    return add_box(engine, visit, parse.corners(view.corner, point), method, opacity)


def choose_face(visit: Visit, index: int | None, opacity: float) -> Screen:
    """Choose a face by its place in the list, from 0."""
    view = visit.view
    if view is None or view.question is None or index is None or not 0 <= index < len(view.predictions):
        return Screen()
    return _shown(visit, view.photo, view.predictions, index, view.question.method, opacity)


def start_marking(visit: Visit) -> Screen:
    """Let the next two clicks on the photo mark a face."""
    if visit.view is None:
        return Screen(notice=markup.note(text.NEEDS_PHOTO))
    return _marking(visit, replace(visit.view, marking=True, corner=None), text.FIRST_CORNER)


def add_box(engine: Engine, visit: Visit, given: str | BoxXyxy, method: str, opacity: float) -> Screen:
    """Predict for a box that a person gave, and choose it."""
    view = visit.view
    if view is None:
        return Screen(notice=markup.note(text.NEEDS_PHOTO))
    return _safely(visit, lambda: _added(engine, visit, view, parse.box(given), method, opacity))


def remove_face(visit: Visit, opacity: float) -> Screen:
    """Take the chosen face off this photo's list, and choose the largest of the others."""
    view = visit.view
    if view is None or view.question is None:
        return Screen(notice=markup.note(text.NEEDS_PHOTO))
    gone = view.question.face
    left = view.predictions[:gone] + view.predictions[gone + 1 :]
    if not left:
        return _faceless(visit, view.photo, text.LAST_FACE_REMOVED)
    index = largest([prediction.face_box_xyxy for prediction in left])
    screen = _shown(visit, view.photo, left, index, view.question.method, opacity)
    return screen._replace(notice=markup.note(text.FACE_REMOVED.format(number=gone + 1)))


def ask(visit: Visit, method: str, target: str) -> Moved:
    """Ask for the attributions of another method or class, or for the same ones again."""
    if visit.view is None or visit.view.question is None:
        return Moved()
    visit.wish, stopped = None, visit.waiting is None
    question = Question(visit.view.question.face, method, target)
    visit.show(replace(visit.view, question=question))
    if question in visit.maps:
        return Moved()
    waiting = Moved(stop=SHOW, again=HIDE)
    if stopped:
        picture = gr.update(value=None, visible=True)
        waiting = waiting._replace(picture=picture, words=markup.caption(text.MOVED_WAIT))
    return waiting


def stop(visit: Visit) -> Moved:
    """Give up the question: its answer is waited for no longer, and may be asked for again."""
    visit.give_up()
    return Moved(gr.update(value=None, visible=False), markup.caption(text.MOVED_STOPPED), HIDE, SHOW)


def explain(engine: Engine, visit: Visit, opacity: float, progress: Callable[[float], Any] | None = None) -> Moved:
    """Answer the visit's question; leaves the panel alone if nobody waits for the answer any more."""
    view = visit.view
    if view is None or view.focus is None:
        return Moved(gr.update(value=None, visible=False), markup.empty(text.MOVED_EMPTY), HIDE, HIDE)
    question, prediction = view.focus
    try:
        visit.expect(question, view)
        explanation = visit.maps.get(question) or _explained(engine, visit, view, view.focus, progress)
    except SupersededError:
        return Moved()
    except Exception as error:
        words = markup.note(escape(message_of(error)), "warn")
        return Moved(gr.update(value=None, visible=False), words, HIDE, HIDE)
    return Moved(_moved(prediction, explanation, opacity), markup.moved(explanation), HIDE, HIDE)


def redraw(visit: Visit, opacity: float) -> tuple[Any, Any]:
    """Draw both overlays again at another opacity; nothing is computed."""
    view = visit.view
    if view is None or view.focus is None:
        return SAME, SAME
    question, prediction = view.focus
    known = visit.maps.get(question)
    moved = SAME if known is None else _moved(prediction, known, opacity)
    return _looked(view.photo, prediction, opacity), moved


def open_link(visit: Visit, link: Link) -> None:
    """Set a visit that has just begun as its link asks; :func:`put_up` shows it."""
    visit.wish, view = link.label, visit.view
    if view is not None and view.question is not None and view.example:
        method, target = link.method or view.question.method, link.label or view.question.target
        visit.show(replace(view, question=view.question._replace(method=method, target=target)))


def put_up(engine: Engine, visit: Visit, opacity: float) -> Screen:
    """Return the page for what the visit holds; attributions that are not known are asked for, not waited for."""
    view = visit.view
    if view is None:
        return blank("" if engine.trained else markup.note(text.UNTRAINED, "warn"))._replace(photo=None)
    if view.focus is None:
        return Screen()
    question, prediction = view.focus
    screen, known = drawn(view, opacity)._replace(notice=SAME), visit.maps.get(question)
    if known is None:
        return screen
    return screen._replace(moved=_moved(prediction, known, opacity), moved_words=markup.moved(known), stop=HIDE)


def blank(notice: str = "") -> Screen:
    """Return the page as it is before there is a photo; the photo's own place is left alone."""
    hidden = gr.update(value=None, visible=False)
    return Screen(
        notice=notice,
        faces=gr.update(choices=[], value=None, visible=False),
        target=gr.update(interactive=False),
        answer=markup.empty(text.ANSWER_EMPTY),
        saw=hidden,
        saw_words=markup.empty(text.SAW_EMPTY),
        looked=hidden,
        looked_words=markup.empty(text.LOOKED_EMPTY),
        weighed=markup.empty(text.WEIGHED_EMPTY),
        moved=hidden,
        moved_words=markup.empty(text.MOVED_EMPTY),
        box_hint="",
        remove=HIDE,
        stop=HIDE,
        again=HIDE,
    )


def _safely(visit: Visit, act: Callable[[], Screen]) -> Screen:
    """Do something; if it fails, say why and put the previous photo back."""
    try:
        return act()
    except Exception as error:
        previous = None if visit.view is None or visit.view.example else _photo(visit.view)
        return Screen(notice=markup.note(escape(message_of(error)), "warn"), photo=previous)


def _analysed(engine: Engine, visit: Visit, photo: Photo, method: str, opacity: float) -> Screen:
    predictions = engine.predict(photo)
    if predictions:
        index = largest([prediction.face_box_xyxy for prediction in predictions])
        return _shown(visit, photo, predictions, index, method, opacity)
    return _faceless(visit, photo, text.NO_FACE)


def _faceless(visit: Visit, photo: Photo, words: str) -> Screen:
    view = View(photo, marking=True)
    visit.show(view)
    return blank(markup.note(words))._replace(photo=_photo(view), box_hint=_size(photo))


def _added(engine: Engine, visit: Visit, view: View, box_xyxy: BoxXyxy, method: str, opacity: float) -> Screen:
    (new,) = engine.predict(view.photo, [box_xyxy])
    predictions = tuple(sorted((*view.predictions, new), key=lambda one: one.face_box_xyxy))
    index = next(i for i, prediction in enumerate(predictions) if prediction is new)
    return _shown(visit, view.photo, predictions, index, method, opacity)


def _choose_at(visit: Visit, view: View, point: Point, opacity: float) -> Screen:
    x, y = point
    boxes = [prediction.face_box_xyxy for prediction in view.predictions]
    hit = [i for i, (x1, y1, x2, y2) in enumerate(boxes) if x1 <= x <= x2 and y1 <= y <= y2]
    if not hit:
        return Screen(notice=markup.note(text.NO_FACE_THERE))
    return choose_face(visit, min(hit, key=lambda i: boxes[i][2] - boxes[i][0]), opacity)


def _marking(visit: Visit, view: View, words: str) -> Screen:
    view = replace(view, example=False)  # the photo is needed now
    visit.show(view)
    return Screen(notice=markup.note(words), photo=_photo(view))


def _explained(
    engine: Engine, visit: Visit, view: View, focus: Focus, progress: Callable[[float], Any] | None
) -> Explanation:
    question, prediction = focus

    def report(done: float) -> None:
        visit.expect(question, view)
        if progress is not None:
            progress(done)

    explanation = engine.explain(prediction, question.method, question.target, report)
    visit.expect(question, view)
    visit.maps[question] = explanation
    return explanation


def _shown(
    visit: Visit, photo: Photo, predictions: tuple[Prediction, ...], index: int, method: str, opacity: float
) -> Screen:
    """Put up one face; its attributions are asked for, not waited for."""
    view = View(photo, predictions, Question(index, method, visit.wish or predictions[index].emotion))
    visit.show(view)
    return drawn(view, opacity)


def drawn(view: View, opacity: float) -> Screen:
    """Return the page for the chosen face of a view, all but its attributions.

    Raises:
        FaceError: if the view has no face.
    """
    if view.focus is None:
        raise FaceError(text.NO_FACE_API)
    question, prediction = view.focus
    photo, predictions, index = view.photo, view.predictions, question.face
    return Screen(
        notice="",
        photo=SAME if view.example else _photo(view),
        faces=_faces(predictions, index),
        target=gr.update(choices=list(prediction.class_names), value=question.target, interactive=True),
        answer=markup.answer(Focus(question, prediction), len(predictions), view.example),
        saw=shown(pictures.saw(prediction), text.SAW_ALT.format(number=index + 1)),
        saw_words=markup.caption(text.SAW_CAPTION),
        looked=_looked(photo, prediction, opacity),
        looked_words=markup.looked_caption(prediction),
        weighed=markup.weighed(prediction),
        moved=gr.update(value=None, visible=True),  # never the last face's map beside this face's answer
        moved_words=markup.caption(text.MOVED_WAIT),
        box_hint=_size(photo),
        remove=SHOW,
        stop=SHOW,
        again=HIDE,
    )


def _faces(predictions: tuple[Prediction, ...], chosen: int) -> Any:
    choices = [(f"{i} {one.emotion}", i - 1) for i, one in enumerate(predictions, start=1)]
    return gr.update(choices=choices, value=chosen, visible=True)


def _photo(view: View) -> Any:
    return shown(pictures.boxed_photo(view), markup.photo_alt(view))


def _looked(photo: Photo, prediction: Prediction, opacity: float) -> Any:
    return shown(pictures.looked(photo, prediction, opacity), markup.looked_alt(prediction))


def _moved(prediction: Prediction, explanation: Explanation, opacity: float) -> Any:
    return shown(pictures.moved(prediction, explanation, opacity), markup.moved_alt(explanation))


def _size(photo: Photo) -> str:
    height, width = photo.shape[:2]
    return markup.caption(text.PHOTO_SIZE.format(width=width, height=height))
