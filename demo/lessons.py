"""What each example shows of the checkpoint in use: that the scene decides, or the face, or that it fails."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import torch

from demo import words
from demo.engine import Engine
from demo.examples import Example, examples
from glamor.explain import Intervention, intervene
from glamor.faces import largest
from glamor.photo import load_photo
from glamor.predictor import Predictor

_LESSONS: WeakKeyDictionary[Engine, tuple[str, ...]] = WeakKeyDictionary()


def captions(engine: Engine) -> tuple[str, ...]:
    """Return what each example shows, found out once for each checkpoint; its name if that is not known.

    An example fails if its label is not the one that a person would give; the scene decides if the label is another
    one with all of the weight on the face.
    """
    if engine not in _LESSONS:
        predictor = engine.on_cpu() if engine.trained else None
        _LESSONS[engine] = tuple((predictor and _lesson(predictor, example)) or example.name for example in examples())
    return _LESSONS[engine]


def _lesson(predictor: Predictor, example: Example) -> str:
    predictions = predictor.predict(load_photo(example.path))
    if not predictions or example.looks not in predictor.config.class_names:
        return ""
    answer = predictions[largest([prediction.face_box_xyxy for prediction in predictions])]
    if answer.emotion != example.looks:
        return words.IT_FAILS.format(label=answer.emotion)
    with predictor.lock:
        alone = intervene(predictor.model, answer.prepared, Intervention(fusion=torch.tensor([1.0, 0.0])))
    by_face = predictor.config.class_names[int(alone.logits[0].argmax())]
    return words.FACE_DECIDES if by_face == answer.emotion else words.SCENE_DECIDES
