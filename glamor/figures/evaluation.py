"""How good it is: what was taken for what, and what each part of the network is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from glamor.figures import canvas
from glamor.figures.canvas import LINE, MARGIN, WIDTH
from glamor.figures.colours import (
    BACKGROUND,
    CONTEXT_COLOR,
    EMPTY_BAR,
    FACE_COLOR,
    INK,
    MUTED,
    QUIET_BAR,
    as_bytes,
    blend,
    rgb255,
)

ROW = 0.245
TITLE = 0.3
NAMES = 0.75  # room for a class name beside the matrix
# A condition that leaves one branch alone has that branch's colour.
CONDITION_COLORS = {"context blanked": FACE_COLOR, "face only": FACE_COLOR, "face blanked": CONTEXT_COLOR}


def evaluation_figure(evaluation: Mapping[str, Any]) -> Figure:
    """Draw an evaluation: confusions, recall of each class, macro recall under each condition.

    Args:
        evaluation: what :meth:`glamor.evaluation.evaluate.Evaluation.to_dict` returns; its first report is
            the one whose confusions and classes are drawn.

    Returns:
        A figure; 95 % intervals are drawn under the bars, with a mark where guessing is.
    """
    first = evaluation["reports"][0]
    names = [entry["name"] for entry in first["classes"]]
    conditions = [report for report in evaluation["reports"] if report["subset"] == "all"]
    side = WIDTH - NAMES - MARGIN
    matrix_end = TITLE + side + 2 * LINE
    recalls_end = matrix_end + TITLE + ROW * len(names)
    note_top = recalls_end + TITLE + ROW * len(conditions) + MARGIN / 2
    figure = canvas.new_figure(note_top + LINE + MARGIN)

    _draw_title(figure, 0, f"{evaluation['dataset']}/{evaluation['split']}: {first['count']} pictures")
    _draw_matrix(figure, TITLE, side, names, first["confusion"])
    _draw_title(figure, matrix_end, "Recall of each class")
    for i, entry in enumerate(first["classes"]):
        label = f"{entry['name']} ({entry['count']})"
        _draw_measure(figure, matrix_end + TITLE + i * ROW, label, entry["recall"], QUIET_BAR, len(names))
    _draw_title(figure, recalls_end, "Mean recall of the classes (macro recall)")
    for i, report in enumerate(conditions):
        color = CONDITION_COLORS.get(report["condition"], QUIET_BAR)
        y = recalls_end + TITLE + i * ROW
        _draw_measure(figure, y, report["condition"].capitalize(), report["macro_recall"], color, len(names))
    canvas.add_text(figure, MARGIN, note_top, f"lines: 95% intervals; marks: guessing, 1/{len(names)}", color=MUTED)
    return figure


def confusion_figure(names: Sequence[str], confusion: Sequence[Sequence[int]]) -> Figure:
    """Draw what was taken for what.

    Args:
        names: one a class.
        confusion: (classes, classes) counts, row = true class.
    """
    side = WIDTH - NAMES - MARGIN
    figure = canvas.new_figure(MARGIN + side + 2 * LINE + MARGIN)
    _draw_matrix(figure, MARGIN, side, names, confusion)
    return figure


def _draw_title(figure: Figure, y: float, words: str) -> None:
    canvas.add_text(figure, MARGIN, y + TITLE / 2, words, va="center_baseline", fontsize=9.5, fontweight="bold")


def _draw_matrix(
    figure: Figure, top: float, side: float, names: Sequence[str], confusion: Sequence[Sequence[int]]
) -> None:
    counts = np.array(confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shade = blend(np.broadcast_to(rgb255(EMPTY_BAR), (*shares.shape, 3)), rgb255(INK), shares[..., None])
    canvas.add_image(figure, as_bytes(shade), (NAMES, top, NAMES + side, top + side))
    cell = side / len(names)
    for i, j in np.ndindex(*counts.shape):
        x, y = NAMES + (j + 0.5) * cell, top + (i + 0.5) * cell
        color = BACKGROUND if shares[i, j] > 0.4 else INK
        canvas.add_text(figure, x, y, str(counts[i, j]), ha="center", va="center_baseline", color=color)
    for i, name in enumerate(names):
        canvas.add_text(figure, MARGIN, top + (i + 0.5) * cell, name, va="center_baseline")
        canvas.add_text(figure, NAMES + (i + 0.5) * cell, top + side + 0.04, name[:4], ha="center")
    canvas.add_text(
        figure, WIDTH / 2, top + side + LINE + 0.04, "row: the label, column: the answer", ha="center", color=MUTED
    )


def _draw_measure(
    figure: Figure, y: float, label: str, measure: Mapping[str, float | None], color: str, classes: int
) -> None:
    """Draw one row: a label, a bar from 0 to 1, under it the interval, and the value."""
    left, right = 1.25, WIDTH - MARGIN - 0.4
    upper, middle, lower = y + 0.15 * ROW, y + ROW / 2, y + 0.85 * ROW
    under, whiskers = y + 0.55 * ROW, y + 0.7 * ROW
    canvas.add_text(figure, MARGIN, middle, label, va="center_baseline")
    canvas.add_bar(figure, (left, upper, right, lower), EMPTY_BAR)
    value, low, high = measure["value"], measure["low"], measure["high"]
    words = "none" if value is None else f"{value:.2f}"
    canvas.add_text(figure, WIDTH - MARGIN, middle, words, ha="right", va="center_baseline")
    if value is not None:
        canvas.add_bar(figure, (left, upper, left + value * (right - left), under), color)
    if low is not None and high is not None:
        ends = left + low * (right - left), left + high * (right - left)
        across = ((ends[0], whiskers), (ends[1], whiskers))
        canvas.add_lines(figure, [across, *(((x, whiskers - 0.025), (x, whiskers + 0.025)) for x in ends)], INK)
    guess = left + (right - left) / classes
    canvas.add_lines(figure, [((guess, under), (guess, lower + 0.03))], MUTED)
