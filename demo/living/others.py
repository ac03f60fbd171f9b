"""Whose face and whose scene: the other people of the photo, and those of the examples."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from demo import ahead, gallery, html
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.events import SAME
from demo.examples import example_photos
from demo.living import told, words
from demo.visits import Analysis, Session, key_of
from demo.words import EXAMPLE_NAMES
from glamor.errors import ExplainError
from glamor.explain import Walk
from glamor.explain.what_if import AS_IS, BLURRED, seen_as
from glamor.predictor import Prediction

_EXAMPLES: WeakKeyDictionary[Engine, dict[str, tuple[Prediction, Walk]]] = WeakKeyDictionary()


def guests(session: Session) -> Any:
    """Return with whom the chosen face can be swapped by now, JSON of ``key`` and ``others``; SAME without a face."""
    analysis = session.analysis
    if analysis is None or analysis.selection is None:
        return SAME
    return json.dumps({"key": key_of(analysis.selection.prediction), "others": names(session, analysis)})


def names(session: Session, analysis: Analysis) -> list[dict[str, str]]:
    """Return with whom the chosen face can be swapped, by ``id`` and ``name``; ``only`` "scene" where the face cannot.

    One of them is nobody else: the own scene, blurred. No example is offered with itself.
    """
    chosen = analysis.request.face if analysis.request else None
    people = [
        {"id": str(i + 1), "name": words.PERSON.format(number=i + 1, emotion=prediction.emotion)}
        for i, prediction in enumerate(analysis.predictions)
        if i != chosen
    ]
    people += [{"id": id, "name": _guest(id, prediction)} for id, prediction in session.guests.items()]
    examples = [
        {"id": whose, "name": words.EXAMPLE.format(name=name)}
        for whose, name, file in zip(gallery.IDS, EXAMPLE_NAMES, _files(), strict=True)
        if file != analysis.photo.sent
    ]
    blurred = words.BLURRED.format(number=(chosen or 0) + 1)
    return [*people, *examples, {"id": BLURRED, "name": blurred, "only": "scene"}]


def find(checkpoints: Checkpoints, session: Session, whose: Any) -> Prediction:
    """Return a person's prediction by an id of :func:`names`; None: the chosen one's.

    Raises:
        ExplainError: if there is nobody of that id.
    """
    analysis = session.analysis
    if analysis is None or analysis.selection is None:
        raise ExplainError(words.BAD_OTHER)
    if whose is None:
        return analysis.selection.prediction
    if whose == BLURRED:
        return _blurred(analysis.selection.prediction)
    people = session.guests | {str(i): prediction for i, prediction in enumerate(analysis.predictions, 1)}
    if isinstance(whose, str) and whose in people:
        return people[whose]
    return _example(checkpoints.of(session), whose)[0]


def other(checkpoints: Checkpoints, session: Session, asked: Any) -> Any:
    """Return another person's way through the network; SAME if another face is chosen by now.

    Args:
        checkpoints: the weights that may answer.
        session: of the visitor.
        asked: ``id`` of the person, and ``key`` of the face that is shown.

    Returns:
        JSON of ``id``, ``key``, ``walk``, ``face`` and ``scene``, as the chosen face's; or of ``said``, a sentence.
    """
    selection = session.analysis.selection if session.analysis else None
    if selection is None or not isinstance(asked, Mapping) or asked.get("key") != key_of(selection.prediction):
        return SAME
    try:
        prediction = find(checkpoints, session, asked.get("id"))
        engine = checkpoints.of(session)
        walk = engine.walk(prediction) if asked.get("id") == BLURRED else walk_of(engine, session, prediction)
    except Exception as error:
        return json.dumps({"said": html.message_of(error)})
    return json.dumps(
        {
            "id": asked.get("id"),
            "key": asked["key"],
            "walk": base64.b64encode(walk.to_bytes()).decode(),
            "face": told.address(prediction.prepared.face),
            "scene": told.address(prediction.prepared.context),
        }
    )


def walk_of(engine: Engine, session: Session, prediction: Prediction) -> Walk:
    """Return a person's way through the network, followed once a visit; that of an example once for all."""
    for example, walk in _EXAMPLES.get(engine, {}).values():
        if example is prediction:
            return walk
    return ahead.walk_of(engine, session, prediction)


@cache
def _files() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in example_photos())


def _guest(id: str, prediction: Prediction) -> str:
    _, photo, face = id.split(".")
    return words.GUEST.format(photo=photo, number=face, emotion=prediction.emotion)


def _blurred(prediction: Prediction) -> Prediction:
    """Return a person before the own scene without its detail; the answer in it is still the untouched one."""
    return replace(prediction, prepared=seen_as(prediction.prepared, BLURRED, AS_IS))


def _example(engine: Engine, whose: Any) -> tuple[Prediction, Walk]:
    """Return the largest face of an example; two visitors at once find the same."""
    if whose not in gallery.IDS:
        raise ExplainError(words.BAD_OTHER)
    known = _EXAMPLES.setdefault(engine, {})
    if whose not in known:
        prediction = gallery.person(engine, whose)
        if prediction is None:
            raise ExplainError(words.BAD_OTHER)
        known[whose] = prediction, engine.walk(prediction)
    return known[whose]
