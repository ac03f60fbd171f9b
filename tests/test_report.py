from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from glamor.explain import Explanation, explain
from glamor.photo import Photo
from glamor.predictor import Prediction, Predictor
from glamor.report import MANIFEST, write_report

Analysis = tuple[Photo, tuple[Prediction, ...], int, Explanation]


@pytest.fixture(scope="module")
def analysis(random_checkpoint: Path) -> Analysis:
    predictor, photo = Predictor(str(random_checkpoint), device="cpu"), skimage.data.astronaut()
    predictions = predictor.predict(photo)
    return photo, predictions, 0, explain(predictor.model, predictions[0].prepared, "grad_cam")


def test_the_manifest_vouches_for_every_file(tmp_path: Path, analysis: Analysis):
    manifest = write_report(tmp_path, *analysis)
    hashes = json.loads(manifest.read_text())["files"]
    assert {path.name for path in tmp_path.iterdir()} == {*hashes, MANIFEST}
    for name, sha256 in hashes.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sha256


def test_every_picture_opens_and_shows_something(tmp_path: Path, analysis: Analysis):
    write_report(tmp_path, *analysis)
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) == 6
    for path in pictures:
        with Image.open(path) as picture:
            assert np.asarray(picture.convert("L")).std() > 1


def test_arrays_are_raw(tmp_path: Path, analysis: Analysis):
    _, (prediction,), _, explanation = analysis
    write_report(tmp_path, *analysis)
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["face_attribution"], explanation.face)
        np.testing.assert_array_equal(arrays["context_attribution"], explanation.context)
        np.testing.assert_array_equal(arrays["context_scored"], explanation.scored)
        np.testing.assert_array_equal(arrays["attention"], prediction.attention)
        np.testing.assert_array_equal(arrays["logits"], prediction.logits)
        np.testing.assert_array_equal(arrays["probabilities"], prediction.probabilities)
        np.testing.assert_array_equal(arrays["face_input"].transpose(2, 0, 1), prediction.prepared.face.numpy())
        np.testing.assert_array_equal(arrays["context_input"].transpose(2, 0, 1), prediction.prepared.context.numpy())


def test_a_report_that_stops_half_way_has_no_manifest(tmp_path: Path, analysis: Analysis):
    write_report(tmp_path, *analysis)
    (tmp_path / "arrays.npz").unlink()
    (tmp_path / "arrays.npz").mkdir()  # nothing can be written there any more
    with pytest.raises(IsADirectoryError):
        write_report(tmp_path, *analysis)
    assert not (tmp_path / MANIFEST).exists()
