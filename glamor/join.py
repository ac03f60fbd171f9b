"""Face boxes found several times -> whether two of them are one face."""

from __future__ import annotations

BoxXyxy = tuple[float, float, float, float]

SAME = 0.35  # intersection over union from which two boxes are one face
PART = 0.6  # share of the smaller box within the larger from which it is a part of that face, or that face again


def intersection_over_union(a: BoxXyxy, b: BoxXyxy) -> float:
    """Return how much two boxes, (x1, y1, x2, y2), have in common, from 0 to 1."""
    both = _intersection(a, b)
    return both / (_area(a) + _area(b) - both) if both else 0.0


def containment(a: BoxXyxy, b: BoxXyxy) -> float:
    """Return how much of the smaller of two boxes lies in the other, from 0 to 1."""
    both = _intersection(a, b)
    return both / min(_area(a), _area(b)) if both else 0.0


def are_one_face(a: BoxXyxy, b: BoxXyxy) -> bool:
    """Whether two boxes are around one face, or one of them is around a part of it."""
    return intersection_over_union(a, b) >= SAME or containment(a, b) >= PART


def is_part(part: BoxXyxy, whole: BoxXyxy) -> bool:
    """Whether the first box is around a part of what the second is around, and too small to be around all of it."""
    return (
        _area(part) < _area(whole) and containment(part, whole) >= PART and intersection_over_union(part, whole) < SAME
    )


def _intersection(a: BoxXyxy, b: BoxXyxy) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


def _area(box: BoxXyxy) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
