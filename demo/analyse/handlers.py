"""What the page does when a visitor acts: plain functions from values to values.

Fast handlers return a ``Outputs`` and never wait for an attribution; ``explain`` answers the
request that they left in the session. Nobody's mistake loses what was on the screen before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from demo import ahead, cache, html, parse
from demo.analyse import views, words
from demo.analyse.finding import find, put_up, put_up_without_face
from demo.analyse.outputs import MapOutputs, Outputs
from demo.engine import Engine
from demo.events import HIDE, SAME, SHOW
from demo.kept import keep
from demo.links import Link
from demo.visits import ATTENTION, Analysis, MapRequest, Point, Selection, Session, SupersededError
from demo.words import UNTRAINED
from glamor.explain import Explanation
from glamor.faces import largest
from glamor.photo import BoxXyxy, PhotoSource
from glamor.turned import turn_photo


def analyse(
    engine: Engine,
    session: Session,
    source: PhotoSource | None,
    method: str,
    opacity: float,
    chosen_xyxy: BoxXyxy | None = None,
) -> Outputs:
    """Predict every face of a new photo, unless a newer one was sent meanwhile; no photo clears the page.

    Of the faces the one at ``chosen_xyxy`` is chosen, else the largest.
    """
    if source is None and session.analysis is not None and session.analysis.example:
        return Outputs()  # it was another way to add a photo that was chosen
    sent = cache.begun(source) if isinstance(source, str) else time.time_ns()
    answered = Path(source).parent.name if isinstance(source, str) else str(sent)
    if sent < session.newest:
        return Outputs(answered=answered)
    session.newest = sent
    if source is None or not engine.trained:
        session.show(None)
        screen = views.blank("" if engine.trained else html.note(UNTRAINED, "warn"))._replace(photo=None)
    else:
        name = Path(source).name if isinstance(source, str) else ""
        screen = _safely(session, lambda: _analysed(engine, session, source, method, opacity, chosen_xyxy), name)
    return (screen if session.newest == sent else Outputs())._replace(answered=answered)


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


def search_small_faces(engine: Engine, session: Session, small: Any, method: str, opacity: float) -> Outputs:
    """Search photos in tiles as well from now on, this one at once; the faces that were marked by hand stay."""
    session.small_faces, analysis = bool(small), session.analysis
    if analysis is None or analysis.example:
        return Outputs()
    photo = analysis.photo
    by_hand = tuple(prediction for prediction in analysis.predictions if prediction.face_score is None)
    return _safely(
        session, lambda: find(engine, session, photo, photo.pixels(engine), method, opacity, by_hand=by_hand)
    )


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
    session.wished_face = None
    return put_up(session, analysis.photo, analysis.predictions, index, analysis.request.method, opacity)


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
        return put_up_without_face(session, analysis.photo, words.LAST_FACE_REMOVED)
    index = largest([prediction.face_box_xyxy for prediction in left])
    screen = put_up(session, analysis.photo, left, index, analysis.request.method, opacity)
    return screen._replace(notice=html.note(words.FACE_REMOVED.format(number=gone + 1)))


def ask(session: Session, method: str, target: str) -> MapOutputs:
    """Ask for the attention, or the attributions of a method, for a class; or for the same ones again."""
    if session.analysis is None or session.analysis.request is None:
        return MapOutputs()
    session.wish, stopped = None, session.waiting is None
    request = MapRequest(session.analysis.request.face, method, target)
    session.show(replace(session.analysis, request=request))
    if method == ATTENTION or request in session.maps:
        return MapOutputs()
    return views.waiting() if stopped else MapOutputs(stop=SHOW, again=HIDE)


def stop(session: Session) -> MapOutputs:
    """Give up the request: its answer is waited for no longer, and may be asked for again."""
    session.cancel()
    return MapOutputs(gr.update(value=None, visible=False), html.caption(words.MOVED_STOPPED), HIDE, SHOW)


def explain(
    engine: Engine, session: Session, opacity: float, progress: Callable[[float], Any] | None = None
) -> MapOutputs:
    """Answer the visit's request; leaves the lens alone if nobody waits for the answer any more."""
    analysis = session.analysis
    if analysis is None or analysis.selection is None:
        return MapOutputs(gr.update(value=None, visible=False), html.empty(words.MOVED_EMPTY), HIDE, HIDE)
    selection = analysis.selection
    try:
        session.expect(selection.request, analysis)
        if selection.request.method != ATTENTION:
            ahead.map_of(session, selection.request, lambda: _explained(engine, session, analysis, selection, progress))
        panel = views.known(analysis, session.maps, opacity)
        session.expect(selection.request, analysis)  # it was drawn meanwhile
    except SupersededError:
        return MapOutputs()
    except Exception as error:
        problem = html.problem(error)
        return MapOutputs(gr.update(value=None, visible=False), problem, HIDE, HIDE)
    session.mapped = True
    return panel or MapOutputs()


def redraw(session: Session, opacity: float) -> Any:
    """Draw the map again at another opacity; nothing is computed."""
    analysis = session.analysis
    known = None if analysis is None else views.known(analysis, session.maps, opacity)
    return SAME if known is None else known.picture


def open_link(session: Session, link: Link, resumed: bool = False) -> None:
    """Set a session that has just begun, or goes on, as its link asks; :func:`render` shows it."""
    analysis = session.analysis
    if analysis is None or analysis.example:
        session.wish, session.wished_face = link.label, link.face
    if analysis is None or analysis.request is None or not (analysis.example or resumed):
        return  # a photo that came before the link was read is left alone
    face = analysis.request.face if link.face is None else min(link.face, len(analysis.predictions)) - 1
    known = link.label in analysis.predictions[face].class_names
    asked = analysis.request._replace(
        face=face,
        method=link.method or analysis.request.method,
        target=link.label if link.label and known else analysis.request.target,
    )
    if asked != analysis.request:
        session.show(replace(analysis, request=asked))


def render(engine: Engine, session: Session, opacity: float) -> Outputs:
    """Return the page for what the session holds; attributions that are not known are asked for, not waited for."""
    analysis = session.analysis
    if analysis is None:
        return views.blank("" if engine.trained else html.note(UNTRAINED, "warn"))._replace(photo=None)
    if analysis.selection is None:
        screen = put_up_without_face(session, analysis.photo, words.NO_FACE, analysis.turn)
        return screen._replace(small=session.small_faces)
    return views.drawn(analysis, opacity, session.maps)._replace(notice=SAME, small=session.small_faces)


def _safely(session: Session, act: Callable[[], Outputs], name: str = "") -> Outputs:
    """Do something; if it fails, say why, with which file, and that what is shown is the photo before."""
    try:
        return act()
    except SupersededError:
        return Outputs()
    except Exception as error:
        problem = words.NAMED.format(name=name, problem=html.message_of(error)) if name else html.message_of(error)
        if session.analysis is None or session.analysis.example:
            return Outputs(notice=html.note(problem, "warn"), photo=None)
        shown = views.photo_update(session.analysis)
        return Outputs(notice=html.note(f"{problem} {words.FORMER_STAYS}", "warn"), photo=shown)


def _analysed(
    engine: Engine,
    session: Session,
    source: PhotoSource,
    method: str,
    opacity: float,
    chosen_xyxy: BoxXyxy | None,
) -> Outputs:
    sent = session.newest
    photo, pixels = keep(engine, source)
    if session.newest != sent:
        raise SupersededError
    return find(engine, session, photo, pixels, method, opacity, chosen_xyxy=chosen_xyxy)


def _added(
    engine: Engine, session: Session, analysis: Analysis, box_xyxy: BoxXyxy, method: str, opacity: float
) -> Outputs:
    (new,) = engine.predict(analysis.photo.pixels(engine), [box_xyxy])
    predictions = tuple(sorted((*analysis.predictions, new), key=lambda prediction: prediction.face_box_xyxy))
    index = next(i for i, prediction in enumerate(predictions) if prediction is new)
    return put_up(session, analysis.photo, predictions, index, method, opacity)


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
    return explanation
