"""What a first visit shows: one example, analysed and explained once, when the page is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo import gpu, handlers
from demo.engine import Engine
from demo.examples import example_photos
from demo.screen import Screen
from demo.visit import Question, View, Visit
from glamor.checkpoint import EMBEDDED
from glamor.explain import Explanation, explain
from glamor.faces import largest
from glamor.photo import load_photo
from glamor.predictor import Predictor


@dataclass(frozen=True)
class First:
    """The analysed example, shared by all visitors and never changed.

    Attributes:
        view: the photo, its faces and what is asked about the chosen one.
        maps: the answer.
        screen: the whole page for it.
    """

    view: View
    maps: Mapping[Question, Explanation]
    screen: Screen

    def begin(self, visit: Visit) -> None:
        """Put the example up in a visit that has just begun; nothing is computed or copied."""
        visit.show(self.view)
        visit.maps = dict(self.maps)


def first_visit(engine: Engine, method: str, opacity: float) -> First | None:
    """Analyse and explain the first example.

    Args:
        engine: loaded weights.
        method: a key of ``glamor.explain.METHODS``.
        opacity: of the pictures' colours, in [0, 1].

    Returns:
        The example; None if the weights are untrained, whose numbers are not shown, or find no face in it.
    """
    if not engine.trained:
        return None
    predictor, photo = _predictor(engine), load_photo(example_photos()[0])
    predictions = predictor.predict(photo)
    if not predictions:
        return None
    chosen = largest([prediction.face_box_xyxy for prediction in predictions])
    question = Question(chosen, method, predictions[chosen].emotion)
    view, visit = View(photo, predictions, question), Visit()
    visit.show(view)
    with predictor.lock:
        visit.maps[question] = explain(predictor.model, predictions[chosen].prepared, method)
    screen = handlers.drawn(view, opacity)
    moved = handlers.explain(engine, visit, opacity)  # drawn only: the answer is known
    screen = screen._replace(moved=moved.picture, moved_words=moved.words, stop=moved.stop, again=moved.again)
    return First(view, visit.maps, screen)


def _predictor(engine: Engine) -> Predictor:
    """Return the engine's own predictor, or one on the CPU where GPUs are only lent to visitors."""
    if not gpu.LENT:
        return engine.predictor
    checkpoint = engine.predictor.checkpoint
    if checkpoint.revision is not None:
        return Predictor(f"{checkpoint.source}@{checkpoint.revision}", device="cpu")
    return Predictor(EMBEDDED.parent.parent / checkpoint.source, device="cpu")  # a folder is told from there
