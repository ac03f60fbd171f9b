"""How far a face is turned, and what is said of it: portraits turned by hand, so the right answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from glamor.errors import PhotoError
from glamor.faces import Face, FaceDetector, YuFaceDetector
from glamor.photo import BoxXyxy
from glamor.turned import MOST, Pose, pose_of, poses, turn_photo, turn_that_shows_faces

FACES = {"astronaut": (178.0, 63.0, 267.0, 175.0), "grace_hopper": (173.0, 116.0, 355.0, 331.0)}  # drawn by eye


@pytest.fixture(scope="module")
def detect() -> FaceDetector:
    return YuFaceDetector()


def rolled(photo: np.ndarray, face: BoxXyxy, degrees: int) -> np.ndarray:
    """Turn a photo clockwise around a face's centre."""
    centre = (face[0] + face[2]) / 2, (face[1] + face[3]) / 2
    return np.asarray(Image.fromarray(photo).rotate(-degrees, Image.Resampling.BILINEAR, center=centre))


@pytest.mark.parametrize("degrees", [0, 20, 60, 90, 120, 180, -60, -90, -150])
@pytest.mark.parametrize("name", FACES)
def test_the_roll_of_a_face_is_told(
    detect: FaceDetector, name: str, degrees: int, request: pytest.FixtureRequest
) -> None:
    face = FACES[name]
    pose = pose_of(rolled(request.getfixturevalue(name), face, degrees), face, detect)
    assert pose.roll is not None
    assert abs((pose.roll - degrees + 180) % 360 - 180) <= 20
    assert pose.turned == (abs(degrees) > 35)
    if abs(degrees) in (0, 90, 180):
        assert (degrees + pose.turn) % 360 == 0  # turned by so much the photo is upright


def test_a_face_that_the_detector_took_for_upright_is_told_too(detect: FaceDetector, astronaut: np.ndarray) -> None:
    lying = turn_photo(astronaut, 90)
    (face,) = detect(lying)
    (pose,) = poses(lying, [face.box_xyxy], [face.score], detect)
    assert pose is not None
    assert (pose.turned, pose.turn) == (True, 270)


def test_a_box_without_a_face_and_one_that_reaches_over_the_edge(detect: FaceDetector, astronaut: np.ndarray) -> None:
    assert pose_of(astronaut, (300, 350, 400, 450), detect) == Pose(None)
    assert not Pose(None).turned
    assert pose_of(np.ascontiguousarray(astronaut[:, 190:]), (-12, 63, 77, 175), detect) == Pose(0.0)


def test_only_some_boxes_are_looked_at() -> None:
    seen: list[np.ndarray] = []

    def blind(photo: np.ndarray) -> tuple[Face, ...]:
        seen.append(photo)
        return ()

    photo, box = np.zeros((50, 60, 3), np.uint8), (10.0, 10.0, 30.0, 30.0)
    assert poses(photo, [box, (0, 0, 0, 0), (90, 0, 99, 9), box], [0.92, None, None, 0.91], blind) == [
        Pose(0.0),
        None,
        None,
        Pose(None),
    ]
    assert len(seen) == 12
    assert {picture.shape for picture in seen} == {(112, 112, 3)}  # of any photo
    found = poses(photo, [box] * (MOST + 2), [None] * (MOST + 2), blind)
    assert found == [Pose(None)] * MOST + [None] * 2


def test_a_face_beside_the_box_is_not_the_boxs() -> None:
    assert pose_of(np.zeros((90, 90, 3), np.uint8), (20, 20, 60, 60), lambda _: (Face((0, 0, 40, 40), 0.99),)) == Pose(
        None
    )


@pytest.mark.parametrize(
    ("roll", "turn"), [(0, 0), (44, 0), (46, 270), (90, 270), (-90, 90), (180, 180), (-170, 180), (140, 180)]
)
def test_the_turn_that_puts_a_face_upright(roll: float, turn: int) -> None:
    assert Pose(roll).turn == turn


def test_a_photo_is_turned_clockwise() -> None:
    photo = np.zeros((2, 3, 3), np.uint8)
    photo[0, 0] = 255  # top left goes to the top right, the bottom right and the bottom left
    assert [tuple(np.argwhere(turn_photo(photo, turn)[:, :, 0])[0]) for turn in (90, 180, 270)] == [
        (0, 1),
        (1, 2),
        (2, 0),
    ]
    assert turn_photo(photo, 90).flags.c_contiguous
    for turn in (0, 45, 360, -90):
        with pytest.raises(PhotoError, match="give 90, 180 or 270"):
            turn_photo(photo, turn)


def test_a_photo_without_a_face_may_have_one_when_it_is_turned(detect: FaceDetector, grace_hopper: np.ndarray) -> None:
    for turn in (90, 180, 270):
        lying = turn_photo(grace_hopper, turn)
        assert detect(lying) == ()
        assert turn_that_shows_faces(lying, detect) == 360 - turn
    assert turn_that_shows_faces(np.zeros((300, 700, 3), np.uint8), detect) == 0
