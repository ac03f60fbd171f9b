"""What the page does when a visitor acts: plain functions from values to values.

Fast handlers return a ``Outputs`` and never wait for an attribution; ``explain`` answers the
request that they left in the session. Nobody's mistake loses what was on the screen before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from demo import html, parse
from demo.analyse import views, words
from demo.analyse.outputs import MapOutputs, Outputs
from demo.engine import Engine
from demo.events import HIDE, SAME, SHOW
from demo.kept import KeptPhoto, keep
from demo.links import Link
from demo.views import moved as moved_words
from demo.visits import Analysis, MapRequest, Point, Selection, Session, SupersededError
from demo.words import UNTRAINED
from glamor.explain import Explanation
from glamor.faces import largest
from glamor.photo import BoxXyxy, Photo, PhotoSource
from glamor.predictor import Prediction
from glamor.turned import turn_photo


def analyse(engine: Engine, session: Session, source: PhotoSource | None, method: str, opacity: float) -> Outputs:
    """Predict every face of a new photo; no photo (it was removed) clears the page."""
    if source is None and session.analysis is not None and session.analysis.example:
        return Outputs()  # it was another way to add a photo that was chosen
    if source is None or not engine.trained:
        session.show(None)
        return views.blank("" if engine.trained else html.note(UNTRAINED, "warn"))
    return _safely(session, lambda: _analysed(engine, session, source, method, opacity))


def click_photo(engine: Engine, session: Session, point_shown: Point, method: str, opacity: float) -> Outputs:
    """Choose the face at a place of the shown photo, or take the place as a corner of a new box."""
    analysis = session.analysis
    if analysis is None:
        return Outputs(notice=html.note(words.NEEDS_PHOTO))
    scale = analysis.photo.scale
    point = (point_shown[0] / scale, point_shown[1] / scale)
    if not analysis.marking:
        return _choose_at(session, analysis, point, opacity)
    if analysis.corner is None:
        return _marking(session, replace(analysis, corner=point), words.SECOND_CORNER)
    session.show(replace(analysis, corner=None))
    return add_box(engine, session, parse.corners(analysis.corner, point), method, opacity)


def search_small_faces(engine: Engine, session: Session, small: bool, method: str, opacity: float) -> Outputs:
    """Search this visit's photos in tiles as well, or no longer; the one on the screen is searched again."""
    session.small_faces, analysis = bool(small), session.analysis
    if analysis is None or analysis.example:
        return Outputs()
    by_hand = tuple(prediction for prediction in analysis.predictions if prediction.face_score is None)
    return _safely(session, lambda: _found(engine, session, analysis.photo, method, opacity, None, by_hand))


def turn(engine: Engine, session: Session, method: str, opacity: float) -> Outputs:
    """Turn the photo so that its chosen face is upright, and analyse it anew."""
    analysis = session.analysis
    if analysis is None or not analysis.upright_turn:
        return Outputs()
    photo, degrees = analysis.photo, analysis.upright_turn
    return analyse(engine, session, turn_photo(photo.pixels(engine), degrees), method, opacity)


def choose_face(session: Session, index: int | None, opacity: float) -> Outputs:
    """Choose a face by its place in the list, from 0."""
    analysis = session.analysis
    if analysis is None or analysis.request is None or index is None or not 0 <= index < len(analysis.predictions):
        return Outputs()
    return _shown(session, analysis.photo, analysis.predictions, index, analysis.request.method, opacity)


def start_marking(session: Session) -> Outputs:
    """Let the next two clicks on the photo mark a face."""
    if session.analysis is None:
        return Outputs(notice=html.note(words.NEEDS_PHOTO))
    return _marking(session, replace(session.analysis, marking=True, corner=None), words.FIRST_CORNER)


def add_box(engine: Engine, session: Session, box: str | BoxXyxy, method: str, opacity: float) -> Outputs:
    """Predict for a box that a person gave, and choose it."""
    analysis = session.analysis
    if analysis is None:
        return Outputs(notice=html.note(words.NEEDS_PHOTO))
    return _safely(session, lambda: _added(engine, session, analysis, parse.box(box), method, opacity))


def remove_face(session: Session, opacity: float) -> Outputs:
    """Take the chosen face off this photo's list, and choose the largest of the others."""
    analysis = session.analysis
    if analysis is None or analysis.request is None:
        return Outputs(notice=html.note(words.NEEDS_PHOTO))
    gone = analysis.request.face
    left = analysis.predictions[:gone] + analysis.predictions[gone + 1 :]
    if not left:
        return _faceless(session, analysis.photo, words.LAST_FACE_REMOVED)
    index = largest([prediction.face_box_xyxy for prediction in left])
    screen = _shown(session, analysis.photo, left, index, analysis.request.method, opacity)
    return screen._replace(notice=html.note(words.FACE_REMOVED.format(number=gone + 1)))


def ask(session: Session, method: str, target: str) -> MapOutputs:
    """Ask for the attributions of another method or class, or for the same ones again."""
    if session.analysis is None or session.analysis.request is None:
        return MapOutputs()
    session.wish, stopped = None, session.waiting is None
    request = MapRequest(session.analysis.request.face, method, target)
    session.show(replace(session.analysis, request=request))
    if request in session.maps:
        return MapOutputs()
    waiting = MapOutputs(stop=SHOW, again=HIDE)
    if stopped:
        picture = gr.update(value=None, visible=True)
        waiting = waiting._replace(picture=picture, words=html.caption(words.MOVED_WAIT))
    return waiting


def stop(session: Session) -> MapOutputs:
    """Give up the request: its answer is waited for no longer, and may be asked for again."""
    session.cancel()
    return MapOutputs(gr.update(value=None, visible=False), html.caption(words.MOVED_STOPPED), HIDE, SHOW)


def explain(
    engine: Engine, session: Session, opacity: float, progress: Callable[[float], Any] | None = None
) -> MapOutputs:
    """Answer the visit's request; leaves the panel alone if nobody waits for the answer any more."""
    analysis = session.analysis
    if analysis is None or analysis.selection is None:
        return MapOutputs(gr.update(value=None, visible=False), html.empty(words.MOVED_EMPTY), HIDE, HIDE)
    request, prediction = analysis.selection
    try:
        session.expect(request, analysis)
        explanation = session.maps.get(request) or _explained(engine, session, analysis, analysis.selection, progress)
    except SupersededError:
        return MapOutputs()
    except Exception as error:
        problem = html.problem(error)
        return MapOutputs(gr.update(value=None, visible=False), problem, HIDE, HIDE)
    return MapOutputs(views.moved_update(prediction, explanation, opacity), moved_words(explanation), HIDE, HIDE)


def redraw(session: Session, opacity: float) -> tuple[Any, Any]:
    """Draw both overlays again at another opacity; nothing is computed."""
    analysis = session.analysis
    if analysis is None or analysis.selection is None:
        return SAME, SAME
    request, prediction = analysis.selection
    known = session.maps.get(request)
    moved = SAME if known is None else views.moved_update(prediction, known, opacity)
    return views.looked_update(analysis.photo, prediction, opacity), moved


def open_link(session: Session, link: Link) -> None:
    """Set a session that has just begun as its link asks; :func:`render` shows it."""
    session.wish, analysis = link.label, session.analysis
    if analysis is not None and analysis.request is not None and analysis.example:
        method, target = link.method or analysis.request.method, link.label or analysis.request.target
        session.show(replace(analysis, request=analysis.request._replace(method=method, target=target)))


def render(engine: Engine, session: Session, opacity: float) -> Outputs:
    """Return the page for what the session holds; attributions that are not known are asked for, not waited for."""
    analysis = session.analysis
    if analysis is None:
        return views.blank("" if engine.trained else html.note(UNTRAINED, "warn"))._replace(photo=None)
    if analysis.selection is None:
        return Outputs()
    request, prediction = analysis.selection
    screen, known = views.drawn(analysis, opacity)._replace(notice=SAME), session.maps.get(request)
    if known is None:
        return screen
    return screen._replace(
        moved=views.moved_update(prediction, known, opacity), moved_words=moved_words(known), stop=HIDE
    )


def _safely(session: Session, act: Callable[[], Outputs]) -> Outputs:
    """Do something; if it fails, say why and put the previous photo back."""
    try:
        return act()
    except Exception as error:
        previous = (
            None if session.analysis is None or session.analysis.example else views.photo_update(session.analysis)
        )
        return Outputs(notice=html.problem(error), photo=previous)


def _analysed(engine: Engine, session: Session, source: PhotoSource, method: str, opacity: float) -> Outputs:
    photo, pixels = keep(engine, source)
    return _found(engine, session, photo, method, opacity, pixels)


def _found(
    engine: Engine,
    session: Session,
    photo: KeptPhoto,
    method: str,
    opacity: float,
    pixels: Photo | None = None,
    by_hand: tuple[Prediction, ...] = (),
) -> Outputs:
    """Find a photo's faces and choose the largest; those that a person marked are kept."""
    pixels, start = photo.pixels(engine) if pixels is None else pixels, time.perf_counter()
    predictions = engine.predict(pixels, None, session.small_faces)
    took = words.SMALL_FACES_TOOK.format(seconds=time.perf_counter() - start) if session.small_faces else ""
    predictions = tuple(sorted((*predictions, *by_hand), key=lambda prediction: prediction.face_box_xyxy))
    if predictions:
        index = largest([prediction.face_box_xyxy for prediction in predictions])
        screen = _shown(session, photo, predictions, index, method, opacity)
    else:
        degrees = engine.turn_that_shows_faces(pixels)
        button = words.TURN.format(turn=degrees)
        turned = words.NO_FACE_UNTIL_TURNED.format(turn=degrees, button=button)
        screen = _faceless(session, photo, turned if degrees else words.NO_FACE, degrees)
    return screen._replace(notice=screen.notice + html.note(took)) if took else screen


def _faceless(session: Session, photo: KeptPhoto, words: str, degrees: int = 0) -> Outputs:
    analysis = Analysis(photo, marking=True, turn=degrees)
    session.show(analysis)
    screen = views.blank(html.note(words))
    size, turned = views.photo_size(photo), views.turn_update(analysis)
    return screen._replace(photo=views.photo_update(analysis), box_hint=size, turn=turned)


def _added(
    engine: Engine, session: Session, analysis: Analysis, box_xyxy: BoxXyxy, method: str, opacity: float
) -> Outputs:
    (new,) = engine.predict(analysis.photo.pixels(engine), [box_xyxy])
    predictions = tuple(sorted((*analysis.predictions, new), key=lambda prediction: prediction.face_box_xyxy))
    index = next(i for i, prediction in enumerate(predictions) if prediction is new)
    return _shown(session, analysis.photo, predictions, index, method, opacity)


def _choose_at(session: Session, analysis: Analysis, point: Point, opacity: float) -> Outputs:
    x, y = point
    boxes = [prediction.face_box_xyxy for prediction in analysis.predictions]
    hit = [i for i, (x1, y1, x2, y2) in enumerate(boxes) if x1 <= x <= x2 and y1 <= y <= y2]
    if not hit:
        return Outputs(notice=html.note(words.NO_FACE_THERE))
    return choose_face(session, min(hit, key=lambda i: boxes[i][2] - boxes[i][0]), opacity)


def _marking(session: Session, analysis: Analysis, words: str) -> Outputs:
    analysis = replace(analysis, example=False)  # the photo is needed now
    session.show(analysis)
    return Outputs(notice=html.note(words), photo=views.photo_update(analysis))


def _explained(
    engine: Engine, session: Session, analysis: Analysis, selection: Selection, progress: Callable[[float], Any] | None
) -> Explanation:
    request, prediction = selection

    def report(done: float) -> None:
        session.expect(request, analysis)
        if progress is not None:
            progress(done)

    explanation = engine.explain(prediction, request.method, request.target, report)
    session.expect(request, analysis)
    session.maps[request] = explanation
    return explanation


def _shown(
    session: Session, photo: KeptPhoto, predictions: tuple[Prediction, ...], index: int, method: str, opacity: float
) -> Outputs:
    """Put up one face; its attributions are asked for, not waited for."""
    analysis = Analysis(photo, predictions, MapRequest(index, method, session.wish or predictions[index].emotion))
    session.show(analysis)
    return views.drawn(analysis, opacity)
