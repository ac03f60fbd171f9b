"""Many photos at once: how often each label, where the network looked, how it weighed, whether it can be believed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.attention import draw_multiples
from glamor.figures.canvas import LINE, MARGIN, SMALL, WIDTH, Box
from glamor.figures.colours import (
    ATTENTION_MAP,
    BACKGROUND,
    CONTEXT_COLOR,
    EMPTY_BAR,
    FACE_COLOR,
    FOR_COLOR,
    INK,
    MUTED,
    QUIET_BAR,
    as_bytes,
)

ROW = 0.245
NAMES = 0.88
COLUMNS = 2
PHOTO_SHAPE = 3 / 4  # rows over columns of the blank photo that stands for all
RIDGE = 0.46
Floats = NDArray[np.floating]


def counts_figure(names: Sequence[str], counts: Sequence[int]) -> Figure:
    """Draw how many faces got each label.

    Args:
        names: one a class, in the order of the logits.
        counts: how many faces each.

    Returns:
        A figure of one bar a class, the longest as long as there is room.
    """
    figure = canvas.new_figure(ROW * len(names) + 2 * MARGIN)
    most, total = max(1, *counts), max(1, sum(counts))
    left, right = NAMES, WIDTH - MARGIN - 0.95
    for i, (name, count) in enumerate(zip(names, counts, strict=True)):
        y = MARGIN + i * ROW
        canvas.add_text(figure, MARGIN, y + ROW / 2, name, va="center_baseline", fontsize=9.5)
        end = left + count / most * (right - left)
        canvas.add_bar(figure, (left, y + 0.17 * ROW, right, y + 0.83 * ROW), EMPTY_BAR)
        canvas.add_bar(figure, (left, y + 0.17 * ROW, end, y + 0.83 * ROW), QUIET_BAR)
        words = f"{count:,} ({count / total:.0%})"
        canvas.add_text(figure, WIDTH - MARGIN, y + ROW / 2, words, ha="right", va="center_baseline")
    return figure


def mean_attention_figure(
    names: Sequence[str], counts: Sequence[int], maps: Sequence[Floats | None], region_share_xyxy: Box
) -> Figure:
    """Draw the mean attention of each label's faces, where it lies on a photo.

    All maps share one scale, so that they can be compared.

    Args:
        names: one a class.
        counts: faces of each.
        maps: (h, w) each, sums to 1; None where there is no face.
        region_share_xyxy: the part of a photo that the maps cover, in shares of its sides.

    Returns:
        A figure of one blank photo a class with its map on the region, and the scale.
    """
    wide = (WIDTH - (COLUMNS + 1) * MARGIN) / COLUMNS
    high = wide * PHOTO_SHAPE
    rows = -(-len(names) // COLUMNS)
    step = high + LINE + 2 * MARGIN
    figure = canvas.new_figure(rows * step + canvas.BAR_HEIGHT + MARGIN)
    known = [attention * attention.size for attention in maps if attention is not None]
    top = max([2.0, *(float(attention.max()) for attention in known)])
    for i, (name, count, attention) in enumerate(zip(names, counts, maps, strict=True)):
        x, y = MARGIN + i % COLUMNS * (wide + MARGIN), MARGIN + i // COLUMNS * step
        canvas.add_text(figure, x, y, name, fontweight="bold")
        canvas.add_text(figure, x + wide, y, f"{count:,} faces" if count != 1 else "1 face", ha="right", color=MUTED)
        _draw_map(figure, attention, (x, y + LINE, x + wide, y + LINE + high), region_share_xyxy, top)
    draw_multiples(figure, rows * step, top, f"{top:.1f}×", "mean attention, as a multiple of uniform")
    return figure


def face_weight_figure(
    names: Sequence[str], counts: Sequence[int], histograms: Sequence[NDArray[np.int64]], means: Sequence[float]
) -> Figure:
    """Draw how the face's fusion weight is spread among each label's faces.

    Args:
        names: one a class.
        counts: faces of each.
        histograms: (bars,) each, counts in equal steps from 0 to 1.
        means: of each; nan without a face.

    Returns:
        A figure of one row of bars a class, each row as high as its own highest bar, a line at its mean.
    """
    figure = canvas.new_figure(len(names) * RIDGE + 2 * LINE + 2 * MARGIN)
    left, right = NAMES, WIDTH - MARGIN - 0.5
    for i, (name, count, histogram, mean) in enumerate(zip(names, counts, histograms, means, strict=True)):
        floor = MARGIN + (i + 1) * RIDGE - 0.06
        canvas.add_text(figure, MARGIN, floor - 0.02, name, va="bottom", fontsize=9.5)
        canvas.add_lines(figure, [((left, floor), (right, floor))], QUIET_BAR)
        if not count:
            canvas.add_text(figure, WIDTH - MARGIN, floor - 0.02, "no face", ha="right", va="bottom", color=MUTED)
            continue
        step = (right - left) / len(histogram)
        for k, value in enumerate(histogram):
            high = (RIDGE - 0.12) * float(value) / float(histogram.max())
            canvas.add_bar(figure, (left + k * step + 0.01, floor - high, left + (k + 1) * step, floor), FACE_COLOR)
        x = left + mean * (right - left)
        canvas.add_lines(figure, [((x, floor - RIDGE + 0.1), (x, floor + 0.04))], INK)
        canvas.add_text(figure, WIDTH - MARGIN, floor - 0.02, f"{mean:.2f}", ha="right", va="bottom")
    foot = MARGIN + len(names) * RIDGE
    for place, words, side in ((left, "0: all scene", "left"), (right, "1: all face", "right")):
        canvas.add_text(figure, place, foot, words, ha=side, color=MUTED)
    canvas.add_text(figure, WIDTH - MARGIN, foot + LINE, "lines and numbers: means", ha="right", color=MUTED)
    return figure


def reliability_figure(
    confidences: Sequence[float],
    accuracies: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    counts: Sequence[int],
) -> Figure:
    """Draw how often answers of some confidence are right; on the diagonal confidence can be believed.

    Args:
        confidences: mean confidence of each bin, in [0, 1].
        accuracies: share of right answers in each.
        lows: lower ends of the 95 % intervals of these shares; nan where unknown.
        highs: upper ends.
        counts: answers in each bin, drawn as the size of its dot.

    Returns:
        A square figure.
    """
    figure = canvas.new_figure(WIDTH)
    axes = figure.add_axes((0.14, 0.13, 0.82, 0.82), facecolor=BACKGROUND)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=SMALL, colors=INK, length=2.5, pad=2)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
    axes.vlines(confidences, lows, highs, color=INK, linewidth=1.0)
    share = np.sqrt(np.asarray(counts) / max(counts))
    axes.scatter(confidences, accuracies, s=12 + 70 * share, color=FOR_COLOR, zorder=3)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    axes.set_xlabel("confidence", fontsize=SMALL, color=INK, labelpad=1)
    axes.set_ylabel("share of right answers", fontsize=SMALL, color=INK, labelpad=2)
    return figure


def _draw_map(figure: Figure, attention: Floats | None, frame: Box, share: Box, top: float) -> None:
    canvas.add_bar(figure, frame, EMPTY_BAR)
    region = canvas.inches(share, (1, 1), frame)
    if attention is None:
        canvas.add_label(figure, "no face", region, frame)
    else:
        canvas.add_image(figure, as_bytes(ATTENTION_MAP(attention * attention.size / top)[..., :3] * 255), region)
    canvas.add_border(figure, region, CONTEXT_COLOR)
