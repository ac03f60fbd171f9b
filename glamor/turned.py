"""How far a face is turned in the plane of the photo (roll), and which turn of the photo puts it upright.

The detector's five landmarks do not say it: it has learned from upright faces, and where it finds a face that lies or
stands on its head, it places eyes and mouth as if that were upright (on two portraits turned by 45 to 315 degrees the
line through the eyes was within 30 degrees of level each time). Its confidence does: it is highest for the copy on
which the face is upright.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from glamor.errors import PhotoError
from glamor.faces import Face, FaceDetector
from glamor.images import shrink
from glamor.photo import BoxXyxy, Photo

TURNED = 35  # degrees, beyond which labels mean little
SURE = 0.92  # a detector that is as sure of a face has an upright one before it
UPRIGHT = 0.9  # likewise on the small copy
STEP = 30  # degrees between two copies that are tried
TURNS = (90, 180, 270)  # of a photo, degrees clockwise
MOST = 32  # faces of a photo that are looked at: each takes up to 20 ms

_SIDE, _AROUND = 112, 1.8  # pixels of the copies; how many times as long as the box they are
_DOUBT = 0.8  # confidence that counts nothing


@dataclass(frozen=True)
class Pose:
    """How a face stands in the photo.

    Attributes:
        roll: degrees clockwise, in (-180, 180], 0 for upright, to about 10; None: the detector sees no face in the box,
            however it is turned.
    """

    roll: float | None

    @property
    def turned(self) -> bool:
        """Whether the face is turned too far for its label to mean anything."""
        return self.roll is not None and abs(self.roll) > TURNED

    @property
    def turn(self) -> int:
        """By how many degrees clockwise the photo has to be turned for the face to be upright: 0, 90, 180 or 270."""
        return 0 if self.roll is None else round(-self.roll / 90) % 4 * 90


def poses(
    photo: Photo, boxes_xyxy: Sequence[BoxXyxy], scores: Sequence[float | None], detector: FaceDetector
) -> list[Pose | None]:
    """Return the poses of a photo's faces.

    Args:
        photo: (H, W, 3) uint8 RGB.
        boxes_xyxy: in photo pixels.
        scores: the detector's confidence in each; None where a person gave the box.
        detector: any.

    Returns:
        One a face; None where nobody looked: at boxes without a pixel in the photo, and after ``MOST`` faces.
    """
    found: list[Pose | None] = []
    looked = 0
    for box, score in zip(boxes_xyxy, scores, strict=True):
        if score is not None and score >= SURE:
            found.append(Pose(0.0))
        elif looked == MOST or not _has_pixels(box, photo):
            found.append(None)
        else:
            found.append(pose_of(photo, box, detector))
            looked += 1
    return found


def pose_of(photo: Photo, box_xyxy: BoxXyxy, detector: FaceDetector) -> Pose:
    """Return how the face in a box stands, by showing the detector small turned copies of what is there."""
    crop = _crop(photo, box_xyxy)
    upright = _confidence(crop, 0, detector)
    if upright >= UPRIGHT:
        return Pose(0.0)
    sure = {turn: _confidence(crop, turn, detector) for turn in range(STEP, 360, STEP)} | {0: upright}
    best = max(sure, key=lambda turn: sure[turn])
    if not sure[best]:
        return Pose(None)
    # The copies on both sides say where between two turns the face stands.
    steps = range(-2 * STEP, 2 * STEP + 1, STEP)
    weights = [max(0.0, sure[(best + step) % 360] - _DOUBT) + 1e-6 for step in steps]
    between = sum(step * weight for step, weight in zip(steps, weights, strict=True)) / sum(weights)
    return Pose(_signed(-(best + between)))


def turn_photo(photo: Photo, degrees: int) -> Photo:
    """Return a photo turned clockwise, a new array.

    Raises:
        PhotoError: unless the degrees are 90, 180 or 270.
    """
    if degrees not in TURNS:
        raise PhotoError(f"A photo cannot be turned by {degrees} degrees; give 90, 180 or 270.")
    return np.ascontiguousarray(np.rot90(photo, -degrees // 90))


def turn_that_shows_faces(photo: Photo, detector: FaceDetector) -> int:
    """Return by how many degrees clockwise a photo without a face has to be turned for one to be found; 0: by none."""
    longest = max(photo.shape[:2])
    copy = shrink(photo, min(1.0, 512 / longest), Image.Resampling.BILINEAR)
    scores = {turn: _best(detector(turn_photo(copy, turn))) for turn in TURNS}
    turn = max(scores, key=lambda turn: scores[turn])
    return turn if scores[turn] else 0


def _confidence(crop: Image.Image, turn: int, detector: FaceDetector) -> float:
    """Return the confidence in a face at the middle of a crop that is turned clockwise, 0 for none."""
    turned = np.asarray(crop.rotate(-turn, Image.Resampling.BILINEAR))
    middle = _SIDE / 2
    return _best(
        [
            face
            for face in detector(turned)
            if face.box_xyxy[0] < middle < face.box_xyxy[2] and face.box_xyxy[1] < middle < face.box_xyxy[3]
        ]
    )


def _best(faces: Sequence[Face]) -> float:
    return max((face.score for face in faces), default=0.0)


def _crop(photo: Photo, box_xyxy: BoxXyxy) -> Image.Image:
    """Return the square around a box, small; where it reaches over the photo, it is black."""
    x1, y1, x2, y2 = box_xyxy
    x, y, half = (x1 + x2) / 2, (y1 + y2) / 2, max(x2 - x1, y2 - y1) * _AROUND / 2
    height, width = photo.shape[:2]
    left, top = max(0, math.floor(x - half)), max(0, math.floor(y - half))
    right, bottom = min(width, math.ceil(x + half)), min(height, math.ceil(y + half))
    scale = _SIDE / (2 * half)
    part = Image.fromarray(photo[top:bottom, left:right])
    size = max(1, round(part.width * scale)), max(1, round(part.height * scale))
    square = Image.new("RGB", (_SIDE, _SIDE))
    square.paste(
        part.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0),
        (round((left - x + half) * scale), round((top - y + half) * scale)),
    )
    return square


def _has_pixels(box_xyxy: BoxXyxy, photo: Photo) -> bool:
    x1, y1, x2, y2 = box_xyxy
    return max(x1, 0) < min(x2, photo.shape[1]) and max(y1, 0) < min(y2, photo.shape[0])


def _signed(degrees: float) -> float:
    """Return an angle in (-180, 180]."""
    return 180 - (180 - degrees) % 360
