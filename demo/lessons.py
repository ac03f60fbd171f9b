"""What each example shows of the checkpoint in use: that the scene decides, or the face, or that it fails."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import torch

from demo import gallery, words
from demo.engine import Engine
from demo.examples import examples
from glamor.explain import Intervention, intervene
from glamor.predictor import Prediction, Predictor

_LESSONS: WeakKeyDictionary[Engine, tuple[str, ...]] = WeakKeyDictionary()


def captions(engine: Engine) -> tuple[str, ...]:
    """Return what each example shows, found out once for each checkpoint; its name if that is not known.

    An example fails if its label is not the one that a person would give; the scene decides if the label is another
    one with all of the weight on the face.
    """
    if engine not in _LESSONS:
        people = [gallery.person(engine, whose) if engine.trained else None for whose in gallery.IDS]
        _LESSONS[engine] = tuple(
            _lesson(engine.predictor, person, example.looks)
            if person and example.looks in engine.class_names
            else example.name
            for person, example in zip(people, examples(), strict=True)
        )
    return _LESSONS[engine]


def _lesson(predictor: Predictor, answer: Prediction, looks: str) -> str:
    if answer.emotion != looks:
        return words.IT_FAILS.format(label=answer.emotion)
    with predictor.lock:
        alone = intervene(predictor.model, answer.prepared, Intervention(fusion=torch.tensor([1.0, 0.0])))
    by_face = predictor.config.class_names[int(alone.logits[0].argmax())]
    return words.FACE_DECIDES if by_face == answer.emotion else words.SCENE_DECIDES
