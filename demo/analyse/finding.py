"""A photo's faces: found, chosen and put up."""

from __future__ import annotations

import time

from demo import html
from demo.analyse import views, words
from demo.analyse.outputs import Outputs
from demo.engine import Engine
from demo.kept import KeptPhoto
from demo.visits import Analysis, MapRequest, Session, SupersededError
from glamor.faces import largest, nearest
from glamor.photo import BoxXyxy, Photo
from glamor.predictor import Prediction


def find(
    engine: Engine,
    session: Session,
    photo: KeptPhoto,
    pixels: Photo,
    method: str,
    opacity: float,
    *,
    chosen_xyxy: BoxXyxy | None = None,
    by_hand: tuple[Prediction, ...] = (),
) -> Outputs:
    """Find a photo's faces and choose one: the one at ``chosen_xyxy``, else the one that is wished, else the largest.

    Args:
        engine: loaded weights.
        session: of the visitor.
        photo: to be remembered.
        pixels: of the photo.
        method: key of the method that explains.
        opacity: of the maps.
        chosen_xyxy: a face's box in photo pixels.
        by_hand: faces that a person marked on the photo; they are kept.

    Raises:
        SupersededError: if a newer photo was sent meanwhile.
    """
    sent, start = session.newest, time.perf_counter()
    predictions = engine.predict(pixels, None, session.small_faces)
    took = words.SMALL_FACES_TOOK.format(seconds=time.perf_counter() - start) if session.small_faces else ""
    predictions = tuple(sorted((*predictions, *by_hand), key=lambda prediction: prediction.face_box_xyxy))
    degrees = 0 if predictions else engine.turn_that_shows_faces(pixels)
    if session.newest != sent:
        raise SupersededError
    if predictions:
        boxes = [prediction.face_box_xyxy for prediction in predictions]
        index = _wished(session, predictions) if chosen_xyxy is None else nearest(boxes, chosen_xyxy)
        screen = put_up(session, photo, predictions, index, method, opacity)
    else:
        turned = words.NO_FACE_UNTIL_TURNED.format(turn=degrees, button=words.TURN.format(turn=degrees))
        screen = put_up_without_face(session, photo, turned if degrees else words.NO_FACE, degrees)
    return screen._replace(notice=screen.notice + html.note(took)) if took else screen


def _wished(session: Session, predictions: tuple[Prediction, ...]) -> int:
    """Return the index of the face that the link asked for, else of the largest."""
    number = session.wished_face
    if number is not None and number <= len(predictions):
        return number - 1
    return largest([prediction.face_box_xyxy for prediction in predictions])


def put_up(
    session: Session, photo: KeptPhoto, predictions: tuple[Prediction, ...], index: int, method: str, opacity: float
) -> Outputs:
    """Put up one face; its attributions are asked for, not waited for."""
    analysis = Analysis(photo, predictions, MapRequest(index, method, session.wish or predictions[index].emotion))
    session.show(analysis)
    return views.drawn(analysis, opacity, session.maps)


def put_up_without_face(session: Session, photo: KeptPhoto, words: str, degrees: int = 0) -> Outputs:
    """Put up a photo on which a face can be marked; turned by ``degrees`` it shows one."""
    analysis = Analysis(photo, marking=True, turn=degrees)
    session.show(analysis)
    screen = views.blank(html.note(words))
    size, turned = views.photo_size(photo), views.turn_update(analysis)
    return screen._replace(photo=views.photo_update(analysis), box_hint=size, turn=turned)
