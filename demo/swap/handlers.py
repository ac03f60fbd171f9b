"""What Two photos does: every face of several photos before every scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr

from demo import html
from demo.engine import Engine
from demo.html import message_of
from demo.pictures import image_update
from demo.swap import views, words
from demo.visits import Session
from glamor.faces import largest
from glamor.photo import PhotoSource
from glamor.predictor import Prediction

MOST_PEOPLE = 6  # 36 pairs: as many pictures as a screen can show
MOST_PHOTOS = 6
LARGEST, EVERYBODY = "largest", "everybody"


class Outputs(NamedTuple):
    """All that the handler changes, in the order of the card's outputs."""

    notice: Any
    picture: Any
    words: Any


class Guest(NamedTuple):
    """One face that takes part, and the photo it is from, counted from 1."""

    prediction: Prediction
    photo: int


def swap(
    engine: Engine, session: Session, sources: Sequence[PhotoSource | None], who: str, with_analysed: bool
) -> Outputs:
    """Put every face before every scene.

    Args:
        engine: loaded weights.
        session: its analysed photo takes part first if it is to; the faces of the others are remembered in it.
        sources: the card's own photos; None for a place without one.
        who: LARGEST, one face a photo (but every face of a single photo), or EVERYBODY.
        with_analysed: whether the photo of *Analyse* takes part.
    """
    try:
        analysed = _analysed(session) if with_analysed else []
        added = _added(engine, [source for source in sources if source is not None], MOST_PHOTOS + 1 - len(analysed))
        session.guests = _named(added[: MOST_PHOTOS - len(analysed)], len(analysed) + 1)
        return _swapped(engine, [*analysed, *added], who)
    except Exception as error:
        return _without(html.empty(words.EMPTY), [message_of(error)])


def _analysed(session: Session) -> list[tuple[Prediction, ...]]:
    analysis = session.analysis
    return [] if analysis is None or analysis.example else [analysis.predictions]


def _added(engine: Engine, sources: Sequence[PhotoSource], most: int) -> list[tuple[Prediction, ...]]:
    """Return the faces of each photo; of one more than take part, to be told of."""
    return [engine.predict(engine.decode(source)) for source in sources[:most]]


def _named(photos: Sequence[tuple[Prediction, ...]], first: int) -> dict[str, Prediction]:
    return {
        f"photo.{number}.{i}": prediction
        for number, faces in enumerate(photos, first)
        for i, prediction in enumerate(faces, 1)
    }


def _swapped(engine: Engine, photos: Sequence[tuple[Prediction, ...]], who: str) -> Outputs:
    if not photos:
        return _without(html.empty(words.EMPTY))
    notes = [words.TOO_MANY_PHOTOS.format(limit=MOST_PHOTOS)] if len(photos) > MOST_PHOTOS else []
    photos = photos[:MOST_PHOTOS]
    notes += [words.NO_FACE.format(photo=number) for number, faces in enumerate(photos, start=1) if not faces]
    guests = _guests(photos, who)
    if len(guests) < 2:
        return _without(html.empty(words.ALONE if guests else words.NOBODY), notes)
    if len(guests) > MOST_PEOPLE:
        notes.append(words.TOO_MANY.format(count=len(guests), limit=MOST_PEOPLE))
        guests = guests[:MOST_PEOPLE]
    predictions = [guest.prediction for guest in guests]
    matrix = engine.swap([prediction.prepared for prediction in predictions])
    picture = image_update(
        views.matrix_picture(predictions, matrix), views.matrix_alt(matrix, predictions[0].class_names)
    )
    table = views.matrix_words(matrix, predictions, [guest.photo for guest in guests])
    return Outputs(html.note(" ".join(notes)), picture, table)


def _guests(photos: Sequence[tuple[Prediction, ...]], who: str) -> list[Guest]:
    everybody = who == EVERYBODY or len(photos) == 1
    return [
        Guest(prediction, number)
        for number, faces in enumerate(photos, start=1)
        for prediction in (faces if everybody else _largest(faces))
    ]


def _largest(faces: tuple[Prediction, ...]) -> tuple[Prediction, ...]:
    return (faces[largest([face.face_box_xyxy for face in faces])],) if faces else ()


def _without(words: str, notes: Sequence[str] = ()) -> Outputs:
    return Outputs(html.note(" ".join(notes), "warn"), gr.update(value=None, visible=False), words)
