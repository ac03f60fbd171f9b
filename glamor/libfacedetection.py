"""The face detector's shared library, as the package yuface carries it."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The library's file, and its function: int *facedetect_cnn(unsigned char *, unsigned char *, int, int, int).
_FUNCTIONS = {
    "libfacedetection.so": "_Z14facedetect_cnnPhS_iii",
    "facedetection.dll": "?facedetect_cnn@@YAPEAHPEAE0HHH@Z",
}
_RESULT_BYTES, _COUNT_BYTES, _NUMBERS = 0x9000, 4, 16  # of all faces; before them their count; int16 a face
# The library takes some 15 MB a search in pieces, which Linux hands out anew, page by page, if malloc has given them
# back meanwhile: a fifth of a search's time. glibc learns from the largest block that was ever given back how much is
# worth keeping (mallopt(3), "dynamic mmap threshold"): twice as much. Who has set that by hand is left alone.
_KEPT_BYTES = 16 * 2**20
_LOCK = threading.Lock()  # the library keeps its network in process-wide variables


class YuFaceLibrary:
    """The one function of libfacedetection, as yuface carries it, called without the package's own wrapper.

    The wrapper never gives back the 36 kB that it takes for the faces of each photo, and every other thread waits for
    it.

    Raises:
        ImportError: on construction, if yuface is not installed, or is another one than is known here.
    """

    def __init__(self) -> None:
        import yuface  # has no wheel on some platforms

        self._detect = _library_function(Path(yuface.__file__).parent)
        np.empty(_KEPT_BYTES, np.uint8)  # taken and given back, see there

    def __call__(self, bgr: NDArray[np.uint8]) -> NDArray[np.int16]:
        """Search a picture for faces.

        Args:
            bgr: (H, W, 3), contiguous.

        Returns:
            (N, 16), a row a face: confidence in per cent, the box's x, y, width and height in pixels, x and y of
            five landmarks, and what is not used here.
        """
        height, width, _ = bgr.shape
        result = np.zeros(_RESULT_BYTES, np.uint8)
        with _LOCK:
            self._detect(result.ctypes.data, bgr.ctypes.data, width, height, bgr.strides[0])
        (count,) = result[:_COUNT_BYTES].view(np.int32)
        return result[_COUNT_BYTES : _COUNT_BYTES + 2 * _NUMBERS * count].view(np.int16).reshape(count, _NUMBERS)


def _library_function(folder: Path) -> Any:
    for file, name in _FUNCTIONS.items():
        if (folder / file).exists():
            try:
                function = ctypes.CDLL(str(folder / file))[name]
            except (OSError, AttributeError) as error:
                raise ImportError(f"{folder / file} cannot be used: {error}") from error
            function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int] * 3]
            function.restype = ctypes.c_void_p
            return function
    raise ImportError(f"{folder} holds none of {', '.join(_FUNCTIONS)}")
