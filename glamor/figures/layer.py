"""A figure without its paper, for a page that may be light or dark."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures.canvas import Picture, to_array
from glamor.figures.colours import BACKGROUND, rgb255

INKED = 239  # of 255: ink is never as opaque as a picture, which is how a page tells them apart


def to_layer(figure: Figure) -> NDArray[np.uint8]:
    """Return the drawn figure as (H, W, 4) uint8 RGBA: pictures opaque, ink as opaque as it is dark, paper clear.

    On the figure's own paper it looks as :func:`glamor.figures.to_array` has it, but for the blackest ink, which is a
    sixteenth lighter.
    """
    drawn, paper = to_array(figure), rgb255(BACKGROUND)
    layer = np.zeros((*drawn.shape[:2], 4), np.uint8)
    red, green, blue = (drawn[..., channel] != paper[channel] for channel in range(3))
    marked = red | green | blue  # few: most is paper, or pictures
    pictures = [artist for artist in figure.artists if isinstance(artist, Picture)]
    frames = [tuple(round(side * figure.dpi) for side in picture.box) for picture in pictures]
    for left, top, right, bottom in frames:
        marked[top:bottom, left:right] = False
    layer[marked] = _ink(drawn[marked], paper)
    for left, top, right, bottom in frames:
        layer[top:bottom, left:right, :3] = drawn[top:bottom, left:right]
        layer[top:bottom, left:right, 3] = 255
    return layer


def _ink(drawn: NDArray[np.uint8], paper: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return (N, 3) pixels drawn on paper as (N, 4) that look so when they lie on it."""
    missing = np.clip((paper - drawn) / paper, 0, 1).max(axis=1, keepdims=True)
    alpha = np.minimum(missing, INKED / 255)
    ink = (drawn - paper * (1 - alpha)) / np.maximum(alpha, 1 / 255)
    return np.hstack([np.clip(ink, 0, 255), alpha * 255]).round().astype(np.uint8)


def on_paper(layer: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (H, W, 4) RGBA as (H, W, 3) RGB on the figures' own paper."""
    alpha = layer[..., 3:] / np.float32(255)
    return np.asarray((layer[..., :3] * alpha + rgb255(BACKGROUND) * (1 - alpha)).round(), np.uint8)
