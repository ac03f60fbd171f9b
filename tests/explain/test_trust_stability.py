"""The answer to a photo as it is, and to variants of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from glamor.errors import FaceError
from glamor.explain import Intervention, intervene
from glamor.explain.trust import stability
from glamor.model import GLAMORNet
from glamor.prepare import prepare

BOX = (20.0, 10.0, 60.0, 50.0)


@pytest.fixture
def photo() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)


def test_the_first_row_is_the_plain_prediction(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    first = stability(small_net, photo, BOX).variants[0]
    trace = intervene(small_net, prepare(photo, BOX, small_net.config), Intervention())
    probabilities = trace.logits.double().softmax(dim=1)[0]
    assert first.name == "as it is"
    assert first.label == int(probabilities.argmax())
    assert first.probability == pytest.approx(float(probabilities.max()), abs=1e-6)
    assert first.w_face == pytest.approx(float(trace.fusion_weights[0, 0]), abs=1e-6)
    assert first.attention_correlation == pytest.approx(1)
    assert not first.changed


def test_every_variant_is_named_once_and_follows_the_first_label(
    small_net: GLAMORNet, photo: NDArray[np.uint8]
) -> None:
    rows = stability(small_net, photo, BOX).variants
    assert [row.name for row in rows] == [
        "as it is",
        *(f"box {way} of its width" for way in ("left 10%", "left 5%", "right 5%", "right 10%")),
        *(f"box {way} of its height" for way in ("up 10%", "up 5%", "down 5%", "down 10%")),
        *("box x0.9", "box x1.1", "mirrored", "JPEG quality 75", "JPEG quality 50"),
        *("brightness x0.8", "brightness x1.2"),
    ]
    assert all(row.changed == (row.label != rows[0].label) for row in rows)
    assert all(row.label_name == small_net.config.class_names[row.label] for row in rows)


def test_a_moved_box_is_the_prediction_for_that_box(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    rows = {row.name: row for row in stability(small_net, photo, BOX).variants}
    target = rows["as it is"].label
    boxes = {
        "box right 10% of its width": (24.0, 10.0, 64.0, 50.0),
        "box up 5% of its height": (20.0, 8.0, 60.0, 48.0),
        "box x0.9": (22.0, 12.0, 58.0, 48.0),
    }
    for name, box in boxes.items():
        trace = intervene(small_net, prepare(photo, box, small_net.config), Intervention())
        expected = float(trace.logits.double().softmax(dim=1)[0, target])
        assert rows[name].probability == pytest.approx(expected, abs=1e-6)


def test_a_network_of_single_pixels_answers_the_mirrored_photo_alike(red_detector) -> None:  # type: ignore[no-untyped-def]
    model: GLAMORNet = red_detector()
    model.config = replace(model.config, jpeg_round_trip=False)
    photo = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    rows = {row.name: row for row in stability(model, photo, (0.0, 0.0, 48.0, 48.0)).variants}
    assert rows["mirrored"].probability == pytest.approx(rows["as it is"].probability, abs=1e-6)
    assert rows["mirrored"].attention_correlation == pytest.approx(1, abs=1e-6)


def test_brightness_is_what_a_red_detector_sees(red_detector) -> None:  # type: ignore[no-untyped-def]
    model: GLAMORNet = red_detector(scene_gain=0.0, face_gain=4.0)
    photo = np.zeros((64, 64, 3), np.uint8)
    photo[:48, :48, 0] = 200
    rows = {row.name: row for row in stability(model, photo, (0.0, 0.0, 48.0, 48.0)).variants}
    for name, red in (("as it is", 200), ("brightness x0.8", 160), ("brightness x1.2", 240)):
        logit = 4 * red / 255 / 2
        assert rows[name].probability == pytest.approx(np.exp(logit) / (np.exp(logit) + 6), abs=1e-4)


def test_a_changed_label_is_marked_and_said(red_detector) -> None:  # type: ignore[no-untyped-def]
    model: GLAMORNet = red_detector(scene_gain=0.0, face_gain=4.0)
    model.head[3].bias.data[5] = 4 * 180 / 255 / 2  # wins below a brightness of 180
    photo = np.zeros((64, 64, 3), np.uint8)
    photo[:48, :48, 0] = 200
    found = stability(model, photo, (0.0, 0.0, 48.0, 48.0))
    changed = {row.name for row in found.variants if row.changed}
    assert "brightness x0.8" in changed
    assert "brightness x1.2" not in changed
    assert f"changes in {len(changed)} of 15 variants" in found.verdict
    assert "brightness x0.8: Sad" in found.verdict


def test_a_box_that_slips_off_the_photo_is_left_out(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    rows = stability(small_net, photo, (-39.4, 10.0, 0.6, 50.0)).variants
    names = [row.name for row in rows]
    assert "box left 5% of its width" not in names
    assert "box right 5% of its width" in names


def test_a_box_that_cannot_be_used_is_refused(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    with pytest.raises(FaceError):
        stability(small_net, photo, (500.0, 500.0, 600.0, 600.0))


def test_the_photo_is_not_changed(small_net: GLAMORNet, photo: NDArray[np.uint8]) -> None:
    before = photo.copy()
    stability(small_net, photo, BOX)
    assert (photo == before).all()
