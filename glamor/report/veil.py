"""The other faces of a photo made unrecognisable, in everything of a report that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glamor.images import chw_to_hwc
from glamor.prepare import NO_FACE, square_box

if TYPE_CHECKING:
    from torch import Tensor

    from glamor.explain import Explanation
    from glamor.photo import BoxXyxy, Photo
    from glamor.predictor import Prediction

HEAD = 1.4  # side of the square that is blurred, in sides of the face: hair and chin are in it
CELLS = 4  # of one colour each, along a side of the square: too few to tell one person from another
SMALLEST = 4  # pixels of a cell's side, where the square is small


def without_others(
    photo: Photo, predictions: Sequence[Prediction], selected: int, explanation: Explanation
) -> tuple[Photo, tuple[Prediction, ...], Explanation]:
    """Return an analysis in which the head of everybody but one is a few squares of their mean colours.

    The inputs of that one's prediction and the maps are treated likewise, for they show the others as well. That
    one's face is left alone; what lies in its box but nearer to the middle of another face belongs to that other. All
    numbers stay, and the sums of the maps.

    Args:
        photo: (H, W, 3) uint8 RGB; not changed.
        predictions: of every face in the photo; others than these cannot be found.
        selected: index of the face that is left alone.
        explanation: of that face.
    """
    own = predictions[selected]
    others = [
        prediction.face_box_xyxy
        for prediction in predictions
        if prediction is not own and prediction.face_box_xyxy != NO_FACE
    ]
    prepared, geometry = own.prepared, own.prepared.geometry
    height, width = photo.shape[:2]

    def place(region_xyxy: BoxXyxy) -> _Place:
        return _Place(region_xyxy, geometry.face_box_xyxy, tuple(others))

    whole, scene, face = (
        place(region) for region in ((0, 0, width, height), geometry.context_region_xyxy, geometry.face_box_xyxy)
    )
    no_face = geometry.face_box_xyxy == NO_FACE
    prepared = replace(
        prepared,
        face=prepared.face if no_face else _veiled_tensor(prepared.face, face),
        context=_veiled_tensor(prepared.context, scene),
    )
    explanation = replace(
        explanation,
        face=explanation.face if no_face else face.veiled(explanation.face),
        context=scene.veiled(explanation.context, explanation.scored),
    )
    veiled = tuple(
        replace(prediction, prepared=prepared) if prediction is own else prediction for prediction in predictions
    )
    return whole.veiled(photo), veiled, explanation


@dataclass(frozen=True)
class _Place:
    """What an image shows: ``region`` of the photo, in which there are faces; boxes in photo pixels."""

    region: BoxXyxy
    own: BoxXyxy
    others: tuple[BoxXyxy, ...]

    def veiled(self, image: NDArray[Any], told: NDArray[np.bool_] | None = None) -> NDArray[Any]:
        """Return a copy of an (H, W) or (H, W, 3) image with cells of mean values in place of the others' heads.

        Args:
            image: of the region.
            told: (H, W), where the image tells anything; None: everywhere.
        """
        veiled, (height, width) = image.copy(), image.shape[:2]
        left, top, right, bottom = self.region
        for x1, y1, x2, y2 in (square_box(box, HEAD) for box in self.others):
            for rows in _cells((y1 - top) / (bottom - top), (y2 - top) / (bottom - top), height):
                for columns in _cells((x1 - left) / (right - left), (x2 - left) / (right - left), width):
                    hidden = self._hidden(rows, columns, height, width)
                    hidden = hidden if told is None else hidden & told[rows, columns]
                    part = veiled[rows, columns]
                    if hidden.any():
                        part[hidden] = part[hidden].mean(axis=0, dtype=np.float64)
        return veiled

    def _hidden(self, rows: slice, columns: slice, height: int, width: int) -> NDArray[np.bool_]:
        """Return which of some pixels of an image of this place do not belong to the own face."""
        left, top, right, bottom = self.region
        y = (top + (np.arange(rows.start, rows.stop) + 0.5) * (bottom - top) / height)[:, None]
        x = left + (np.arange(columns.start, columns.stop) + 0.5) * (right - left) / width
        across, down = _steps(x, y, self.own)
        hidden: NDArray[np.bool_] = np.maximum(across, down) > 0.5
        own = np.hypot(across, down)
        for other in self.others:
            hidden |= np.hypot(*_steps(x, y, other)) < own
        return hidden


def _veiled_tensor(image: Tensor, place: _Place) -> Tensor:
    """Do so with a (3, S, S) input."""
    veiled = place.veiled(chw_to_hwc(image))
    return image.new_tensor(np.ascontiguousarray(veiled.transpose(2, 0, 1)))


def _steps(
    x: NDArray[np.float64], y: NDArray[np.float64], box_xyxy: BoxXyxy
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far points are from the middle of a box, across and down, in its sides: 0.5 on its border."""
    x1, y1, x2, y2 = box_xyxy
    return abs(x - (x1 + x2) / 2) / max(x2 - x1, 1e-9), abs(y - (y1 + y2) / 2) / max(y2 - y1, 1e-9)


def _cells(start: float, end: float, size: int) -> list[slice]:
    """Return the slices of a side between two shares of it, from the first pixel that they touch to the last."""
    first, last = max(0, int(np.floor(start * size))), min(size, int(np.ceil(end * size)))
    if last <= first:
        return []
    edges = np.linspace(first, last, max(1, min(CELLS, (last - first) // SMALLEST)) + 1).round().astype(int).tolist()
    return [slice(left, right) for left, right in pairwise(edges)]
