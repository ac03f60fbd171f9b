"""The few colours of every figure, chosen by measured distance (CIEDE2000).

Face and scene are 48 apart for normal vision and at least 37 under simulated deuteranopia,
protanopia and tritanopia; for and against at least 50. Each of face, scene and ink reaches
contrast 4.5:1 with the background and with white, so it can carry or be text.
"""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

FACE_COLOR = "#8A3FD1"
CONTEXT_COLOR = "#0B7F4F"
FOR_COLOR = "#E0620D"
AGAINST_COLOR = "#0072B2"
INK = "#1F2430"
MUTED = "#5B6270"
QUIET_BAR = "#A9B0BC"
EMPTY_BAR = "#E7E9EE"
BACKGROUND = "#F7F7F9"
# Blue to yellow: the same to all eyes, and neither violet nor green, which mean face and scene.
ATTENTION_MAP = matplotlib.colormaps["cividis"]


def rgb255(color: str) -> NDArray[np.float32]:
    """Return a colour such as ``"#8A3FD1"`` as (3,) float32 in [0, 255]."""
    return np.asarray(np.multiply(to_rgb(color), 255), np.float32)


def luma(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (..., 3) RGB as (..., 1) grey in [0, 255] (ITU-R BT.601)."""
    return np.asarray(image @ np.array([[0.299], [0.587], [0.114]], np.float32))


def blend(
    base: NDArray[np.uint8] | NDArray[np.float32], over: NDArray[np.float32], alpha: NDArray[np.float32] | float
) -> NDArray[np.float32]:
    """Return ``over`` laid on ``base``, both (..., 3) in [0, 255], with opacity ``alpha`` in [0, 1]."""
    return np.asarray(base + (over - base) * np.float32(alpha), np.float32)


def as_bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return values in [0, 255] rounded to uint8."""
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)
