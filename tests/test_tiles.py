"""Small faces on large photos are found where they were put, in a number of tiles that no photo exceeds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from glamor.faces import Face, YuFaceDetector
from glamor.tiles import OVERLAP, TILE, detect_small_faces, tiles


def test_faces_of_1_5_percent_of_a_12_megapixel_photo_are_found(astronaut: np.ndarray) -> None:
    head = Image.fromarray(astronaut).crop((110, 20, 340, 250))  # its face is 89 pixels wide
    side = round(230 * 60 / 89)
    small = np.asarray(head.resize((side, side), Image.Resampling.LANCZOS))
    photo = np.full((3000, 4000, 3), 90, np.uint8)
    places = [(x, y) for x in (40, 900, 1990, 3800) for y in (50, 1444, 2800)]
    for x, y in places:
        photo[y : y + side, x : x + side] = small
    detect = YuFaceDetector()
    assert len(detect(photo)) < len(places)
    found = detect_small_faces(photo, detect)
    assert len(found) == len(places)
    corners = [((x1 + x2 - side) / 2, (y1 + y2 - side) / 2) for x1, y1, x2, y2 in (f.box_xyxy for f in found)]
    corners.sort(key=lambda corner: (round(corner[0] / 50), corner[1]))
    np.testing.assert_allclose(corners, places, atol=30)
    assert [face.box_xyxy for face in found] == sorted(face.box_xyxy for face in found)


def test_what_is_found_on_the_whole_photo_stays_as_it_is(astronaut: np.ndarray) -> None:
    detect = YuFaceDetector()
    for longest in (512, 1400):
        photo = np.asarray(Image.fromarray(astronaut).resize((longest, longest)))
        assert detect_small_faces(photo, detect) == detect(photo)


@pytest.mark.parametrize("size_wh", [(513, 20), (2304, 1728), (2304, 2304), (928, 929)])
def test_tiles_cover_a_picture_and_overlap(size_wh: tuple[int, int]) -> None:
    width, height = size_wh
    found = list(tiles(width, height))
    assert len(found) <= 36
    for length, starts in ((width, {left for left, _ in found}), (height, {top for _, top in found})):
        ordered = sorted(starts)
        assert ordered[0] == 0
        assert ordered[-1] + TILE >= length
        assert all(0 <= after - start <= TILE - OVERLAP for start, after in pairwise(ordered))


@pytest.mark.parametrize("hw", [(3000, 4000), (7000, 7000), (16, 65_500)])
def test_no_photo_has_more_tiles_than_the_largest(hw: tuple[int, int]) -> None:
    pictures: list[tuple[int, ...]] = []

    def blind(photo: np.ndarray) -> tuple[Face, ...]:
        pictures.append(photo.shape)
        return ()

    assert detect_small_faces(np.zeros((*hw, 3), np.uint8), blind) == ()
    assert 1 < len(pictures) <= 37
    assert all(max(shape[:2]) <= TILE for shape in pictures[1:])


def test_a_face_on_two_tiles_is_one_and_a_large_one_is_none_of_theirs() -> None:
    """A detector that finds, on every tile, what is at fixed places of the photo."""
    photo = np.zeros((600, 600, 3), np.uint8)
    photo[300:340, 300:330], photo[100:300, 60:200] = (255, 0, 0), (0, 255, 0)

    def detect(part: np.ndarray) -> tuple[Face, ...]:
        if part.shape[0] == 600:
            return ()
        boxes = []
        for channel in (0, 1):
            rows, columns = np.nonzero(part[:, :, channel])
            if len(rows):
                boxes.append(tuple(map(float, (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))))
        return tuple(Face(box, 0.9, (box[:2], box[2:])) for box in boxes)  # type: ignore[arg-type]

    found = Face((300, 300, 330, 340), 0.9, ((300, 300), (330, 340)))
    assert detect_small_faces(photo, detect) == (found,)
