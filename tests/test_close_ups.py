"""Close-ups are found at every size, each face once, and what was found before stays as it was."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from glamor.faces import Face, FaceDetector, YuFaceDetector
from glamor.join import are_one_face, containment, intersection_over_union, is_part
from glamor.photo import BoxXyxy

FACES = {"astronaut": (178.0, 63.0, 267.0, 175.0), "grace_hopper": (173.0, 116.0, 355.0, 331.0)}  # drawn by eye
SHARES = (0.45, 0.54, 0.63, 0.72, 0.81, 0.9)  # of the photo's width; with two portraits twelve close-ups


@pytest.fixture(scope="module")
def detect() -> FaceDetector:
    return YuFaceDetector()


def close_up(photo: np.ndarray, face: BoxXyxy, share: float, longest: int) -> tuple[np.ndarray, BoxXyxy]:
    """Cut a portrait so that the face takes a share of its width; return it, and the face's box on it."""
    x1, y1, x2, y2 = face
    width = (x2 - x1) / share
    height = max(width, 1.02 * (y2 - y1))
    left, top = round((x1 + x2 - width) / 2), round((y1 + y2 - height) / 2)
    crop = Image.fromarray(photo).crop((left, top, left + round(width), top + round(height)))
    scale = longest / max(crop.size)
    size = round(crop.width * scale), round(crop.height * scale)
    sx, sy = size[0] / crop.width, size[1] / crop.height
    box = ((x1 - left) * sx, (y1 - top) * sy, (x2 - left) * sx, (y2 - top) * sy)
    return np.asarray(crop.resize(size, Image.Resampling.BILINEAR)), box


@pytest.mark.parametrize("longest", [256, 512, 700, 1024, 4000])
@pytest.mark.parametrize("name", FACES)
def test_a_close_up_is_found_at_every_size(
    detect: FaceDetector, name: str, longest: int, request: pytest.FixtureRequest
) -> None:
    portrait = request.getfixturevalue(name)
    for share in SHARES:
        photo, face = close_up(portrait, FACES[name], share, longest)
        (found,) = detect(photo)
        assert intersection_over_union(found.box_xyxy, face) > 0.75, share
        assert found.score > 0.8


def test_a_small_face_beside_a_close_up_is_found_too(detect: FaceDetector, astronaut: np.ndarray) -> None:
    large, _ = close_up(astronaut, FACES["astronaut"], 0.9, 1100)
    small = np.asarray(Image.fromarray(astronaut[20:250, 110:340]).resize((160, 160)))
    photo = np.zeros((1100, 1300, 3), np.uint8)
    photo[:, : large.shape[1]], photo[:160, -160:] = large, small
    first, second = detect(photo)
    assert first.box_xyxy[2] - first.box_xyxy[0] > 700
    assert second.box_xyxy[0] > 1140


def rows_of(
    larger: list[tuple[float, ...]], coarse: list[tuple[float, ...]], monkeypatch: pytest.MonkeyPatch
) -> tuple[Face, ...]:
    """Return what a detector makes of what the library finds on a 512-pixel photo, and on its copy of 64 pixels."""
    detector = YuFaceDetector()

    def find(bgr: np.ndarray) -> np.ndarray:
        rows = larger if len(bgr) == 512 else coarse
        return np.array([(*row, *[0] * 11) for row in rows], np.int16).reshape(-1, 16)

    monkeypatch.setattr(detector, "_detect", find)
    return detector(np.zeros((512, 512, 3), np.uint8))


@pytest.mark.parametrize(
    ("larger", "coarse", "found"),
    [
        # Both see it: the established scale's box and score stay, although the other is surer.
        ([(82, 100, 100, 300, 300)], [(95, 10, 10, 40, 40)], [(100, 100, 300, 300, 82)]),
        # Only a part was seen, with less confidence: the whole face takes its place.
        ([(83, 150, 150, 100, 100)], [(95, 10, 10, 40, 40)], [(80, 80, 320, 320, 95)]),
        # A surer small face within it is one of its own, such as on a T-shirt; what contains it was no face.
        ([(93, 150, 150, 100, 100)], [(90, 10, 10, 40, 40)], [(150, 150, 100, 100, 93)]),
        # Two parts of one face.
        ([(83, 150, 150, 60, 60), (84, 250, 150, 60, 60)], [(95, 10, 10, 40, 40)], [(80, 80, 320, 320, 95)]),
        # Another face elsewhere stays.
        ([(84, 440, 10, 50, 50)], [(95, 10, 10, 40, 40)], [(80, 80, 320, 320, 95), (440, 10, 50, 50, 84)]),
        # What is not large on the coarse copy (under 30 of its pixels) is the other scale's business.
        ([], [(95, 10, 10, 20, 29)], []),
        ([], [(95, 10, 10, 20, 30)], [(80, 80, 160, 240, 95)]),
    ],
)
def test_finds_are_joined(
    larger: list[tuple[float, ...]],
    coarse: list[tuple[float, ...]],
    found: list[tuple[float, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faces = rows_of(larger, coarse, monkeypatch)
    expected = [((x, y, x + w, y + h), score / 100) for x, y, w, h, score in found]
    assert [(face.box_xyxy, face.score) for face in faces] == expected


def test_what_two_boxes_have_in_common() -> None:
    a, b = (0.0, 0.0, 10.0, 10.0), (5.0, 0.0, 15.0, 10.0)  # 50 of 150 pixels, 50 of 100
    assert intersection_over_union(a, b) == pytest.approx(1 / 3)
    assert containment(a, b) == 0.5
    assert not are_one_face(a, b)
    assert are_one_face(a, (4.0, 0.0, 14.0, 10.0))  # 60 of 140: over a third; 60 of 100
    within, beside = (1.0, 1.0, 4.0, 4.0), (10.0, 0.0, 20.0, 10.0)
    assert (intersection_over_union(a, within), containment(within, a)) == (0.09, 1.0)
    assert are_one_face(a, within)
    assert is_part(within, a)
    assert not is_part(a, within)
    assert not is_part((0.0, 0.0, 8.0, 8.0), a)  # nearly all of it
    assert (intersection_over_union(a, beside), containment(a, beside)) == (0.0, 0.0)
    assert not are_one_face(a, beside)
