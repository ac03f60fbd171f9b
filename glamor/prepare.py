"""Photo and face box -> the two inputs of the network, and the geometry that leads back.

Preprocessing of Le et al. 2021 (arXiv 2111.04129) as its authors' code runs it: the face is cut
out and resized; in the whole photo it is painted black, then the photo is resized and
its middle cut out. All resizing is bilinear with half-pixel centres and no antialiasing.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glamor.config import ModelConfig
from glamor.errors import FaceError, quoted
from glamor.photo import BoxXyxy, Photo

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float32]

NO_FACE: BoxXyxy = (0.0, 0.0, 0.0, 0.0)
JPEG_QUALITY = 95
JPEG_SUBSAMPLING = "4:2:0"
BAND_PIXELS = 2**21


@dataclass(frozen=True)
class Geometry:
    """Where on the photo the network's inputs come from.

    Attributes:
        photo_hw: (rows, columns) of the photo, pixels.
        face_box_xyxy: the whole photo pixels that were cut out and painted black, clipped to
            the photo; x2 and y2 are the first pixels outside; all zero means no face.
        context_region_xyxy: the part of the photo that the context input shows, photo pixels.
    """

    photo_hw: tuple[int, int]
    face_box_xyxy: tuple[int, int, int, int]
    context_region_xyxy: BoxXyxy

    def face_mask_in_context(self, context_size: int) -> BoxXyxy:
        """Return the masked rectangle on the context input.

        Args:
            context_size: side of the context input, pixels.

        Returns:
            (x1, y1, x2, y2) in context pixels, clipped to [0, context_size]; all zero if
            there is no face or the context input does not show it.
        """
        left, top, right, bottom = self.context_region_xyxy
        limit = float(context_size)
        x1, x2 = (_clip((x - left) / (right - left) * limit, limit) for x in self.face_box_xyxy[::2])
        y1, y2 = (_clip((y - top) / (bottom - top) * limit, limit) for y in self.face_box_xyxy[1::2])
        return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else NO_FACE

    def face_share_in_context(self) -> float | None:
        """Return how much of the face's box the context input shows, in [0, 1]; None if there is no face."""
        x1, y1, x2, y2 = self.face_box_xyxy
        if x1 >= x2 or y1 >= y2:
            return None
        left, top, right, bottom = self.context_region_xyxy
        width, height = min(x2, right) - max(x1, left), min(y2, bottom) - max(y1, top)
        return max(width, 0.0) * max(height, 0.0) / ((x2 - x1) * (y2 - y1))


@dataclass(frozen=True)
class PreparedArrays:
    """The inputs for one person where there is no torch: worker processes start without it.

    Attributes:
        face: (3, face_size, face_size) float32 RGB in [0, 1]; black if there is no face.
        context: (3, context_size, context_size) float32 RGB in [0, 1], the face painted black.
        geometry: where on the photo both come from.
    """

    face: Floats
    context: Floats
    geometry: Geometry

    def tensors(self) -> Prepared:
        """Return the same inputs as tensors that share their memory."""
        return Prepared(_tensor(self.face), _tensor(self.context), self.geometry)


@dataclass(frozen=True)
class Prepared:
    """The inputs for one person, ready for the network.

    Attributes:
        face: (3, face_size, face_size) float32 RGB in [0, 1]; black if there is no face.
        context: (3, context_size, context_size) float32 RGB in [0, 1], the face painted black.
        geometry: where on the photo both come from.
    """

    face: Tensor
    context: Tensor
    geometry: Geometry


def square_box(box_xyxy: BoxXyxy, scale: float) -> BoxXyxy:
    """Return the square of side scale * sqrt(w * h) around a box's centre.

    Args:
        box_xyxy: (x1, y1, x2, y2), for instance a detector's rectangle, photo pixels.
        scale: :attr:`ModelConfig.face_crop_scale`.

    Returns:
        The square in photo pixels; it may reach over the photo's edge.

    Raises:
        FaceError: if the box has no area or is not four finite numbers.
    """
    x1, y1, x2, y2 = _checked(box_xyxy)
    half = scale * math.sqrt((x2 - x1) * (y2 - y1)) / 2
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return (x - half, y - half, x + half, y + half)


def prepare(photo: Photo, face_box_xyxy: BoxXyxy, config: ModelConfig) -> Prepared:
    """Make the network's inputs for one person of a photo.

    Args:
        photo: (H, W, 3) uint8 RGB, as from :func:`glamor.photo.load_photo`; not changed.
        face_box_xyxy: the box to cut out and to mask, photo pixels, used as it is, rounded
            to whole pixels and clipped to the photo. All zero is the reference's "no face": a
            black face and an unmasked context.
        config: sizes, and whether the masked photo goes through JPEG.

    Returns:
        Both inputs and their geometry.

    Raises:
        FaceError: if the box is not four finite numbers, has its corners swapped, or covers
            no whole pixel of the photo.
    """
    return prepare_arrays(photo, face_box_xyxy, config).tensors()


def prepare_arrays(photo: Photo, face_box_xyxy: BoxXyxy, config: ModelConfig) -> PreparedArrays:
    """Do what :func:`prepare` does, without torch; the same numbers, the same errors."""
    height, width = photo.shape[:2]
    box = _box_in_photo(face_box_xyxy, width, height)
    return PreparedArrays(
        face=_face_input(photo, box, config.face_size),
        context=_context_input(photo, box, config),
        geometry=Geometry((height, width), box, _context_region(width, height, config)),
    )


def resize(image: Photo, size_hw: tuple[int, int]) -> Tensor:
    """Resize as the network's inputs are: bilinear, half-pixel centres, no antialiasing.

    Args:
        image: (H, W, 3) uint8 RGB.
        size_hw: (rows, columns) of the result.

    Returns:
        (3, rows, columns) float32 in [0, 1].
    """
    return _tensor(_resized(image, *size_hw))


def _resized(image: Photo, rows: int, columns: int) -> Floats:
    height, width = image.shape[:2]
    return _sampled(image, _positions(height, rows), _positions(width, columns))


def _tensor(values: Floats) -> Tensor:
    import torch  # takes seconds and 200 MB, which a process that only prepares can do without

    return torch.from_numpy(values)


def _checked(box_xyxy: BoxXyxy) -> BoxXyxy:
    try:
        x1, y1, x2, y2 = map(float, box_xyxy)
    except (TypeError, ValueError, OverflowError) as error:
        raise FaceError(f"The face box is {quoted(box_xyxy)}; give four numbers, x1, y1, x2, y2, in pixels.") from error
    box = f"({x1:g}, {y1:g}, {x2:g}, {y2:g})"
    if not all(map(math.isfinite, (x1, y1, x2, y2))):
        raise FaceError(f"The face box is {box}, but must be of finite numbers; draw or type it again.")
    if x1 > x2 or y1 > y2:
        raise FaceError(f"The face box {box} has its corners swapped; swap them so that x1 < x2 and y1 < y2.")
    if (x1 == x2 or y1 == y2) and (x1, y1, x2, y2) != NO_FACE:
        raise FaceError(f"The face box {box} has no area; draw or type a larger one.")
    return (x1, y1, x2, y2)


def _box_in_photo(box_xyxy: BoxXyxy, width: int, height: int) -> tuple[int, int, int, int]:
    checked = _checked(box_xyxy)
    x1, x2 = (int(_clip(round(x), width)) for x in checked[::2])
    y1, y2 = (int(_clip(round(y), height)) for y in checked[1::2])
    if checked != NO_FACE and (x1 >= x2 or y1 >= y2):
        box = ", ".join(f"{value:g}" for value in checked)
        raise FaceError(
            f"The face box ({box}) covers no pixel of the {width} x {height} photo; draw it inside the photo."
        )
    return (x1, y1, x2, y2)


def _clip(value: float, limit: float) -> float:
    return min(max(value, 0.0), limit)


def _face_input(photo: Photo, box: tuple[int, int, int, int], size: int) -> Floats:
    x1, y1, x2, y2 = box
    if not any(box):
        return np.zeros((3, size, size), np.float32)
    return _resized(photo[y1:y2, x1:x2], size, size)


def _context_input(photo: Photo, box: tuple[int, int, int, int], config: ModelConfig) -> Floats:
    seen = _through_jpeg(photo, box) if config.jpeg_round_trip else _masked(photo, box)
    size, (rows, columns) = config.context_size, config.context_resize_hw
    top, left = _context_corner(config)
    height, width = photo.shape[:2]
    return _sampled(seen, _positions(height, rows)[top : top + size], _positions(width, columns)[left : left + size])


def _context_corner(config: ModelConfig) -> tuple[int, int]:
    """Return the (row, column) of the resized photo where the middle square begins."""
    rows, columns = config.context_resize_hw
    return (rows - config.context_size) // 2, (columns - config.context_size) // 2


def _context_region(width: int, height: int, config: ModelConfig) -> BoxXyxy:
    size, (rows, columns) = config.context_size, config.context_resize_hw
    top, left = _context_corner(config)
    x_scale, y_scale = width / columns, height / rows
    return (left * x_scale, top * y_scale, (left + size) * x_scale, (top + size) * y_scale)


def _masked(photo: Photo, box: tuple[int, int, int, int]) -> Photo:
    x1, y1, x2, y2 = box
    masked = photo.copy()
    masked[y1:y2, x1:x2] = 0
    return masked


def _through_jpeg(photo: Photo, box: tuple[int, int, int, int]) -> Photo:
    """Return the masked photo as JPEG leaves it; of a large one there are never more than two copies at a time."""
    buffer, image = io.BytesIO(), Image.fromarray(photo)
    if any(box):
        image.paste((0, 0, 0), box)
    image.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=JPEG_SUBSAMPLING)
    del image
    return _pixels(Image.open(buffer, formats=("JPEG",)))


def _pixels(image: Image.Image) -> Photo:
    """Return a picture's pixels, taken band by band: at once, they would be there three times for a moment."""
    width, height = image.size
    rows = max(1, BAND_PIXELS // width)
    if rows >= height:
        return np.asarray(image)
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, rows):
        pixels[top : top + rows] = np.asarray(image.crop((0, top, width, min(top + rows, height))))
    return pixels


def _positions(old: int, new: int) -> NDArray[np.float64]:
    """Return where each of ``new`` pixels falls among ``old`` ones (half-pixel centres), in [0, old - 1]."""
    return np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)


def _sampled(image: Photo, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> Floats:
    """Interpolate an (H, W, 3) image between pixels -> (3, len(rows), len(columns)) in [0, 1].

    Only the neighbours are read: a 12-megapixel photo never becomes floats as a whole.
    """
    top, left = rows.astype(np.intp), columns.astype(np.intp)
    bottom, right = np.minimum(top + 1, image.shape[0] - 1), np.minimum(left + 1, image.shape[1] - 1)
    down = (rows - top).astype(np.float32)[:, None, None]
    across = (columns - left).astype(np.float32)[:, None]
    upper, lower = (
        _mixed(_floats(line, left), _floats(line, right), across)
        for line in (image.take(top, 0), image.take(bottom, 0))
    )
    return np.ascontiguousarray((_mixed(upper, lower, down) / np.float32(255)).transpose(2, 0, 1))


def _floats(lines: Photo, columns: NDArray[np.intp]) -> Floats:
    return lines.take(columns, 1).astype(np.float32)


def _mixed(first: Floats, second: Floats, share: Floats) -> Floats:
    return first + (second - first) * share  # in this form white stays exactly 1
