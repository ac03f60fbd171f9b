"""A path, bytes or a picture in memory -> RGB uint8 (H, W, 3), safely.

Nothing but the pixels comes through: EXIF (with its GPS position) is dropped after the
photo has been turned upright.
"""

from __future__ import annotations

import io
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from glamor.colour import Conversion, conversion
from glamor.depth import black_is_zero, colour, grey, is_deep, mark_planes
from glamor.errors import PhotoError, quoted
from glamor.kinds import FORMATS, NAMES, is_boxed, other_kind
from glamor.mend import bare, ended, lacks_end
from glamor.structure import check_structure, values_overlap

EncodedPhoto = str | os.PathLike[str] | bytes  # the path of a file, or what is in it
PhotoSource = EncodedPhoto | Image.Image | NDArray[np.uint8]
Photo = NDArray[np.uint8]
BoxXyxy = tuple[float, float, float, float]

MAX_BYTES = 64 * 2**20
MAX_PIXELS = 50_000_000
MAX_SIDE = 65_500  # the longest that libjpeg writes, and a masked photo goes through JPEG
MIN_SIDE = 16
DAMAGED = "The photo is damaged or cut off and cannot be decoded; save or upload it again."
NOT_A_PHOTO = f"not a photo that can be read; accepted are {NAMES}; convert it to JPEG."
HEIF_THREADS = 2  # of one photo: each needs memory
PIXELS_AT_ONCE = 2**17  # while they become RGB; as many stay in a processor's cache

_SIZES = f"sides of {MIN_SIDE} to {MAX_SIDE:,} pixels and at most {MAX_PIXELS // 10**6} megapixels"
_ORIENTATION = 0x0112  # EXIF 2.3: how the camera was held; what turns the picture upright again
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PILLOWS_WARNINGS = ("ignore", None, Warning, re.compile(r"PIL\."), 0)  # as the list of filters holds them


def load_photo(source: PhotoSource) -> Photo:
    """Decode a photo as a person would see it, in this process and in whatever time and memory it takes.

    For photos from strangers there is :class:`glamor.decoding.Decoder`.

    EXIF rotation is applied, colour profiles are followed into sRGB, transparency is laid on white, of more than 8 bits
    the upper ones that are used are kept, palettes, CMYK and grey become RGB; of an animation the first frame is taken.

    Args:
        source: path of a file, the bytes of a file, a PIL image, or an RGB array (H, W, 3)
            uint8. Files may be JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF.

    Returns:
        (H, W, 3) uint8, RGB, in [0, 255], contiguous and writable; an array that is all of
        this already is returned as it is, not copied.

    Raises:
        PhotoError: if the source cannot be read, is no photo, is damaged, or is too large
            or too small; sizes are checked before pixels are decoded into memory.
    """
    if isinstance(source, np.ndarray):
        return _checked_array(source)
    if isinstance(source, Image.Image):
        with _pillow_refusals():
            return _pixels(_upright(source))
    if isinstance(source, bytes | str | os.PathLike):
        return _decoded(read_encoded(source))
    raise PhotoError(f"A photo cannot be of type {type(source).__name__}; pass a path, bytes, a PIL image or an array.")


def read_encoded(source: EncodedPhoto) -> bytes:
    """Return the bytes of a photo's file; nothing of them is decoded.

    Raises:
        PhotoError: if there is no such file, it cannot be read, is empty or larger than MAX_BYTES.
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    if not data:
        raise PhotoError(f"The file is empty; choose a photo in {NAMES} format.")
    if len(data) > MAX_BYTES:
        raise PhotoError(f"The file is larger than {MAX_BYTES // 2**20} MiB; save it smaller, for example as JPEG.")
    return data


def _checked_array(array: NDArray[np.uint8]) -> Photo:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
        raise PhotoError(
            f"The array is {array.dtype} of shape {array.shape}; convert it to uint8 of shape (H, W, 3), RGB."
        )
    _check_size(width=array.shape[1], height=array.shape[0])
    return np.require(array, requirements=("C", "W"))


def _read(path: Path) -> bytes:
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PhotoError(
            f"The file {quoted(str(path))} cannot be read ({error.strerror}); check its permissions."
        ) from error
    raise PhotoError(f"There is no file {quoted(str(path))}; give the path to a photo.")


def _decoded(data: bytes) -> Photo:
    with _pillow_refusals(data):
        if kind := other_kind(data):
            raise PhotoError(f"The file is {kind}, {NOT_A_PHOTO}")
        check_structure(data)
        if is_boxed(data):
            register_heif()
        data, inverted = black_is_zero(bare(data))
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(*image.size)
            if not lacks_end(data):
                return _pixels(_upright(image, data, inverted))
        with Image.open(io.BytesIO(ended(data)), formats=FORMATS) as image:
            return _pixels(_upright(image))


@cache
def register_heif() -> None:
    """Have Pillow's one list of readers know HEIC; only where photos are decoded, not wherever Pillow is used."""
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=HEIF_THREADS)


@contextmanager
def _pillow_refusals(data: bytes = b"") -> Iterator[None]:
    """Make a PhotoError of all that Pillow raises, and keep its warnings off the screen."""
    _quieten()
    try:
        yield
    except PhotoError:
        raise
    except MemoryError as error:
        raise PhotoError("There is not enough memory to decode the photo; save it smaller.") from error
    except UnidentifiedImageError as error:
        if is_boxed(data):
            raise PhotoError(DAMAGED) from error
        raise PhotoError(f"The file is {NOT_A_PHOTO}") from error
    except Image.DecompressionBombError as error:
        raise PhotoError(f"The photo is far too large; resize it to {_SIZES}.") from error
    except Exception as error:  # on damaged data Pillow's decoders let nearly any class of exception out
        raise PhotoError(DAMAGED) from error


def _quieten() -> None:
    """Have Python ignore what Pillow's own modules warn of, from now on.

    Filters belong to the whole process: set for one photo and restored after it, they would need a lock around the
    decoding, or two photos at once would restore each other's.
    """
    if _PILLOWS_WARNINGS not in warnings.filters:
        warnings.filterwarnings("ignore", module=r"PIL\.")


def _check_size(width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise PhotoError(f"The photo is {width} x {height} pixels; resize it to {_SIZES}.")


def _upright(image: Image.Image, data: bytes = b"", inverted: bool = False) -> Image.Image:
    """Return the picture upright, decoded, with 8 bits; its size is checked before pixels are decoded into memory.

    Args:
        image: not decoded yet.
        data: the file that it is from.
        inverted: whether 0 is white in it.
    """
    _check_size(*image.size)
    mark_planes(image)
    image.load()
    turn = _turn(image)
    image = grey(image) if is_deep(image) else colour(image, data)
    if inverted:
        image = ImageOps.invert(image)
    return image if turn is None else image.transpose(turn)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return what EXIF's orientation asks for.

    ImageOps.exif_transpose would also write all of EXIF anew without it, however large that is.
    """
    try:
        exif = image.info.get("exif")
        if isinstance(exif, bytes) and values_overlap(exif):
            return None
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a garbled EXIF block says nothing about the pixels, which are fine
        return None


def _pixels(image: Image.Image) -> Photo:
    """Return the picture's pixels, some rows after others: the large photo is in memory twice, not five times."""
    if image.mode in ("I", "F"):
        raise PhotoError("The photo has 32 bits per channel; save it with 8 or 16, as JPEG or PNG.")
    width, height = image.size
    photo, convert = np.empty((height, width, 3), np.uint8), conversion(image)
    rows = max(1, PIXELS_AT_ONCE // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        photo[top:bottom] = np.asarray(_rgb(image.crop((0, top, width, bottom)), convert))
    return photo


def _rgb(image: Image.Image, convert: Conversion) -> Image.Image:
    if not image.has_transparency_data:
        return convert(image)
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    paper = Image.new("RGB", rgba.size, "white")
    paper.paste(convert(rgba.convert("RGB")), mask=rgba.getchannel("A"))
    return paper
