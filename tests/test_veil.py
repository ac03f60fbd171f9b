"""Blurring the other faces of a photo in a report: who is unrecognisable, who is left alone, and what still adds up."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from glamor import figures
from glamor.__main__ import main
from glamor.explain import explain
from glamor.predictor import Predictor
from glamor.report import load_report, words, write_report, zip_report
from glamor.report.veil import without_others

MOST_COLOURS = 64  # of a head: eight cells a side, and no less would do


@pytest.fixture(scope="module")
def analysis(random_checkpoint):
    """Three people side by side; the one in the middle is explained."""
    predictor, portrait = Predictor(str(random_checkpoint), device="cpu"), skimage.data.astronaut()
    photo = np.hstack([portrait, portrait, portrait])
    predictions = predictor.predict(photo)
    assert len(predictions) == 3
    told = explain(predictor.model, predictions[1].prepared, "integrated_gradients")
    return photo, predictions, 1, told


@pytest.fixture(scope="module")
def plain(analysis):
    return _files(zip_report(*analysis))


@pytest.fixture(scope="module")
def blurred(analysis):
    return _files(zip_report(*analysis, blur_others=True))


def _files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _pixels(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB")).astype(float)


def _box(box_xyxy) -> tuple[slice, slice]:
    x1, y1, x2, y2 = (round(side) for side in box_xyxy)
    return slice(max(0, y1), y2), slice(max(0, x1), x2)


def _texture(image: np.ndarray) -> float:
    """Return how much neighbouring pixels differ: near 0 for what has no detail."""
    return float(np.median(np.abs(np.diff(image.astype(float), axis=1))))


def test_of_every_other_head_a_few_colours_are_left_and_the_chosen_face_is_untouched(analysis):
    photo, predictions, chosen, _ = analysis
    before = photo.copy()
    veiled, _, _ = without_others(*analysis)
    np.testing.assert_array_equal(photo, before)
    for number, prediction in enumerate(predictions):
        face, was = veiled[_box(prediction.face_box_xyxy)], photo[_box(prediction.face_box_xyxy)]
        if number == chosen:
            np.testing.assert_array_equal(face, was)
        else:
            assert (
                len(np.unique(face.reshape(-1, 3), axis=0)) <= MOST_COLOURS < len(np.unique(was.reshape(-1, 3), axis=0))
            )
            x1, y1, x2, y2 = prediction.face_box_xyxy
            reach = 0.15 * (x2 - x1)
            head = veiled[_box((x1 - reach, y1 - reach, x2 + reach, y2 + reach))]
            assert len(np.unique(head.reshape(-1, 3), axis=0)) <= MOST_COLOURS, "hair and chin too"
    far = np.ones(photo.shape[:2], bool)
    for prediction in predictions:
        x1, y1, x2, y2 = prediction.face_box_xyxy
        side = x2 - x1
        far[_box((x1 - side, y1 - side, x2 + side, y2 + side))] = False
    np.testing.assert_array_equal(veiled[far], photo[far])


def test_every_picture_of_the_zip_that_shows_the_others_has_changed_there(analysis, plain, blurred):
    photo, predictions, chosen, _ = analysis
    before, after = _pixels(plain["boxes.png"]), _pixels(blurred["boxes.png"])
    scale = before.shape[1] / photo.shape[1]
    for number, prediction in enumerate(predictions):
        x1, y1, x2, y2 = (scale * side for side in prediction.face_box_xyxy)
        inset = 0.2 * (x2 - x1)  # within the lines and the number that are drawn
        inner = _box((x1 + inset, y1 + inset, x2 - inset, y2 - inset))
        if number == chosen:
            np.testing.assert_array_equal(before[inner], after[inner])
        else:
            assert _texture(after[inner]) == 0 < _texture(before[inner])
    for name in ("attention.png", "saw.png", "attributions.png", "attention.svg", "saw.svg", "attributions.svg"):
        assert plain[name] != blurred[name]
    for name in ("probabilities.png", "fusion.png"):
        assert plain[name] == blurred[name]


def test_the_pictures_are_drawn_from_what_was_blurred_and_from_nothing_else(analysis, blurred):
    photo, predictions, told = without_others(*analysis)
    own = predictions[1]
    face, context = (part.permute(1, 2, 0).numpy() for part in (own.prepared.face, own.prepared.context))
    expected = {
        "saw.png": figures.saw_figure(face, context),
        "attention.png": figures.attention_overlay(
            photo, own.attention, own.attention_region_xyxy, own.prepared.geometry.face_box_xyxy
        ),
        "attributions.png": figures.attribution_overlay(
            face, context, told.face, told.context, told.scored, target_name=told.target_name
        ),
    }
    for name, figure in expected.items():
        np.testing.assert_array_equal(_pixels(figures.to_png(figure)), _pixels(blurred[name]))


def test_the_page_and_the_drawings_hold_no_other_pictures(blurred):
    page = blurred["report.html"].decode()
    shown = [base64.b64decode(one) for one in re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", page)]
    assert shown
    assert all(one in blurred.values() for one in shown)
    (inside,) = re.findall(rb"data:image/png;base64,([A-Za-z0-9+/=]+)", blurred["boxes.svg"])
    assert base64.b64decode(inside) == blurred["boxes.png"]


def test_the_scene_and_the_maps_in_the_arrays_are_blurred_where_the_others_are(analysis, plain, blurred):
    _, predictions, chosen, told = analysis
    with np.load(io.BytesIO(plain["arrays.npz"])) as old, np.load(io.BytesIO(blurred["arrays.npz"])) as new:
        before, after = dict(old), dict(new)
    left, top, right, bottom = predictions[chosen].prepared.geometry.context_region_xyxy
    size = before["context_input"].shape[0]
    seen = 0
    for number, prediction in enumerate(predictions):
        x1, y1, x2, y2 = prediction.face_box_xyxy
        x1, x2 = ((x - left) / (right - left) * size for x in (x1, x2))
        y1, y2 = ((y - top) / (bottom - top) * size for y in (y1, y2))
        place = _box((x1, y1, min(x2, size), min(y2, size)))
        if number == chosen or before["context_input"][place].size == 0:
            continue
        seen += 1
        for name in ("context_input", "context_attribution"):
            values = after[name][place].reshape(-1, *after[name].shape[2:])
            assert len(np.unique(values, axis=0)) <= MOST_COLOURS
            assert not np.array_equal(before[name][place], after[name][place])
    assert seen
    for name in ("face_input", "face_attribution", "probabilities", "logits", "attention", "context_scored"):
        np.testing.assert_array_equal(before[name], after[name])
    assert after["context_attribution"].sum() == pytest.approx(before["context_attribution"].sum(), abs=1e-4)
    assert (after["context_attribution"][~told.scored] == 0).all()
    told_rows = json.loads(blurred["analysis.json"])["explanation"]["context"]
    np.testing.assert_allclose(told_rows, after["context_attribution"], rtol=1e-6)


def test_a_blurred_report_is_read_back_and_says_so(analysis, tmp_path):
    for blur in (False, True):
        path = tmp_path / f"{blur}.zip"
        path.write_bytes(zip_report(*analysis, blur_others=blur))
        report = load_report(path)
        assert report.others_blurred is blur
        assert report.prediction.emotion == analysis[1][1].emotion
    assert (
        json.loads(_files(path.read_bytes())["analysis.json"])["photo"]["sha256"] == report.analysis["photo"]["sha256"]
    )


def test_the_report_says_who_can_be_recognised(plain, blurred, analysis):
    assert words.OTHERS_SHOWN in plain["report.html"].decode()
    assert words.OTHERS_BLURRED in blurred["report.html"].decode()
    photo, predictions, _, told = analysis
    alone = _files(zip_report(photo, predictions[1:2], 0, told, blur_others=True))
    page = alone["report.html"].decode()
    assert words.SHOWS_PEOPLE in page
    assert words.OTHERS_BLURRED not in page
    assert alone == _files(zip_report(photo, predictions[1:2], 0, told))


def test_what_of_the_own_box_is_nearer_to_another_face_belongs_to_the_other(analysis):
    photo, predictions, _, told = analysis
    x1, y1, x2, y2 = predictions[1].face_box_xyxy
    beside = replace(predictions[2], face_box_xyxy=(x1 + 0.6 * (x2 - x1), y1, x2 + 0.6 * (x2 - x1), y2))
    veiled, changed, explained = without_others(photo, (predictions[1], beside), 0, told)
    middle = (x1 + x2) / 2
    own = _box((x1, y1, middle, y2))
    np.testing.assert_array_equal(veiled[own], photo[own])
    theirs = _box((x2 - 0.15 * (x2 - x1), y1, x2, y2))
    assert len(np.unique(veiled[theirs].reshape(-1, 3), axis=0)) <= MOST_COLOURS
    size = changed[0].prepared.face.shape[-1]
    face, was = (one.prepared.face.numpy() for one in (changed[0], predictions[1]))
    np.testing.assert_array_equal(face[:, :, : size // 2], was[:, :, : size // 2])
    assert len(np.unique(face[:, :, -size // 10 :].reshape(3, -1), axis=1)[0]) <= MOST_COLOURS
    assert not np.array_equal(explained.face, told.face)
    assert explained.face.sum() == pytest.approx(told.face.sum(), abs=1e-4)


@pytest.mark.parametrize(("wish", "expected"), [([], True), (["--no-blur-others"], False), (["--blur-others"], True)])
def test_the_shell_blurs_the_others_unless_told_not_to(random_checkpoint, tmp_path: Path, wish, expected):
    photo = tmp_path / "two.png"
    Image.fromarray(np.hstack([skimage.data.astronaut()] * 2)).save(photo)
    out = tmp_path / "report"
    command = ["explain", str(photo), "--method", "grad_cam", "--face", "2", "--out", str(out)]
    assert main([*command, "--checkpoint", str(random_checkpoint), *wish]) == 0
    assert load_report(out).others_blurred is expected


def test_a_report_is_written_as_it_is_unless_asked_otherwise(analysis, tmp_path):
    assert not load_report(write_report(tmp_path / "plain", *analysis).parent).others_blurred
    assert load_report(write_report(tmp_path / "blurred", *analysis, blur_others=True).parent).others_blurred
