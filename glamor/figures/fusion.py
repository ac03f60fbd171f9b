"""How the answer follows the weight of the face: seven curves, and where the label flips."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.canvas import LETTER, LINE, MARGIN, WIDTH, Box
from glamor.figures.colours import (
    AGAINST_COLOR,
    BACKGROUND,
    CONTEXT_COLOR,
    EMPTY_BAR,
    FACE_COLOR,
    FOR_COLOR,
    INK,
    MUTED,
)

Floats = NDArray[np.floating]

LEFT, PLOT = 0.46, 1.75  # inches beside the plot, and its height
STRIP = LINE + 0.08  # above the plot, clear of a curve at 100 %
_TOP = MARGIN + 2 * LINE + STRIP
FRAME: Box = (LEFT, _TOP, WIDTH - MARGIN - 0.06, _TOP + PLOT)
# Neither violet nor green, which mean face and scene; told apart by dashes as well.
STYLES = [(color, style) for style in ("-", "--") for color in (FOR_COLOR, AGAINST_COLOR, "#B8860B", "#C2185B")]
THIN, THICK = 1.1, 2.6
KEY_COLUMNS = 3


def fusion_figure(
    class_names: Sequence[str],
    w_face: Floats,
    probabilities: Floats,
    flips: Sequence[float],
    learned: float,
    current: float | None = None,
) -> Figure:
    """Draw every class's probability for every weight of the face.

    The class that leads is drawn thick and named in the strip above the plot; a dotted line
    stands where the label flips. The weight that the network chose itself has a dashed line.

    Args:
        class_names: one a class, at most eight.
        w_face: (steps,) from 0, the scene alone, to 1, the face alone.
        probabilities: (steps, classes), each row sums to 1.
        flips: every weight at which the leading class changes, in order.
        learned: the weight that the network chose itself.
        current: the weight that is set by hand; None for none.

    Returns:
        A figure.
    """
    key_rows = -(-len(class_names) // KEY_COLUMNS)
    bottom = FRAME[3] + 3 * LINE
    figure = canvas.new_figure(bottom + key_rows * LINE + MARGIN)
    _draw_axes(figure)
    _draw_curves(figure, w_face, probabilities)
    _draw_mark(figure, learned, MARGIN, f"network’s own {learned:.2f}", "--")
    if current is not None:
        _draw_mark(figure, current, MARGIN + LINE, f"set by hand {current:.2f}", "-")
    _draw_strip(figure, class_names, w_face, probabilities, flips)
    _draw_key(figure, class_names, bottom)
    return figure


def place_of(w_face: float) -> float:
    """Return how many inches right of the figure's left edge a weight stands."""
    return FRAME[0] + w_face * (FRAME[2] - FRAME[0])


def _draw_axes(figure: Figure) -> None:
    left, _, right, bottom = FRAME
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - share * PLOT
        canvas.add_lines(figure, [((left, y), (right, y))], MUTED if share == 0 else EMPTY_BAR)
        canvas.add_text(figure, left - 0.05, y, f"{share:.0%}", ha="right", va="center_baseline", color=MUTED)
        x = place_of(share)
        canvas.add_lines(figure, [((x, bottom), (x, bottom + 0.04))], MUTED)
        canvas.add_text(figure, x, bottom + 0.06, f"{share:g}", ha="center", color=MUTED)
    style = {"fontweight": "bold"}
    canvas.add_text(figure, left, bottom + 0.06 + LINE, "scene alone", color=CONTEXT_COLOR, **style)
    canvas.add_text(figure, right, bottom + 0.06 + LINE, "face alone", color=FACE_COLOR, ha="right", **style)
    canvas.add_text(figure, (left + right) / 2, bottom + 0.06 + LINE, "weight of the face", ha="center")


def _draw_strip(
    figure: Figure, names: Sequence[str], w_face: Floats, probabilities: Floats, flips: Sequence[float]
) -> None:
    """Name the leading class of each stretch between flips where there is room for its name."""
    style = {"ha": "center", "va": "center_baseline", "fontweight": "bold"}
    paper = {"facecolor": BACKGROUND, "edgecolor": "none", "boxstyle": "round,pad=0.1"}  # a mark may run behind it
    for start, stop in pairwise((0.0, *flips, 1.0)):
        leader = _leader(w_face, probabilities, (start + stop) / 2)
        room = place_of(stop) - place_of(start)
        if LETTER * len(names[leader]) < room:
            middle = (place_of(start) + place_of(stop)) / 2
            canvas.add_text(figure, middle, FRAME[1] - STRIP + LINE / 2, names[leader], bbox=paper, **style)
    for flip in flips:
        x = place_of(flip)
        canvas.add_path(figure, np.array([(x, FRAME[1] - STRIP), (x, FRAME[3])]), INK, 0.8, ":")


def _draw_curves(figure: Figure, w_face: Floats, probabilities: Floats) -> None:
    x, y = place_of(0) + w_face * (FRAME[2] - FRAME[0]), FRAME[3] - probabilities * PLOT
    leads = probabilities >= probabilities.max(axis=1, keepdims=True)
    for i in range(probabilities.shape[1]):
        color, style = STYLES[i % len(STYLES)]
        canvas.add_path(figure, np.column_stack((x, y[:, i])), color, THIN, style)
        thick = np.column_stack((x, np.where(leads[:, i], y[:, i], np.nan)))
        if leads[:, i].any():
            canvas.add_path(figure, thick, color, THICK, style)


def _draw_mark(figure: Figure, weight: float, top: float, words: str, style: str) -> None:
    x, half = place_of(weight), LETTER * len(words) / 2
    canvas.add_path(figure, np.array([(x, top + LINE), (x, FRAME[3])]), INK, 1.2, style)
    middle = max(MARGIN + half, min(x, WIDTH - MARGIN - half))
    canvas.add_text(figure, middle, top + LINE / 2, words, ha="center", va="center_baseline")


def _draw_key(figure: Figure, names: Sequence[str], top: float) -> None:
    column = (WIDTH - 2 * MARGIN) / KEY_COLUMNS
    for i, name in enumerate(names):
        x, y = MARGIN + i % KEY_COLUMNS * column, top + (i // KEY_COLUMNS + 0.5) * LINE
        color, style = STYLES[i % len(STYLES)]
        canvas.add_path(figure, np.array([(x, y), (x + 0.3, y)]), color, 1.8, style)
        canvas.add_text(figure, x + 0.37, y, name, va="center_baseline")


def _leader(w_face: Floats, probabilities: Floats, weight: float) -> int:
    return int(probabilities[int(np.abs(w_face - weight).argmin())].argmax())
