"""What each part of a face adds: patches on the face, labelled with their values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.attribution import composite_attribution, draw_scale
from glamor.figures.canvas import Box
from glamor.figures.colours import BACKGROUND, FACE_COLOR, as_bytes
from glamor.figures.inputs import GAP, TITLE

SIDE, SMALL_SIDE = 2.3, 1.0  # inches
OPACITY = 0.75
PATCHES, REPLACED = "Parts of the face", "None left"
_TOP = canvas.MARGIN + TITLE
FRAME: Box = (canvas.MARGIN, _TOP, canvas.MARGIN + SIDE, _TOP + SIDE)
_LEFT = FRAME[2] + GAP
SMALL_FRAME: Box = (_LEFT, _TOP, _LEFT + SMALL_SIDE, _TOP + SMALL_SIDE)


def parts_figure(
    face: NDArray[np.floating],
    replaced: NDArray[np.floating],
    owner: NDArray[np.integer],
    values: Sequence[tuple[str, float]],
    target_name: str = "",
) -> Figure:
    """Draw the parts of a face as labelled patches, and beside them the face without any.

    Args:
        face: (S, S, 3) float RGB in [0, 1], the face input.
        replaced: (S, S, 3), the same with every part missing.
        owner: (S, S), which part each pixel belongs to, from 0.
        values: name and contribution to the logit of each part; those that own no pixel stand below the small picture.
        target_name: the class whose logit is explained, for the scale's caption.
    """
    limit = max((abs(value) for _, value in values), default=0.0)
    patches = composite_attribution(face, np.array([value for _, value in values])[owner], limit, OPACITY)
    figure = canvas.new_figure(FRAME[3] + canvas.MARGIN + canvas.BAR_HEIGHT)
    for title, picture, frame in ((PATCHES, patches, FRAME), (REPLACED, as_bytes(replaced * 255), SMALL_FRAME)):
        canvas.add_text(figure, frame[0], canvas.MARGIN, title, color=FACE_COLOR, fontweight="bold")
        canvas.add_image(figure, picture, frame)
        canvas.add_border(figure, frame, FACE_COLOR)
    canvas.add_lines(figure, _borders(owner), BACKGROUND)
    below = SMALL_FRAME[3] + canvas.LINE
    for part, (name, value) in enumerate(values):
        mask = owner == part
        if mask.any():
            _label(figure, mask, name, value)
        else:
            canvas.add_text(figure, SMALL_FRAME[0], below, f"{name}\n{_signed(value)}")
            below += 3 * canvas.LINE
    draw_scale(figure, FRAME[3] + canvas.MARGIN, limit, False, OPACITY, target_name)
    return figure


def _label(figure: Figure, mask: NDArray[np.bool_], name: str, value: float) -> None:
    """Write a part's name and value where there is most room in it, a word a line if it is narrow there."""
    row, (first, last) = _roomiest(mask)
    inch = SIDE / len(mask)
    room, number = (last - first) * inch, _signed(value)
    words = next(
        (words for words in (f"{name} {number}", f"{name}\n{number}") if _wide(words) < room),
        "\n".join((*name.split(), number)),
    )
    half = _wide(words) / 2
    x = min(max(FRAME[0] + (first + last) / 2 * inch, FRAME[0] + half), FRAME[2] - half)
    paper = {"facecolor": BACKGROUND, "edgecolor": "none", "boxstyle": "round,pad=0.1", "alpha": 0.8}
    style = {"ha": "center", "va": "center", "bbox": paper, "linespacing": 1.0}
    canvas.add_text(figure, x, FRAME[1] + (row + 0.5) * inch, words, **style)


def _wide(words: str) -> float:
    return canvas.LETTER * max(map(len, words.split("\n")))


def _roomiest(mask: NDArray[np.bool_]) -> tuple[float, tuple[int, int]]:
    """Return the middle row of the band with the most room for a line of text, and the columns that are free in it."""
    high = max(1, round(canvas.LINE / SIDE * len(mask)))
    bands = []
    for top in range(len(mask) - high + 1):
        free = np.flatnonzero(np.diff(np.pad(mask[top : top + high].all(axis=0), 1).astype(np.int8)))
        for first, last in zip(free[::2].tolist(), free[1::2].tolist(), strict=True):
            bands.append((last - first, top, (first, last)))
    if not bands:
        rows, columns = np.nonzero(mask)
        return float(rows.mean()), (int(columns.min()), int(columns.max()) + 1)
    widest = max(bands)[0]
    tops = [band for band in bands if band[0] == widest]
    _, top, span = tops[len(tops) // 2]
    return top + (high - 1) / 2, span


def _borders(owner: NDArray[np.integer]) -> list[tuple[canvas.Point, canvas.Point]]:
    """Return the lines between pixels of different parts, inches."""
    inch, (x, y) = SIDE / len(owner), FRAME[:2]
    down = [((x + (j + 1) * inch, y + i * inch), (x + (j + 1) * inch, y + (i + 1) * inch))
            for i, j in np.argwhere(owner[:, 1:] != owner[:, :-1])]  # fmt: skip
    across = [((x + j * inch, y + (i + 1) * inch), (x + (j + 1) * inch, y + (i + 1) * inch))
              for i, j in np.argwhere(owner[1:] != owner[:-1])]  # fmt: skip
    return down + across


def _signed(value: float) -> str:
    return f"{value:+z.1f}".replace("-", "−")
