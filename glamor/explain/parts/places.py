"""Where the parts of a face are: rectangles from the detector's landmarks, or a person's own.

The picture of a face that the network gets is larger than the face: hair, ears, neck and what lies behind are in it,
too. So "the rest" is two parts, as in studies of how people recognise faces (internal and external features: Ellis,
Shepherd and Davies 1979): the rest of the face, which is the detector's rectangle, and hair and outline around it. What
the network learned from a hairstyle is not counted for the cheeks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glamor.errors import ExplainError, quoted
from glamor.photo import BoxXyxy

if TYPE_CHECKING:
    from glamor.faces import Landmarks
    from glamor.predictor import Prediction
    from glamor.prepare import Geometry

BROWS, EYES, NOSE, MOUTH = "brows", "eyes", "nose", "mouth"
REST, OUTLINE, SCENE = "rest of the face", "hair and outline", "scene"
MOST_REGIONS = 5  # of a person: with the rest of the face and the scene seven parts, as many as the landmarks give
LONGEST_NAME, MOST_WORDS = 30, 4  # letters and words of a name: a sentence has at most 25 words

# All in units of what is larger, the distance of the eyes or of the eyes' middle from the mouth's, so that a face that
# looks sideways, up or down has no thin parts.
_EYES_AROUND, _EYES_ABOVE, _EYES_BELOW = 0.35, 0.14, 0.2  # of the pupils
_BROWS_HIGH = 0.34  # above the eyes' rectangle
_NOSE_WIDE, _NOSE_BELOW = 0.28, 0.18  # around the tip
_MOUTH_AROUND, _MOUTH_ABOVE, _MOUTH_BELOW = 0.15, 0.26, 0.4  # of the corners; below, for a mouth may be open


@dataclass(frozen=True)
class Region:
    """A rectangle with a name.

    Attributes:
        name: of the part that it is.
        box_xyxy: photo pixels. What an earlier region of a face holds is not part of it.
    """

    name: str
    box_xyxy: BoxXyxy


class NoPartsError(Exception):
    """Why a face has no parts, in one sentence."""


def regions_of(prediction: Prediction) -> tuple[Region, ...]:
    """Return the parts of a face that the detector found; together they fill the picture of the face.

    Raises:
        NoPartsError: if the detector did not find the face, or its landmarks mean nothing.
    """
    face, pose = prediction.detected, prediction.pose
    if face is None:
        raise NoPartsError(
            _none("its box was given by hand, and the parts come from landmarks that the detector finds")
        )
    if pose is not None and pose.turned:
        raise NoPartsError(_none("it is turned, and the detector’s landmarks hold for upright faces only"))
    if face.landmarks_xy is None:
        raise NoPartsError(_none("the detector that found it gives no landmarks"))
    crop = _floats(prediction.prepared.geometry.face_box_xyxy)
    return (*_features(face.landmarks_xy), Region(REST, face.box_xyxy), Region(OUTLINE, crop))


def named_regions(given: Mapping[str, BoxXyxy], geometry: Geometry) -> tuple[Region, ...]:
    """Return a person's own rectangles as parts of a face, and what they leave of it as one more.

    Args:
        given: photo pixels by name.
        geometry: of the face.

    Raises:
        ExplainError: if there are none or too many, or a name or a rectangle cannot be used.
    """
    if not 1 <= len(given) <= MOST_REGIONS:
        raise ExplainError(f"There are {len(given)} named parts; give 1 to {MOST_REGIONS}.")
    crop = _floats(geometry.face_box_xyxy)
    own = tuple(Region(_name(name), _inside(name, box, crop)) for name, box in given.items())
    if len({region.name.casefold() for region in own}) < len(own):
        raise ExplainError("Two of the named parts have the same name; give each one its own.")
    return (*own, Region(REST, crop))


def owners(regions: tuple[Region, ...], geometry: Geometry, size: int) -> NDArray[np.int8]:
    """Return to which region each pixel of the face input belongs.

    Args:
        regions: the last one holds whatever the others leave.
        geometry: of the face.
        size: side of the face input, pixels.

    Returns:
        (size, size), the index of the first region that holds a pixel's centre.
    """
    left, top, right, bottom = geometry.face_box_xyxy
    x = left + (np.arange(size) + 0.5) * (right - left) / size
    y = top + (np.arange(size) + 0.5) * (bottom - top) / size
    owner = np.full((size, size), len(regions) - 1, np.int8)
    for i in reversed(range(len(regions) - 1)):
        x1, y1, x2, y2 = regions[i].box_xyxy
        owner[np.outer((y >= y1) & (y < y2), (x >= x1) & (x < x2))] = i
    return owner


def _none(reason: str) -> str:
    return f"This face has no named parts, because {reason}."


def _features(landmarks: Landmarks) -> tuple[Region, ...]:
    """Return the rectangles of the features, none of which overlaps another.

    Raises:
        NoPartsError: if the landmarks are not those of an upright face.
    """
    points = np.asarray(landmarks, np.float64)
    left, right, nose, *corners = points
    eyes, mouth = (left + right) / 2, np.mean(corners, axis=0)
    unit = float(max(math.dist(left, right), math.dist(eyes, mouth)))
    if not np.isfinite(points).all() or not mouth[1] - eyes[1] > unit / 4:
        raise NoPartsError(_none("the detector’s landmarks are not those of an upright face"))
    x1, x2 = min(left[0], right[0]) - _EYES_AROUND * unit, max(left[0], right[0]) + _EYES_AROUND * unit
    top, bottom = min(left[1], right[1]) - _EYES_ABOVE * unit, max(left[1], right[1]) + _EYES_BELOW * unit
    mouth_bottom = mouth[1] + _MOUTH_BELOW * unit
    tip = min(max(nose[1] + _NOSE_BELOW * unit, bottom), mouth_bottom)
    mouth_x1 = min(corner[0] for corner in corners) - _MOUTH_AROUND * unit
    mouth_x2 = max(corner[0] for corner in corners) + _MOUTH_AROUND * unit
    return (
        _region(BROWS, x1, top - _BROWS_HIGH * unit, x2, top),
        _region(EYES, x1, top, x2, bottom),
        _region(NOSE, nose[0] - _NOSE_WIDE * unit, bottom, nose[0] + _NOSE_WIDE * unit, tip),
        _region(MOUTH, mouth_x1, max(mouth[1] - _MOUTH_ABOVE * unit, tip), mouth_x2, mouth_bottom),
    )


def _region(name: str, *box: float) -> Region:
    x1, y1, x2, y2 = map(float, box)
    return Region(name, (x1, y1, x2, y2))


def _name(name: str) -> str:
    words = name.split() if isinstance(name, str) else []
    named = " ".join(words)
    if not (1 <= len(named) <= LONGEST_NAME and len(words) <= MOST_WORDS and named.isprintable()):
        raise ExplainError(
            f"A part is named {quoted(name)}; give a name of at most {MOST_WORDS} words and {LONGEST_NAME} letters."
        )
    if named.casefold() in (SCENE, REST):
        raise ExplainError(f"A part is named {quoted(named)}, which is there already; give it another name.")
    return named


def _inside(name: str, box: BoxXyxy, crop: BoxXyxy) -> BoxXyxy:
    """Return a rectangle that lies within the picture of the face.

    Raises:
        ExplainError: if it does not.
    """
    limits = "({:g}, {:g}, {:g}, {:g})".format(*crop)
    try:
        x1, y1, x2, y2 = map(float, box)
    except (TypeError, ValueError, OverflowError) as error:
        raise ExplainError(f"The part {quoted(name)} is {quoted(box)}; give x1, y1, x2, y2 within {limits}.") from error
    if not (crop[0] <= x1 < x2 <= crop[2] and crop[1] <= y1 < y2 <= crop[3]):  # nor is a number that is none
        given = f"({x1:g}, {y1:g}, {x2:g}, {y2:g})"
        raise ExplainError(f"The part {quoted(name)} is {given}; give x1 < x2 and y1 < y2 within the face’s {limits}.")
    return (x1, y1, x2, y2)


def _floats(box_xyxy: tuple[int, int, int, int]) -> BoxXyxy:
    x1, y1, x2, y2 = map(float, box_xyxy)
    return (x1, y1, x2, y2)
