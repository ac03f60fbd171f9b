"""What is said beside an answer: sentences for geometry that was worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from glamor.errors import FaceError
from glamor.predictor import Predictor
from glamor.prepare import Geometry
from glamor.remarks import pose_remark, remarks, scene_title, scene_words, view_remark
from glamor.serialise import prediction_to_dict
from glamor.turned import Pose

SEEN = (29.0, 8.0, 141.0, 120.0)
INSIDE, PARTLY, OUTSIDE, NOBODY = (
    Geometry((128, 171), box, SEEN) for box in ((40, 20, 60, 40), (19, 0, 49, 28), (0, 0, 20, 20), (0, 0, 0, 0))
)


def test_how_much_of_a_face_the_scene_shows() -> None:
    shares = [geometry.face_share_in_context() for geometry in (INSIDE, PARTLY, OUTSIDE, NOBODY)]
    assert shares == [1.0, pytest.approx(20 * 20 / (30 * 28)), 0.0, None]


def test_a_face_outside_the_scene_is_not_called_hidden() -> None:
    assert [scene_title(geometry) for geometry in (INSIDE, PARTLY, OUTSIDE, NOBODY)] == [
        "Scene, face hidden",
        "Scene, face in part",
        "Scene, face outside",
        "Scene",
    ]
    assert scene_words(INSIDE) == "the scene with this face blacked out"
    assert "only in part" in scene_words(PARTLY)
    assert "nothing is blacked out" in scene_words(OUTSIDE)
    assert "nothing blacked out" in scene_words(NOBODY)
    assert (view_remark(INSIDE), view_remark(NOBODY)) == ("", "")
    assert view_remark(PARTLY).startswith("Part of this face lies outside")
    assert view_remark(OUTSIDE).startswith("This face lies outside")


@pytest.mark.parametrize(
    ("pose", "words"),
    [
        (None, ""),
        (Pose(0.0), ""),
        (Pose(35.0), ""),
        (Pose(-36.0), "tilted by about 40° counter-clockwise"),
        (Pose(110.0), "turned by about 90° clockwise"),
        (Pose(112.0), "turned by about 110° clockwise"),
        (Pose(93.0), "turned by about 90° clockwise"),
        (Pose(-88.0), "turned by about 90° counter-clockwise"),
        (Pose(-178.0), "turned by about 180°. The"),
        (Pose(None), "The detector sees no face in this box;"),
    ],
)
def test_a_turned_face_is_said_in_one_sentence(pose: Pose | None, words: str) -> None:
    said = pose_remark(pose)
    assert words in said
    assert bool(words) == bool(said)


def test_an_answer_carries_its_remarks_and_both_boxes(random_checkpoint: Path, astronaut: np.ndarray) -> None:
    predictor = Predictor(random_checkpoint, device="cpu")
    lying = np.ascontiguousarray(np.rot90(astronaut))
    (prediction,) = predictor.predict(lying)
    assert prediction.pose is not None
    assert prediction.pose.turn == 90
    said = prediction_to_dict(prediction)["remarks"]
    assert "turned by about 90° counter-clockwise" in said[0]
    (empty,) = predictor.predict(astronaut, [(-100.0, 300.6, 90.0, 450.0)])
    values = prediction_to_dict(empty)
    assert values["box_xyxy"] == [0, 301, 90, 450]
    assert values["wanted_box_xyxy"] == [-100, 300.6, 90, 450]
    assert values["roll_degrees"] is None
    assert len(values["remarks"]) == 2
    (upright,) = predictor.predict(astronaut)
    assert upright.pose == Pose(0.0)
    assert remarks(replace(upright, pose=None)) == remarks(upright)


def test_boxes_need_no_detector(
    random_checkpoint: Path, astronaut: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def none() -> None:
        asked.append(1)
        raise FaceError("none to be had")

    monkeypatch.setattr("glamor.predictor.default_detector", none)
    predictor = Predictor(random_checkpoint, device="cpu")
    for _ in range(2):
        (prediction,) = predictor.predict(astronaut, [(10, 10, 90, 90)])
        assert prediction.pose is None
    assert len(asked) == 1
    with pytest.raises(FaceError):
        predictor.predict(astronaut)
