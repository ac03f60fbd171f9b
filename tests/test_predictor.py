"""One answer a face, the same whichever way the photo comes, with numbers that check each other."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from glamor.checkpoint import EMBEDDED, load_checkpoint, resolve_source
from glamor.config import CLASS_NAMES
from glamor.errors import CheckpointError, DeviceError, FaceError, PhotoError
from glamor.faces import Face
from glamor.photo import Photo, PhotoSource
from glamor.predictor import Prediction, Predictor, run_batch
from glamor.prepare import prepare, square_box
from glamor.sets import PredictionSet, SetRule

BOXES = ((180, 60, 300, 200), (150.4, 20.6, 330.2, 230.9), (-30, -20, 120, 100))
FORMS = ("path", "string", "bytes", "picture")


@pytest.fixture(scope="module")
def predictor(random_checkpoint: Path) -> Predictor:
    return Predictor(random_checkpoint, device="cpu")


@pytest.fixture(scope="module")
def two_people(astronaut: Photo, grace_hopper: Photo) -> Photo:
    return np.hstack((grace_hopper[:512], astronaut))


@pytest.fixture(scope="module")
def found(predictor: Predictor, two_people: Photo) -> tuple[Prediction, ...]:
    return predictor.predict(two_people)


def calibrated(predictor: Predictor, **changes: float) -> Predictor:
    return Predictor(replace(predictor.checkpoint, config=replace(predictor.config, **changes)))


def assert_same(one: Prediction, other: Prediction) -> None:
    np.testing.assert_allclose(one.logits, other.logits, atol=1e-5)
    np.testing.assert_allclose(one.attention, other.attention, atol=1e-6)
    np.testing.assert_allclose(one.fusion_weights, other.fusion_weights, atol=1e-6)
    assert (one.face_box_xyxy, one.emotion, one.face_score) == (other.face_box_xyxy, other.emotion, other.face_score)


def test_faces_are_found_from_left_to_right(found: tuple[Prediction, ...], predictor: Predictor) -> None:
    assert len(found) == 2
    hopper, collins = (prediction.face_box_xyxy for prediction in found)
    assert hopper[2] < 512 < collins[0]
    assert all(0.8 <= (prediction.face_score or 0) <= 1 for prediction in found)


def test_a_found_face_is_cropped_by_the_checkpoints_convention(predictor: Predictor, astronaut: Photo) -> None:
    (face,), (prediction,) = predictor.detect(astronaut), predictor.predict(astronaut)
    assert prediction.face_box_xyxy == square_box(face.box_xyxy, 1.35)
    x1, y1, x2, y2 = prediction.face_box_xyxy
    assert x2 - x1 == pytest.approx(y2 - y1)
    assert prediction.face_score == face.score


def test_given_boxes_are_used_exactly_in_their_order(predictor: Predictor, astronaut: Photo) -> None:
    predictions = predictor.predict(astronaut, BOXES)
    assert tuple(prediction.face_box_xyxy for prediction in predictions) == BOXES
    assert [prediction.face_score for prediction in predictions] == [None] * 3
    assert [prediction.prepared.geometry.face_box_xyxy for prediction in predictions] == [
        (180, 60, 300, 200),
        (150, 21, 330, 231),
        (0, 0, 120, 100),
    ]
    backwards = predictor.predict(astronaut, BOXES[::-1])
    for prediction, same in zip(predictions, backwards[::-1], strict=True):
        assert_same(prediction, same)


def test_a_given_box_is_what_the_network_sees(predictor: Predictor, astronaut: Photo) -> None:
    (prediction,) = predictor.predict(astronaut, BOXES[:1])
    prepared = prepare(astronaut, BOXES[0], predictor.config)
    with torch.inference_mode():
        trace = predictor.model(prepared.face[None], prepared.context[None])
    np.testing.assert_allclose(prediction.logits, trace.logits[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(prediction.attention, trace.attention[0].numpy(), atol=1e-6)
    assert prediction.attention_region_xyxy == prepared.geometry.context_region_xyxy


def test_several_faces_at_once_are_answered_as_one_at_a_time(predictor: Predictor, astronaut: Photo) -> None:
    for together, box in zip(predictor.predict(astronaut, BOXES), BOXES, strict=True):
        (alone,) = predictor.predict(astronaut, [box])
        assert_same(together, alone)


def test_several_faces_are_one_forward_pass(predictor: Predictor, astronaut: Photo) -> None:
    batches: list[int] = []
    hook = predictor._quick.register_forward_pre_hook(lambda _, inputs: batches.append(len(inputs[0])))
    predictor.predict(astronaut, BOXES)
    hook.remove()
    assert batches == [3]


def test_a_crowd_is_answered_in_parts_and_in_order(
    predictor: Predictor, astronaut: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = predictor.predict(astronaut, BOXES)
    monkeypatch.setattr("glamor.predictor.LARGEST_BATCH", 2)
    for one, other in zip(predictor.predict(astronaut, BOXES), whole, strict=True):
        assert_same(one, other)


def test_a_photo_without_a_face_gets_no_answer(predictor: Predictor, astronaut: Photo) -> None:
    assert predictor.predict(np.full((240, 320, 3), 255, np.uint8)) == ()
    assert predictor.predict(astronaut, []) == ()


def test_no_face_can_be_asked_for(predictor: Predictor, astronaut: Photo) -> None:
    (prediction,) = predictor.predict(astronaut, [(0, 0, 0, 0)])
    assert not prediction.prepared.face.any()
    assert prediction.prepared.context.min() < prediction.prepared.context.max()


@pytest.mark.parametrize("temperature", [1.0, 0.25, 3.0])
def test_probabilities_are_those_of_the_logits_over_the_temperature(
    predictor: Predictor, astronaut: Photo, temperature: float
) -> None:
    (prediction,) = calibrated(predictor, temperature=temperature).predict(astronaut, BOXES[:1])
    (raw,) = predictor.predict(astronaut, BOXES[:1])
    np.testing.assert_allclose(prediction.logits, raw.logits, atol=1e-6)
    powers = np.exp((raw.logits - raw.logits.max()) / temperature)
    np.testing.assert_allclose(prediction.probabilities, powers / powers.sum(), atol=1e-6)
    assert prediction.probabilities.dtype == prediction.logits.dtype == np.float64
    assert prediction.emotion == CLASS_NAMES[int(raw.logits.argmax())]


def test_shares_sum_to_one(found: tuple[Prediction, ...]) -> None:
    for prediction in found:
        assert prediction.class_names == CLASS_NAMES
        assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-12)
        assert prediction.attention.shape == (7, 7)
        assert prediction.attention.min() >= 0
        assert prediction.attention.sum() == pytest.approx(1, abs=1e-5)
        assert sum(prediction.fusion_weights) == pytest.approx(1, abs=1e-6)


def test_the_attention_covers_the_middle_of_the_photo(found: tuple[Prediction, ...]) -> None:
    height, width = 512, 1024
    rows, columns = (8 / 128 * height, 120 / 128 * height), (29 / 171 * width, 141 / 171 * width)
    region = found[0].attention_region_xyxy
    assert region == pytest.approx((columns[0], rows[0], columns[1], rows[1]))


def test_an_answer_names_the_labels_that_the_checkpoint_promises(predictor: Predictor, astronaut: Photo) -> None:
    (prediction,) = predictor.predict(astronaut, BOXES[:1])
    assert prediction.prediction_set is None  # nothing was measured
    order = np.argsort(-prediction.probabilities)
    third = prediction.probabilities[order[2]] / prediction.probabilities.max()
    rule = SetRule(0.9, (float(third),) * 7)
    (named,) = calibrated(predictor, prediction_sets=rule).predict(astronaut, BOXES[:1])
    assert named.prediction_set == PredictionSet(tuple(CLASS_NAMES[i] for i in order[:3]), 0.9, None)


def as_source(photo: NDArray[np.uint8], form: str, folder: Path) -> PhotoSource:
    path = folder / "photo.png"
    Image.fromarray(photo).save(path)
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "PNG")
    sources: dict[str, PhotoSource] = {
        "path": path,
        "string": str(path),
        "bytes": buffer.getvalue(),
        "picture": Image.fromarray(photo),
    }
    return sources[form]


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_of_a_photo_give_the_same_answer(
    predictor: Predictor, two_people: Photo, found: tuple[Prediction, ...], form: str, tmp_path: Path
) -> None:
    predictions = predictor.predict(as_source(two_people, form, tmp_path))
    assert len(predictions) == len(found)
    for prediction, wanted in zip(predictions, found, strict=True):
        assert_same(prediction, wanted)


def test_the_photo_is_left_as_it_is(predictor: Predictor, astronaut: Photo) -> None:
    before = astronaut.copy()
    predictor.predict(astronaut)
    np.testing.assert_array_equal(astronaut, before)


def test_provenance_tells_weights_device_and_versions(found: tuple[Prediction, ...], random_checkpoint: Path) -> None:
    provenance = found[0].provenance
    assert provenance.checkpoint == str(random_checkpoint)
    assert provenance.revision is None
    assert provenance.sha256 == load_checkpoint(random_checkpoint).sha256
    assert provenance.device == "cpu"
    versions = dict(provenance.versions)
    assert (versions["torch"], versions["numpy"]) == (torch.__version__.split("+")[0], np.__version__)
    assert "pillow" in versions


def test_the_checkpoint_is_the_argument_then_the_variable_then_the_embedded_one(
    random_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLAMOR_CHECKPOINT", str(random_checkpoint))
    assert Predictor().checkpoint.source == str(random_checkpoint)
    with pytest.raises(CheckpointError, match="elsewhere"):
        Predictor(str(tmp_path / "elsewhere"))  # the argument wins over a good variable
    monkeypatch.setenv("GLAMOR_CHECKPOINT", str(tmp_path / "nowhere"))
    assert Predictor(random_checkpoint).checkpoint.source == str(random_checkpoint)
    with pytest.raises(CheckpointError, match="nowhere"):
        Predictor()
    monkeypatch.delenv("GLAMOR_CHECKPOINT")
    assert resolve_source(None) == str(EMBEDDED)


def test_a_loaded_checkpoint_is_used_as_it_is(random_checkpoint: Path) -> None:
    checkpoint = load_checkpoint(random_checkpoint)
    predictor = Predictor(checkpoint)
    assert predictor.checkpoint is checkpoint
    assert predictor.model is checkpoint.model
    assert predictor.config is checkpoint.config


def test_any_detector_can_stand_in(random_checkpoint: Path, astronaut: Photo) -> None:
    faces = (Face((10, 20, 50, 60), 0.25), Face((100, 100, 140, 190), 1.0))
    predictions = Predictor(random_checkpoint, detector=lambda photo: faces).predict(astronaut)
    assert [prediction.face_score for prediction in predictions] == [0.25, 1.0]
    assert predictions[0].face_box_xyxy == pytest.approx((3, 13, 57, 67))  # 1.35 * 40 = 54 around (30, 40)
    assert predictions[1].face_box_xyxy == pytest.approx((79.5, 104.5, 160.5, 185.5))  # 1.35 * 60 = 81


def test_a_batch_is_traced_without_gradients(predictor: Predictor, astronaut: Photo) -> None:
    prepared = [prepare(astronaut, box, predictor.config) for box in BOXES]
    trace = run_batch(predictor.model, prepared)
    assert trace.logits.shape == (3, 7)
    assert not trace.logits.requires_grad


def test_what_cannot_be_used_is_refused(predictor: Predictor, random_checkpoint: Path, astronaut: Photo) -> None:
    with pytest.raises(FaceError, match="corners swapped"):
        predictor.predict(astronaut, [(50, 50, 10, 10)])
    with pytest.raises(PhotoError):
        predictor.predict(b"not a photo")
    with pytest.raises(DeviceError):
        Predictor(random_checkpoint, device="quantum")


def test_the_faster_twin_that_answers_has_the_networks_own_logits(astronaut: NDArray[np.uint8]) -> None:
    predictor = Predictor(device="cpu")
    (prediction,) = predictor.predict(astronaut)
    prepared = [prediction.prepared] * 16
    own, twin = (run_batch(model, prepared) for model in (predictor.model, predictor._quick))
    assert any(isinstance(module, torch.nn.BatchNorm2d) for module in predictor.model.modules())
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in predictor._quick.modules())
    torch.testing.assert_close(twin.logits, own.logits, rtol=0, atol=1e-5)
    torch.testing.assert_close(twin.attention, own.attention, rtol=0, atol=1e-6)
    torch.testing.assert_close(twin.fusion_weights, own.fusion_weights, rtol=0, atol=1e-6)
    np.testing.assert_allclose(prediction.logits, own.logits[0].numpy(), rtol=0, atol=1e-5)
