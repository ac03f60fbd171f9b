"""A visitor's photo as it is remembered: the file that was sent, and a smaller copy for the screen; no pixels.

The pixels of a photo take up to 150 MB, its file a few. What needs all of them decodes the file again; what only draws,
such as a slider, draws on the copy.
"""

from __future__ import annotations

import os
import threading
from collections.abc import MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple
from weakref import WeakKeyDictionary

from PIL import Image

from demo.engine import Engine
from glamor.images import encode_jpeg, shrink
from glamor.photo import Photo, PhotoSource, load_photo, read_encoded

LONGEST_SHOWN = 1280  # pixels; a photo is shown no larger than this
RECENT = 48 * 2**20  # bytes of pixels of copies that were shown last, a dozen: the next action needs them again


class OnScreen(NamedTuple):
    """A photo as it is drawn on.

    Attributes:
        pixels: (h, w, 3) uint8 RGB, at most LONGEST_SHOWN long.
        scale: how many of these pixels a pixel of the photo takes, at most 1.
    """

    pixels: Photo
    scale: float


@dataclass(frozen=True, eq=False)
class KeptPhoto:
    """A photo that is remembered; never changed.

    Attributes:
        sent: the file as it came.
        copy: a JPEG of it, at most LONGEST_SHOWN long.
        hw: (rows, columns) of the photo, upright.
    """

    sent: bytes
    copy: bytes
    hw: tuple[int, int]

    @property
    def scale(self) -> float:
        """How many pixels of the copy a pixel of the photo takes, at most 1."""
        return scale_of(self.hw)

    def pixels(self, engine: Engine) -> Photo:
        """Return the photo itself, (H, W, 3) uint8 RGB, decoded anew."""
        return engine.decode(self.sent)

    def on_screen(self) -> OnScreen:
        """Return the copy, which is quick to be had."""
        pixels = _recent.get(self)
        if pixels is None:
            pixels = load_photo(self.copy)  # no stranger's file: written here
            _recent.add(self, pixels)
        return OnScreen(pixels, self.scale)


def keep(engine: Engine, source: PhotoSource) -> tuple[KeptPhoto, Photo]:
    """Decode a photo, and return what is to be remembered of it, and its pixels.

    Raises:
        PhotoError: if it cannot be used.
    """
    sent = read_encoded(source) if isinstance(source, str | os.PathLike | bytes) else _as_file(load_photo(source))
    pixels = engine.decode(sent)
    height, width = pixels.shape[:2]
    return KeptPhoto(sent, _as_copy(on_screen(pixels).pixels), (height, width)), pixels


def on_screen(photo: Photo) -> OnScreen:
    """Return a photo, (H, W, 3) uint8 RGB, at most LONGEST_SHOWN long."""
    scale = scale_of((photo.shape[0], photo.shape[1]))
    return OnScreen(shrink(photo, scale), scale)


def scale_of(photo_hw: tuple[int, int]) -> float:
    """Return how many pixels on the screen a pixel of a photo takes, at most 1."""
    return min(1.0, LONGEST_SHOWN / max(photo_hw))


class _Recent:
    """The pixels of the copies that were used last, of photos that are still remembered."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pixels: MutableMapping[KeptPhoto, Photo] = WeakKeyDictionary()  # in the order of their use
        self._lock = threading.Lock()

    def get(self, photo: KeptPhoto) -> Photo | None:
        with self._lock:
            found = self._pixels.pop(photo, None)
            if found is not None:
                self._pixels[photo] = found
            return found

    def add(self, photo: KeptPhoto, pixels: Photo) -> None:
        with self._lock:
            self._pixels[photo] = pixels
            while sum(pixels.nbytes for pixels in self._pixels.values()) > self._most:
                del self._pixels[next(iter(self._pixels))]


_recent = _Recent(RECENT)


def _as_file(pixels: Photo) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _as_copy(pixels: Photo) -> bytes:
    return encode_jpeg(pixels, quality=95, subsampling=0)  # nobody sees a difference
