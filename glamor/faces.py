"""RGB photo -> faces, by whichever detector this machine can have."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image

from glamor.errors import CheckpointError, FaceError
from glamor.join import are_one_face, is_part
from glamor.libfacedetection import YuFaceLibrary
from glamor.photo import BoxXyxy, Photo

CONFIDENCE = 0.8
LONGEST_SIDE = 960  # beyond it libfacedetection warns that its accuracy falls
KEPT_SIDE = 512  # up to it, as large as the scenes the weights learned from, nothing is taken from a photo
# Of a photo between the two, a smaller copy is searched: three quarters of the pixels and of the time. On 500 scenes
# it finds 97 % of the faces from 32 px and 91 % from 24 to 32 px (at a scale of 0.9, 98 and 93 %), fewer below.
COPY_SCALE = 0.85
# A face that fills the copy is too large for the detectors: 460 px wide they doubt it, 700 px wide they miss it. So a
# copy longer than this is searched again at an eighth of its sides, which costs a 64th, only for what is that large.
WHOLE_SIDE, COARSE, CLOSE_UP = 384, 8, 240  # pixels; times smaller; pixels of the copy that a face there is long

YUNET_REPOSITORY = "opencv/face_detection_yunet"
YUNET_FILE = "face_detection_yunet_2023mar.onnx"

Row = tuple[float, ...]  # x, y, width, height in pixels of the picture that was searched; score; x, y of each landmark
Landmarks = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Face:
    """One detected face.

    Attributes:
        box_xyxy: the detector's tight, upright rectangle in photo pixels; x1 < x2, y1 < y2;
            it may reach over the photo's edge.
        score: the detector's confidence, in [0, 1].
        landmarks_xy: five points in photo pixels, as the photo shows them: left eye, right eye, tip of the nose, left
            and right corner of the mouth; None: the detector does not say. They belong to an upright face, whatever
            stands there, see :mod:`glamor.turned`.
    """

    box_xyxy: BoxXyxy
    score: float
    landmarks_xy: Landmarks | None = None

    def placed(self, sx: float, sy: float, left: float = 0.0, top: float = 0.0) -> Face:
        """Return the face in a picture of which this one is the part at (left, top), made ``sx``, ``sy`` times larger.

        Args:
            sx: how many pixels of the other picture one of this takes across.
            sy: likewise, down.
            left: where this picture lies in the other, in its own pixels.
            top: likewise.
        """
        x1, y1, x2, y2 = self.box_xyxy
        box = ((x1 + left) * sx, (y1 + top) * sy, (x2 + left) * sx, (y2 + top) * sy)
        points = self.landmarks_xy
        return Face(box, self.score, points and tuple(((x + left) * sx, (y + top) * sy) for x, y in points))


class FaceDetector(Protocol):
    """Anything that finds faces."""

    def __call__(self, photo: Photo) -> tuple[Face, ...]:
        """Find the faces of a photo.

        Args:
            photo: (H, W, 3) uint8 RGB, as from :func:`glamor.photo.load_photo`.

        Returns:
            The faces from left to right (by x1, then y1); empty if there is none.
        """
        ...


class YuFaceDetector:
    """libfacedetection (Wu et al. 2023) with the weights that come inside the package yuface.

    Args:
        confidence: only faces above it are kept, in [0, 1].

    Raises:
        FaceError: on construction, if yuface is not installed or the confidence is not in [0, 1].
    """

    def __init__(self, confidence: float = CONFIDENCE) -> None:
        self._confidence = _checked_confidence(confidence)
        try:
            self._detect = YuFaceLibrary()
        except ImportError as error:
            raise FaceError("The face detector yuface is not installed; run: pip install yuface.") from error

    def __call__(self, photo: Photo) -> tuple[Face, ...]:
        return _search(photo, self._rows)

    def _rows(self, bgr: Photo) -> list[Row]:
        rows = self._detect(bgr).tolist()
        return [
            (*map(float, row[1:5]), row[0] / 100, *map(float, row[5:15]))
            for row in rows
            if row[0] / 100 > self._confidence
        ]


class YuNetDetector:
    """YuNet (Wu et al. 2023) through OpenCV; its 0.2 MB file is fetched from the Hugging Face Hub once.

    Args:
        confidence: faces below it are dropped, in [0, 1].

    Raises:
        FaceError: on construction, if OpenCV is not installed, the file cannot be had or
            OpenCV cannot read it, or the confidence is not in [0, 1].
    """

    def __init__(self, confidence: float = CONFIDENCE) -> None:
        checked = _checked_confidence(confidence)
        try:
            import cv2  # only platforms without yuface install it
        except ImportError as error:
            advice = "run: pip install opencv-python-headless"
            raise FaceError(f"OpenCV, which runs the face detector YuNet, is not installed; {advice}.") from error
        try:
            self._network = cv2.FaceDetectorYN.create(_yunet_file(), "", (320, 320), checked)
        except cv2.error as error:
            advice = "delete it from the Hugging Face cache and start again"
            raise FaceError(f"OpenCV cannot read {YUNET_FILE}; {advice}.") from error
        self._lock = threading.Lock()  # setInputSize and detect belong together

    def __call__(self, photo: Photo) -> tuple[Face, ...]:
        return _search(photo, self._rows)

    def _rows(self, bgr: Photo) -> list[Row]:
        height, width = bgr.shape[:2]
        with self._lock:
            self._network.setInputSize((width, height))
            _, found = self._network.detect(bgr)
        return [] if found is None else [tuple(map(float, (*row[:4], row[-1], *row[4:14]))) for row in found]


def default_detector() -> FaceDetector:
    """Return the best detector that this machine can have.

    Returns:
        yuface where it is installed, else YuNet.

    Raises:
        FaceError: if neither can be had; the message says how to get one.
    """
    try:
        return YuFaceDetector()
    except FaceError as no_yuface:
        try:
            return YuNetDetector()
        except FaceError as no_yunet:
            raise FaceError(f"No face detector can be used: {no_yuface} {no_yunet}") from no_yunet


def largest(boxes: Sequence[BoxXyxy]) -> int:
    """Return the index of the box with the largest area, the first of equals.

    Args:
        boxes: (x1, y1, x2, y2) each, at least one.

    Raises:
        FaceError: if there is no box.
    """
    if not boxes:
        raise FaceError("There is no face box to choose from; draw or type one.")
    return max(range(len(boxes)), key=lambda i: (boxes[i][2] - boxes[i][0]) * (boxes[i][3] - boxes[i][1]))


def nearest(boxes: Sequence[BoxXyxy], box_xyxy: BoxXyxy) -> int:
    """Return the index of the box whose edges are closest to another's, the first of equals.

    Args:
        boxes: (x1, y1, x2, y2) each, at least one.
        box_xyxy: the other, in the same pixels.

    Raises:
        FaceError: if there is no box.
    """
    if not boxes:
        raise FaceError("There is no face box to choose from; draw or type one.")
    return min(range(len(boxes)), key=lambda i: sum(abs(a - b) for a, b in zip(boxes[i], box_xyxy, strict=True)))


def _checked_confidence(confidence: float) -> float:
    if not 0 <= confidence <= 1:
        raise FaceError(f"The detector's confidence is {confidence}; give one from 0 to 1, such as {CONFIDENCE}.")
    return confidence


def _search(photo: Photo, rows_of: Callable[[Photo], list[Row]]) -> tuple[Face, ...]:
    """Search a photo at both scales.

    Args:
        photo: (H, W, 3) uint8 RGB.
        rows_of: the detector itself; takes a contiguous BGR picture.

    Returns:
        The faces from left to right. What the larger copy shows stays as it is, unless it is a part of a close-up.
    """
    copy = _copy(photo)
    sx, sy = photo.shape[1] / copy.width, photo.shape[0] / copy.height
    found = _faces(rows_of(_bgr(copy)), sx, sy)
    if max(copy.size) > WHOLE_SIDE:
        rows = rows_of(_bgr(copy.reduce(COARSE)))
        large = [row for row in rows if max(row[2:4]) * COARSE >= CLOSE_UP]
        found = _joined(found, _faces(large, sx * COARSE, sy * COARSE))
    return tuple(sorted(found, key=lambda face: face.box_xyxy))


def _joined(found: list[Face], close_ups: list[Face]) -> list[Face]:
    """Add close-ups that are not there yet, and take away what was found in their places only in parts."""
    for close_up in close_ups:
        twins = [face for face in found if are_one_face(face.box_xyxy, close_up.box_xyxy)]
        if all(is_part(face.box_xyxy, close_up.box_xyxy) and face.score < close_up.score for face in twins):
            found = [*(face for face in found if face not in twins), close_up]
    return found


def _copy(photo: Photo) -> Image.Image:
    longest, picture = max(photo.shape[:2]), Image.fromarray(photo)
    scale = min(LONGEST_SIDE, max(KEPT_SIDE, COPY_SCALE * longest)) / longest
    if scale >= 1:
        return picture
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.BILINEAR)


def _bgr(picture: Image.Image) -> Photo:
    """Return the pixels as the detectors want them: contiguous, for they ignore strides and find wrong faces then."""
    return np.frombuffer(picture.tobytes("raw", "BGR"), np.uint8).reshape(picture.height, picture.width, 3)


def _faces(rows: list[Row], sx: float, sy: float) -> list[Face]:
    """Bring detections from a copy's pixels to the photo's."""
    return [
        Face(
            (x, y, x + w, y + h), min(max(score, 0.0), 1.0), tuple(zip(points[::2], points[1::2], strict=True))
        ).placed(sx, sy)
        for x, y, w, h, score, *points in rows
        if w > 0 and h > 0
    ]


def _yunet_file() -> str:
    from glamor.hub import fetch  # this detector only goes to the Hub

    try:
        return str(fetch(YUNET_REPOSITORY, "main", (YUNET_FILE,)) / YUNET_FILE)
    except CheckpointError as error:
        advice = "connect to the internet once, or give the face boxes yourself"
        raise FaceError(f"{YUNET_FILE} cannot be fetched from {YUNET_REPOSITORY} on the Hub; {advice}.") from error
