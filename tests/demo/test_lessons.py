"""What is said beside the examples is true of the weights in use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from demo import first, gallery, lessons, words
from demo.engine import Engine
from demo.examples import examples
from glamor.checkpoint import EMBEDDED, load_checkpoint
from glamor.errors import FaceError
from glamor.explain import encode, fusion_curve, recombine
from glamor.faces import Face
from glamor.photo import Photo
from glamor.predictor import Predictor

NAMES = ("A photographer", "Grace Hopper", "Eileen Collins")


@pytest.fixture(scope="module")
def embedded() -> Predictor:
    return Predictor(EMBEDDED, device="cpu")


def test_the_page_opens_with_a_photo_whose_label_the_scene_changes(embedded: Predictor) -> None:
    first, *others = examples()
    (prediction,) = embedded.predict(first.path)
    curve = fusion_curve(embedded.model, recombine(embedded.model, encode(embedded.model, prediction.prepared)))
    by_face = embedded.config.class_names[curve.probabilities[-1].argmax()]
    assert prediction.emotion == first.looks == "Neutral"
    assert by_face == "Sad", "with all of the weight on the face"
    told = lessons.captions(Engine(embedded))
    assert told == (words.SCENE_DECIDES, words.IT_FAILS.format(label="Sad"), words.FACE_DECIDES)
    for example, label in zip(others, ("Sad", "Happy"), strict=True):
        assert embedded.predict(example.path)[0].emotion == label


def test_of_other_weights_something_else_is_true() -> None:
    other = Engine(Predictor(EMBEDDED.parent / "glamor-net-lite", device="cpu"))
    assert lessons.captions(other)[0] == words.IT_FAILS.format(label="Sad")


def test_untrained_weights_and_other_labels_teach_nothing(random_checkpoint) -> None:
    loaded = load_checkpoint(random_checkpoint, device="cpu")
    untrained = replace(loaded, config=replace(loaded.config, trained_on=""))
    assert lessons.captions(Engine(Predictor(untrained))) == NAMES
    moods = tuple("abcdefg")
    model = loaded.model
    model.config = replace(loaded.config, class_names=moods, prediction_sets=None)
    assert lessons.captions(Engine(Predictor(replace(loaded, config=model.config)))) == NAMES


def test_without_a_detector_the_page_begins_and_teaches_nothing(random_checkpoint) -> None:
    """As where the detector's package has no wheel and its other weights cannot be had."""

    def missing(photo: Photo) -> tuple[Face, ...]:
        raise FaceError("There is no face detector.")

    engine = Engine(Predictor(random_checkpoint, device="cpu", detector=missing))
    assert lessons.captions(engine) == NAMES
    assert gallery.scenes(engine) == {}
    assert first.first_session(engine, "grad_cam").analysis is None
