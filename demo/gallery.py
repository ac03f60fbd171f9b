"""The people of the examples, as the network sees them: asked once for each checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from demo.engine import Engine
from demo.examples import example_photos
from demo.words import EXAMPLE_NAMES
from glamor.errors import FaceError
from glamor.faces import largest
from glamor.predictor import Prediction
from glamor.prepare import Prepared

IDS = tuple(f"example.{number}" for number in range(1, len(EXAMPLE_NAMES) + 1))
_KNOWN: WeakKeyDictionary[Engine, dict[str, tuple[Prediction, ...]]] = WeakKeyDictionary()


def people(engine: Engine, whose: str) -> tuple[Prediction, ...]:
    """Return every face of an example, one of ``IDS``, from left to right. Two at once find the same."""
    known = _KNOWN.setdefault(engine, {})
    if whose not in known:
        photo = engine.decode(str(example_photos()[IDS.index(whose)]))
        try:
            known[whose] = engine.predict(photo)
        except FaceError:  # there is no detector to be had: whoever draws or types a box is still answered
            known[whose] = ()
    return known[whose]


def person(engine: Engine, whose: str) -> Prediction | None:
    """Return the largest face of an example, one of ``IDS``; None if none is found."""
    found = people(engine, whose)
    return found[largest([each.face_box_xyxy for each in found])] if found else None


def scenes(engine: Engine) -> Mapping[str, Prepared]:
    """Return the inputs of the examples' people by name, whose scenes others can be put before."""
    people = ((name, person(engine, whose)) for name, whose in zip(EXAMPLE_NAMES, IDS, strict=True))
    return {name: prediction.prepared for name, prediction in people if prediction is not None}
