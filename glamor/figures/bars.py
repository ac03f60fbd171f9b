"""How it weighed, and what it answered: the numbers that need no photo."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.canvas import MARGIN, WIDTH
from glamor.figures.colours import BACKGROUND, CONTEXT_COLOR, EMPTY_BAR, FACE_COLOR, INK, MUTED, QUIET_BAR

ROW = 0.245
SPLIT = 0.01


def fusion_bar(weights: Sequence[float] | NDArray[np.floating]) -> Figure:
    """Draw how much the network listened to the face and to the scene.

    Args:
        weights: (face, context), non-negative, sum to 1.

    Returns:
        A figure with one bar, split between the two.
    """
    face, context = float(weights[0]), float(weights[1])
    figure = canvas.new_figure(0.86)
    top, bottom, middle = 0.34, 0.60, WIDTH / 2
    split = MARGIN + face * (WIDTH - 2 * MARGIN)
    canvas.add_bar(figure, (MARGIN, top, split, bottom), FACE_COLOR)
    canvas.add_bar(figure, (split, top, WIDTH - MARGIN, bottom), CONTEXT_COLOR)
    if 0 < face < 1:
        canvas.add_bar(figure, (split - SPLIT / 2, top, split + SPLIT / 2, bottom), BACKGROUND)
    canvas.add_lines(figure, [((middle, bottom + 0.015), (middle, bottom + 0.055))], MUTED)
    style = {"fontsize": 11, "fontweight": "bold"}
    canvas.add_text(figure, MARGIN, 0.10, f"Face {face:.1%}", color=FACE_COLOR, **style)
    canvas.add_text(figure, WIDTH - MARGIN, 0.10, f"Scene {context:.1%}", color=CONTEXT_COLOR, ha="right", **style)
    canvas.add_text(figure, middle, bottom + 0.075, "half and half", ha="center", color=MUTED)
    return figure


def probability_bar(class_names: Sequence[str], probabilities: Sequence[float] | NDArray[np.floating]) -> Figure:
    """Draw one horizontal bar a class, in class order, the most probable one accented.

    The order never changes, so that faces and photos can be compared at a glance.

    Args:
        class_names: one a class, in the order of the logits.
        probabilities: (classes,), in [0, 1].

    Returns:
        A figure; every bar is on the same scale from 0 to 100 %.
    """
    figure = canvas.new_figure(ROW * len(class_names) + 2 * MARGIN)
    top = int(np.argmax(probabilities))
    for index, (name, probability) in enumerate(zip(class_names, probabilities, strict=True)):
        _draw_row(figure, MARGIN + index * ROW, name, float(probability), index == top)
    return figure


def _draw_row(figure: Figure, y: float, name: str, probability: float, accented: bool) -> None:
    left, right = 0.88, WIDTH - MARGIN - 0.62
    upper, lower = y + 0.17 * ROW, y + 0.83 * ROW
    canvas.add_bar(figure, (left, upper, right, lower), EMPTY_BAR)
    end = left + probability * (right - left)
    canvas.add_bar(figure, (left, upper, end, lower), INK if accented else QUIET_BAR)
    style = {"va": "center_baseline", "fontsize": 9.5, "fontweight": "bold" if accented else "normal"}
    canvas.add_text(figure, MARGIN, y + ROW / 2, name, **style)
    canvas.add_text(figure, WIDTH - MARGIN, y + ROW / 2, f"{probability:.1%}", ha="right", **style)
