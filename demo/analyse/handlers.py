"""What the page does when a visitor acts: plain functions from values to values.

Fast handlers return a ``Screen`` and never wait for an attribution; ``explain`` answers the
question that they left in the visit. Nobody's mistake loses what was on the screen before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from demo import html, parse
from demo.analyse import views, words
from demo.analyse.outputs import Moved, Screen
from demo.engine import Engine
from demo.events import HIDE, SAME, SHOW
from demo.kept import KeptPhoto, keep
from demo.links import Link
from demo.views import moved as moved_words
from demo.visits import Focus, Point, Question, SupersededError, View, Visit
from demo.words import UNTRAINED
from glamor.explain import Explanation
from glamor.faces import largest
from glamor.photo import BoxXyxy, PhotoSource
from glamor.predictor import Prediction


def analyse(engine: Engine, visit: Visit, source: PhotoSource | None, method: str, opacity: float) -> Screen:
    """Predict every face of a new photo; no photo (it was removed) clears the page."""
    if source is None and visit.view is not None and visit.view.example:
        return Screen()  # it was another way to add a photo that was chosen
    if source is None or not engine.trained:
        visit.show(None)
        return views.blank("" if engine.trained else html.note(UNTRAINED, "warn"))
    return _safely(visit, lambda: _analysed(engine, visit, source, method, opacity))


def click_photo(engine: Engine, visit: Visit, point_shown: Point, method: str, opacity: float) -> Screen:
    """Choose the face at a place of the shown photo, or take the place as a corner of a new box."""
    view = visit.view
    if view is None:
        return Screen(notice=html.note(words.NEEDS_PHOTO))
    scale = view.photo.scale
    point = (point_shown[0] / scale, point_shown[1] / scale)
    if not view.marking:
        return _choose_at(visit, view, point, opacity)
    if view.corner is None:
        return _marking(visit, replace(view, corner=point), words.SECOND_CORNER)
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
        return Screen(notice=html.note(words.NEEDS_PHOTO))
    return _marking(visit, replace(visit.view, marking=True, corner=None), words.FIRST_CORNER)


def add_box(engine: Engine, visit: Visit, given: str | BoxXyxy, method: str, opacity: float) -> Screen:
    """Predict for a box that a person gave, and choose it."""
    view = visit.view
    if view is None:
        return Screen(notice=html.note(words.NEEDS_PHOTO))
    return _safely(visit, lambda: _added(engine, visit, view, parse.box(given), method, opacity))


def remove_face(visit: Visit, opacity: float) -> Screen:
    """Take the chosen face off this photo's list, and choose the largest of the others."""
    view = visit.view
    if view is None or view.question is None:
        return Screen(notice=html.note(words.NEEDS_PHOTO))
    gone = view.question.face
    left = view.predictions[:gone] + view.predictions[gone + 1 :]
    if not left:
        return _faceless(visit, view.photo, words.LAST_FACE_REMOVED)
    index = largest([prediction.face_box_xyxy for prediction in left])
    screen = _shown(visit, view.photo, left, index, view.question.method, opacity)
    return screen._replace(notice=html.note(words.FACE_REMOVED.format(number=gone + 1)))


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
        waiting = waiting._replace(picture=picture, words=html.caption(words.MOVED_WAIT))
    return waiting


def stop(visit: Visit) -> Moved:
    """Give up the question: its answer is waited for no longer, and may be asked for again."""
    visit.give_up()
    return Moved(gr.update(value=None, visible=False), html.caption(words.MOVED_STOPPED), HIDE, SHOW)


def explain(engine: Engine, visit: Visit, opacity: float, progress: Callable[[float], Any] | None = None) -> Moved:
    """Answer the visit's question; leaves the panel alone if nobody waits for the answer any more."""
    view = visit.view
    if view is None or view.focus is None:
        return Moved(gr.update(value=None, visible=False), html.empty(words.MOVED_EMPTY), HIDE, HIDE)
    question, prediction = view.focus
    try:
        visit.expect(question, view)
        explanation = visit.maps.get(question) or _explained(engine, visit, view, view.focus, progress)
    except SupersededError:
        return Moved()
    except Exception as error:
        problem = html.problem(error)
        return Moved(gr.update(value=None, visible=False), problem, HIDE, HIDE)
    return Moved(views.moved_update(prediction, explanation, opacity), moved_words(explanation), HIDE, HIDE)


def redraw(visit: Visit, opacity: float) -> tuple[Any, Any]:
    """Draw both overlays again at another opacity; nothing is computed."""
    view = visit.view
    if view is None or view.focus is None:
        return SAME, SAME
    question, prediction = view.focus
    known = visit.maps.get(question)
    moved = SAME if known is None else views.moved_update(prediction, known, opacity)
    return views.looked_update(view.photo, prediction, opacity), moved


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
        return views.blank("" if engine.trained else html.note(UNTRAINED, "warn"))._replace(photo=None)
    if view.focus is None:
        return Screen()
    question, prediction = view.focus
    screen, known = views.drawn(view, opacity)._replace(notice=SAME), visit.maps.get(question)
    if known is None:
        return screen
    return screen._replace(
        moved=views.moved_update(prediction, known, opacity), moved_words=moved_words(known), stop=HIDE
    )


def _safely(visit: Visit, act: Callable[[], Screen]) -> Screen:
    """Do something; if it fails, say why and put the previous photo back."""
    try:
        return act()
    except Exception as error:
        previous = None if visit.view is None or visit.view.example else views.photo_update(visit.view)
        return Screen(notice=html.problem(error), photo=previous)


def _analysed(engine: Engine, visit: Visit, source: PhotoSource, method: str, opacity: float) -> Screen:
    photo, pixels = keep(engine, source)
    predictions = engine.predict(pixels)
    if predictions:
        index = largest([prediction.face_box_xyxy for prediction in predictions])
        return _shown(visit, photo, predictions, index, method, opacity)
    return _faceless(visit, photo, words.NO_FACE)


def _faceless(visit: Visit, photo: KeptPhoto, words: str) -> Screen:
    view = View(photo, marking=True)
    visit.show(view)
    return views.blank(html.note(words))._replace(photo=views.photo_update(view), box_hint=views.photo_size(photo))


def _added(engine: Engine, visit: Visit, view: View, box_xyxy: BoxXyxy, method: str, opacity: float) -> Screen:
    (new,) = engine.predict(view.photo.pixels(engine), [box_xyxy])
    predictions = tuple(sorted((*view.predictions, new), key=lambda one: one.face_box_xyxy))
    index = next(i for i, prediction in enumerate(predictions) if prediction is new)
    return _shown(visit, view.photo, predictions, index, method, opacity)


def _choose_at(visit: Visit, view: View, point: Point, opacity: float) -> Screen:
    x, y = point
    boxes = [prediction.face_box_xyxy for prediction in view.predictions]
    hit = [i for i, (x1, y1, x2, y2) in enumerate(boxes) if x1 <= x <= x2 and y1 <= y <= y2]
    if not hit:
        return Screen(notice=html.note(words.NO_FACE_THERE))
    return choose_face(visit, min(hit, key=lambda i: boxes[i][2] - boxes[i][0]), opacity)


def _marking(visit: Visit, view: View, words: str) -> Screen:
    view = replace(view, example=False)  # the photo is needed now
    visit.show(view)
    return Screen(notice=html.note(words), photo=views.photo_update(view))


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
    visit: Visit, photo: KeptPhoto, predictions: tuple[Prediction, ...], index: int, method: str, opacity: float
) -> Screen:
    """Put up one face; its attributions are asked for, not waited for."""
    view = View(photo, predictions, Question(index, method, visit.wish or predictions[index].emotion))
    visit.show(view)
    return views.drawn(view, opacity)
