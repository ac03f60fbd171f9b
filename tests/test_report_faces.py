"""A report says that a face is turned or outside the scene, and is the same when it is loaded again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from glamor.explain import explain
from glamor.photo import BoxXyxy
from glamor.predictor import Predictor
from glamor.report import load_report, write_report
from glamor.report.values import read_prediction
from glamor.turned import Pose


@pytest.fixture(scope="module")
def predictor(random_checkpoint: Path) -> Predictor:
    return Predictor(str(random_checkpoint), device="cpu")


def _reported(predictor: Predictor, photo: np.ndarray, box: BoxXyxy, folder: Path) -> tuple[Pose | None, str]:
    """Write a report on the face in a box; return the pose that is loaded from it, and its page."""
    predictions = predictor.predict(photo, [box])
    explanation = explain(predictor.model, predictions[0].prepared, "saliency")
    write_report(folder, photo, predictions, 0, explanation)
    loaded = load_report(folder).prediction
    assert loaded.pose == predictions[0].pose
    return loaded.pose, (folder / "report.html").read_text(encoding="utf-8")


def test_a_turned_face(predictor: Predictor, astronaut: np.ndarray, tmp_path: Path) -> None:
    pose, page = _reported(predictor, np.ascontiguousarray(np.rot90(astronaut)), (63, 244, 175, 334), tmp_path)
    assert pose is not None
    assert pose.turn == 90
    assert "turned by about 90° counter-clockwise" in page


def test_a_box_without_a_face_outside_the_scene(predictor: Predictor, astronaut: np.ndarray, tmp_path: Path) -> None:
    pose, page = _reported(predictor, astronaut, (-10, 400, 60, 470), tmp_path)
    assert pose == Pose(None)
    assert "The detector sees no face in this box" in page
    assert page.count("This face lies outside the part of the scene that the network sees.") == 2  # caption and alt
    assert "nothing is blacked out" in page
    assert "with this face blacked out" not in page
    assert "x1, y1, x2, y2 = 0.0, 400.0, 60.0, 470.0, set by hand" in page
    assert "x1, y1, x2, y2 = -10.0, 400.0, 60.0, 470.0, before" in page


def test_a_report_of_an_earlier_version(predictor: Predictor, astronaut: np.ndarray, tmp_path: Path) -> None:
    _reported(predictor, astronaut, (178, 63, 267, 175), tmp_path)
    values = json.loads((tmp_path / "analysis.json").read_text())
    for name in ("box_xyxy", "wanted_box_xyxy", "roll_degrees", "remarks"):
        del values["faces"][0][name]
    with np.load(tmp_path / "arrays.npz") as arrays:
        prediction = read_prediction(values, dict(arrays))
    assert prediction.pose is None
    assert prediction.face_box_xyxy == (178, 63, 267, 175)
