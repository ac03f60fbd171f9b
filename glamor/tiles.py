"""Small faces on large photos: the photo is searched in tiles that overlap, beside the usual search."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from glamor.faces import KEPT_SIDE, Face, FaceDetector
from glamor.images import shrink
from glamor.join import are_one_face
from glamor.photo import Photo

# However large a photo is, no more than this long a copy is cut into tiles: at most 36 of them, one or two seconds. On
# it a face of 1.5 % of the photo's long side has 35 pixels; smaller ones than a hundredth are missed.
LONGEST_TILED = 2304
TILE = KEPT_SIDE  # as large as a detector searches without making it smaller
OVERLAP = 96  # pixels; a face up to this long is whole on one tile at least, larger ones are found without tiles


def detect_small_faces(photo: Photo, detector: FaceDetector) -> tuple[Face, ...]:
    """Find the faces of a photo, and also those that are too small for a search of the whole.

    Args:
        photo: (H, W, 3) uint8 RGB.
        detector: any.

    Returns:
        All faces from left to right; those that the detector finds on the whole photo are as it finds them.
    """
    found = list(detector(photo))
    scale = min(1.0, LONGEST_TILED / max(photo.shape[:2]))
    copy = shrink(photo, scale, Image.Resampling.BILINEAR, reducing_gap=None)
    height, width = copy.shape[:2]
    if max(height, width) <= TILE:
        return tuple(found)
    sx, sy = photo.shape[1] / width, photo.shape[0] / height
    small = [
        face.placed(sx, sy, left, top)
        for left, top in tiles(width, height)
        for face in detector(copy[top : top + TILE, left : left + TILE])
        if _is_small(face)
    ]
    for face in sorted(small, key=lambda face: -face.score):
        if not any(are_one_face(face.box_xyxy, other.box_xyxy) for other in found):
            found.append(face)
    return tuple(sorted(found, key=lambda face: face.box_xyxy))


def tiles(width: int, height: int) -> Iterator[tuple[int, int]]:
    """Yield the left top corners of the tiles of a picture, row by row; a tile ends where the picture does."""
    for top in _starts(height):
        for left in _starts(width):
            yield left, top


def _starts(length: int) -> list[int]:
    """Return where tiles begin: evenly, as few as cover the length with OVERLAP between each two."""
    room = length - TILE
    if room <= 0:
        return [0]
    steps = -(-room // (TILE - OVERLAP))
    return [round(room * step / steps) for step in range(steps + 1)]


def _is_small(face: Face) -> bool:
    x1, y1, x2, y2 = face.box_xyxy
    return max(x2 - x1, y2 - y1) <= OVERLAP
