"""Detectors find the faces that are there, where they are, and say so when they cannot run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from PIL import Image

from glamor.errors import FaceError
from glamor.faces import (
    YUNET_FILE,
    YUNET_REPOSITORY,
    Face,
    FaceDetector,
    YuFaceDetector,
    YuFaceLibrary,
    YuNetDetector,
    default_detector,
    largest,
)
from glamor.photo import BoxXyxy
from tests.hub_server import HubServer, use_hub

ASTRONAUT_FACE = (170.0, 63.0, 275.0, 215.0)  # chin to hairline, ear to ear, drawn by eye
GRACE_HOPPER_FACE = (185.0, 95.0, 335.0, 300.0)  # likewise


@pytest.fixture(scope="module")
def detect() -> FaceDetector:
    return YuFaceDetector()


def overlap(a: BoxXyxy, b: BoxXyxy) -> float:
    """Intersection over union."""
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def only(faces: tuple[Face, ...]) -> Face:
    (face,) = faces
    return face


def test_finds_the_face_where_a_person_sees_it(
    detect: FaceDetector, astronaut: np.ndarray, grace_hopper: np.ndarray
) -> None:
    for photo, seen in ((astronaut, ASTRONAUT_FACE), (grace_hopper, GRACE_HOPPER_FACE)):
        face = only(detect(photo))
        assert overlap(face.box_xyxy, seen) > 0.6
        assert 0.8 <= face.score <= 1
        assert {type(number) for number in (*face.box_xyxy, face.score)} == {float}


EYES_NOSE_MOUTH = ((201, 103), (247, 102), (220, 124), (201, 143), (240, 144))  # seen by a person, in the photo's order


def test_landmarks_lie_where_a_person_sees_them(detect: FaceDetector, astronaut: np.ndarray) -> None:
    landmarks = only(detect(astronaut)).landmarks_xy
    assert landmarks is not None
    np.testing.assert_allclose(landmarks, EYES_NOSE_MOUTH, atol=8)
    larger = only(detect(np.asarray(Image.fromarray(astronaut).resize((512 * 3, 512 * 4))))).landmarks_xy
    assert larger is not None
    np.testing.assert_allclose(np.array(larger) / (3, 4), EYES_NOSE_MOUTH, atol=8)


def test_no_face_is_an_empty_tuple(detect: FaceDetector) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    for photo in (noise, np.zeros_like(noise), np.full((16, 16, 3), 255, np.uint8), np.zeros((16, 3000, 3), np.uint8)):
        assert detect(photo) == ()


def test_faces_are_numbered_from_left_to_right(detect: FaceDetector, astronaut: np.ndarray) -> None:
    crop = astronaut[20:270, 100:350]
    small = np.asarray(Image.fromarray(crop).resize((125, 125)))
    scene = np.zeros((400, 900, 3), np.uint8)
    scene[140:390, 620:870], scene[0:250, 320:570], scene[200:325, 20:145] = crop, crop, small
    faces = detect(scene)
    centres = [(face.box_xyxy[0] + face.box_xyxy[2]) / 2 for face in faces]
    np.testing.assert_allclose(centres, [83, 445, 745], atol=40)
    assert largest([face.box_xyxy for face in faces]) in (1, 2)


def test_twenty_faces(detect: FaceDetector, astronaut: np.ndarray) -> None:
    assert len(detect(np.tile(astronaut[20:250, 110:340], (4, 5, 1)))) == 20


def test_a_large_photo_is_shrunk_and_its_boxes_scaled_back(detect: FaceDetector, astronaut: np.ndarray) -> None:
    once = only(detect(astronaut)).box_xyxy
    larger = only(detect(np.asarray(Image.fromarray(astronaut).resize((512 * 3, 512 * 4))))).box_xyxy
    assert overlap(tuple(np.array(once) * (3, 4, 3, 4)), larger) > 0.75


@pytest.fixture
def searched(detect: FaceDetector, monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """The pictures that reach the library, which finds what it says in its own numbers."""
    pictures: list[np.ndarray] = []

    def find(bgr: np.ndarray) -> np.ndarray:
        pictures.append(bgr)
        rows = [(95, 8, 6, 20, 10), (81, 0, 0, 1, 1), (80, 1, 1, 9, 9), (99, 4, 4, 0, 9), (99, 4, 4, 9, 0)]
        return np.array([(*row, *range(10), 0) for row in rows], np.int16)

    monkeypatch.setattr(detect, "_detect", find)
    return pictures


def test_the_librarys_numbers_become_faces(detect: FaceDetector, searched: list[np.ndarray]) -> None:
    points = ((0.0, 1.0), (2.0, 3.0), (4.0, 5.0), (6.0, 7.0), (8.0, 9.0))
    small, large = Face((0.0, 0.0, 1.0, 1.0), 0.81, points), Face((8.0, 6.0, 28.0, 16.0), 0.95, points)
    assert detect(np.zeros((60, 80, 3), np.uint8)) == (small, large)
    points = ((0.0, 2.0), (4.0, 6.0), (8.0, 10.0), (12.0, 14.0), (16.0, 18.0))
    small, large = Face((0.0, 0.0, 2.0, 2.0), 0.81, points), Face((16.0, 12.0, 56.0, 32.0), 0.95, points)
    assert detect(np.zeros((1440, 1920, 3), np.uint8)) == (small, large)


@pytest.mark.parametrize(
    ("size_wh", "searched_wh"),
    [
        ((100, 50), (100, 50)),
        ((300, 150), (300, 150)),
        ((512, 256), (512, 256)),
        ((560, 280), (512, 256)),
        ((640, 320), (544, 272)),
        ((1000, 500), (850, 425)),
        ((1200, 600), (960, 480)),
        ((2000, 4000), (480, 960)),
        ((16, 65_500), (1, 960)),
        ((65_500, 16), (960, 1)),
    ],
)
def test_a_smaller_copy_of_a_large_photo_is_searched(
    detect: FaceDetector, searched: list[np.ndarray], size_wh: tuple[int, int], searched_wh: tuple[int, int]
) -> None:
    detect(np.zeros((*size_wh[::-1], 3), np.uint8))
    width, height = searched_wh
    coarse = [(-(-height // 8), -(-width // 8), 3)] if max(searched_wh) > 384 else []
    assert [picture.shape for picture in searched] == [(height, width, 3), *coarse]


def test_the_smaller_copy_is_neither_darker_nor_lighter_than_the_photo_anywhere(
    detect: FaceDetector, searched: list[np.ndarray]
) -> None:
    photo = np.full((600, 800, 3), 64, np.uint8)
    photo[:, 401:] = 192
    detect(photo)
    assert (searched[0].min(), searched[0].max()) == (64, 192)


def test_a_face_at_the_very_edge_may_reach_over_it(detect: FaceDetector, astronaut: np.ndarray) -> None:
    x1, _, x2, _ = only(detect(np.ascontiguousarray(astronaut[:, 215:]))).box_xyxy
    assert x1 < 10
    assert x2 > 40


def test_the_library_answers_as_its_own_wrapper_does(astronaut: np.ndarray, grace_hopper: np.ndarray) -> None:
    import yuface

    people = np.concatenate((astronaut[:480, 50:350], grace_hopper[:480, 100:400], astronaut[:480, 350:50:-1]), axis=1)
    for photo in (astronaut, people, people[::2, ::3], np.zeros((64, 48, 3), np.uint8)):
        bgr = np.array(photo[:, :, ::-1], order="C")
        found = YuFaceLibrary()(bgr)
        percents, boxes, _ = yuface.detect(bgr, conf=0)
        told = found[:, 0] > 0
        np.testing.assert_array_equal(found[told, 0], percents)
        np.testing.assert_array_equal(found[told, 1:5], boxes)


def test_a_search_keeps_no_memory(astronaut: np.ndarray) -> None:
    """The package's own wrapper keeps 36 kB a photo: 36 MB of a thousand."""
    search, photo, process = YuFaceLibrary(), np.ascontiguousarray(astronaut[::8, ::8]), psutil.Process()
    for _ in range(100):
        search(photo)
    before = process.memory_info().rss
    for _ in range(1000):
        search(photo)
    assert process.memory_info().rss - before < 10 * 2**20


def test_colours_reach_the_detector_in_its_order(astronaut: np.ndarray) -> None:
    """The package's own documentation asks for BGR, contiguous; ask it directly."""
    import yuface

    _, boxes, _ = yuface.detect(np.array(astronaut[:, :, ::-1], order="C"), conf=0.8)
    x, y, width, height = map(float, boxes[0])
    assert only(YuFaceDetector()(astronaut)).box_xyxy == (x, y, x + width, y + height)


def test_confidence_drops_doubtful_faces(astronaut: np.ndarray) -> None:
    lying = np.array(Image.fromarray(astronaut[20:270, 100:350]).rotate(90))
    every = YuFaceDetector(confidence=0)(lying)
    assert min(face.score for face in every) < 0.5 < max(face.score for face in every) < 0.9
    for confidence in (0.5, 0.9):
        kept = tuple(face for face in every if face.score > confidence)
        assert YuFaceDetector(confidence=confidence)(lying) == kept


def test_threads_do_not_disturb_each_other(
    detect: FaceDetector, astronaut: np.ndarray, grace_hopper: np.ndarray
) -> None:
    photos = [astronaut[::2, ::2], grace_hopper[::2, ::2], astronaut[:240, 100:340], grace_hopper[:300:2, :400:2]] * 3
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(detect, photos))
    assert together == [detect(photo) for photo in photos]


def test_the_photo_is_not_changed(detect: FaceDetector, astronaut: np.ndarray) -> None:
    photo = astronaut.copy()
    detect(photo)
    np.testing.assert_array_equal(photo, astronaut)


def test_default_detector_finds_faces(astronaut: np.ndarray) -> None:
    assert overlap(only(default_detector()(astronaut)).box_xyxy, ASTRONAUT_FACE) > 0.6


def test_where_nothing_is_installed_the_message_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yuface", None)
    monkeypatch.setitem(sys.modules, "cv2", None)
    for make, advice in (
        (YuFaceDetector, "pip install yuface"),
        (YuNetDetector, "pip install opencv-python-headless"),
        (default_detector, "pip install yuface.*pip install opencv-python-headless"),
    ):
        with pytest.raises(FaceError, match=advice):
            make()


def test_yunet_without_its_file_and_without_a_network(tmp_path: Path) -> None:
    script = "from glamor.faces import _yunet_file; _yunet_file()"
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("glamor.errors.FaceError: face_detection_yunet_2023mar.onnx cannot be fetched")
    assert "connect to the internet once" in last


class StandIn:
    """What OpenCV's FaceDetectorYN asks for and gives, for machines without OpenCV; it finds what is red."""

    def __init__(self, confidence: float) -> None:
        self.size_wh = (320, 320)
        self.confidence = confidence

    def setInputSize(self, size_wh: tuple[int, int]) -> None:  # noqa: N802
        self.size_wh = size_wh

    def detect(self, bgr: np.ndarray) -> tuple[int, np.ndarray | None]:
        assert bgr.shape == (*self.size_wh[::-1], 3)
        assert bgr.flags.c_contiguous
        rows, columns = np.nonzero((bgr[:, :, 2] > 128) & (bgr[:, :, 0] < 128))
        if not len(rows):
            return 1, None
        x, y, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        landmarks = [float(x), float(y)] * 5
        return 1, np.array([[x, y, right - x, bottom - y, *landmarks, 1.25 - self.confidence]], np.float32)


@pytest.fixture
def opencv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    """OpenCV's stand-in, and a Hub with the file that it reads."""

    class Detector:
        @staticmethod
        def create(model: str, config: str, size_wh: tuple[int, int], confidence: float) -> StandIn:
            if Path(model).read_bytes() != b"yunet" or config != "" or size_wh != (320, 320):
                raise RuntimeError(model)
            return StandIn(confidence)

    monkeypatch.setitem(sys.modules, "cv2", SimpleNamespace(FaceDetectorYN=Detector, error=RuntimeError))
    with HubServer() as hub:
        use_hub(hub.url, tmp_path, monkeypatch)
        hub.add(YUNET_REPOSITORY, {YUNET_FILE: b"yunet"})
        yield hub


def test_yunet_is_fetched_once_and_asked_as_opencv_wants_it(opencv: HubServer) -> None:
    photo = np.zeros((300, 1200, 3), np.uint8)
    photo[100:200, 250:500, 0] = 255  # searched at 960 pixels: four fifths
    face = only(YuNetDetector(0.75)(photo))
    assert face.box_xyxy == pytest.approx((250, 100, 500, 200), abs=2)
    assert face.score == 0.5
    assert face.landmarks_xy == (face.box_xyxy[:2],) * 5
    assert [only(YuNetDetector(confidence)(photo)).score for confidence in (0, 1)] == [1, 0.25]
    assert YuNetDetector()(np.zeros((50, 60, 3), np.uint8)) == ()
    assert len(opencv.downloads()) == 1


def test_yunet_serves_where_yuface_is_not_installed(opencv: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yuface", None)
    assert isinstance(default_detector(), YuNetDetector)


def test_a_damaged_yunet_file_is_named(opencv: HubServer) -> None:
    opencv.repositories[YUNET_REPOSITORY].commit({YUNET_FILE: b"something else"})
    with pytest.raises(FaceError, match=f"OpenCV cannot read {YUNET_FILE}; delete it"):
        YuNetDetector()


def test_a_hub_without_yunet_is_told_from_a_detector_that_is_missing(opencv: HubServer) -> None:
    opencv.repositories.clear()
    with pytest.raises(FaceError, match=f"{YUNET_FILE} cannot be fetched .*; connect to the internet once, or give"):
        YuNetDetector()


@pytest.mark.network
def test_yunet_finds_the_same_faces_as_yuface(astronaut: np.ndarray, grace_hopper: np.ndarray) -> None:
    yunet, yuface = YuNetDetector(), YuFaceDetector()
    for photo in (astronaut, grace_hopper, np.asarray(Image.fromarray(astronaut).resize((1500, 1000)))):
        assert overlap(only(yunet(photo)).box_xyxy, only(yuface(photo)).box_xyxy) > 0.6


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize("detector", [YuFaceDetector, YuNetDetector])
def test_confidence_out_of_range(detector: type, confidence: float) -> None:
    with pytest.raises(FaceError, match="give one from 0 to 1"):
        detector(confidence=confidence)


def test_largest() -> None:
    assert largest([(0, 0, 10, 10), (5, 5, 25, 16), (0, 0, 1, 100)]) == 1  # areas 100, 220, 100
    assert largest([(0, 0, 10, 10), (50, 0, 60, 10)]) == 0
    assert largest([(0, 90, 10, 100), (0, 0, 12, 12), (90, 0, 100, 10)]) == 1  # by size, not by place
    with pytest.raises(FaceError, match="no face box"):
        largest([])
