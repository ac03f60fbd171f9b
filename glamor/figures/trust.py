"""How far an explanation can be trusted: curves of removal and of randomisation, reliance, an audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.canvas import LINE, MARGIN, SMALL, WIDTH
from glamor.figures.colours import (
    AGAINST_COLOR,
    BACKGROUND,
    CONTEXT_COLOR,
    EMPTY_BAR,
    FACE_COLOR,
    FOR_COLOR,
    INK,
    MUTED,
    QUIET_BAR,
)
from glamor.words import percent

Floats = NDArray[np.floating]

PLOT = 1.75  # inches high
LEFT, RIGHT = 0.45, 0.12  # inches beside a plot
ROW = 0.245
TITLE = 0.3
# Twelve methods: neither violet nor green, which mean face and scene; told apart by dashes as well.
LINES = [(color, style) for style in ("-", "--", ":") for color in (FOR_COLOR, AGAINST_COLOR, "#B8860B", "#C2185B")]


def removal_figure(
    names: Sequence[str],
    deletion: Floats,
    insertion: Floats,
    random_mean: Floats,
    random_low: Floats,
    random_high: Floats,
    target_name: str = "",
) -> Figure:
    """Draw deletion and insertion curves over the band of random orders.

    Args:
        names: one a map; the first is attention and is drawn in ink.
        deletion: (maps, k), the target's probability with the k first cells removed.
        insertion: (maps, k), with only the k first cells shown.
        random_mean: (k,), of random deletion; read backwards, of random insertion.
        random_low: (k,), lower edge of its 95 % band.
        random_high: (k,), upper edge.
        target_name: the class, for the axis.

    Returns:
        A figure with two plots, one above the other, and a legend.
    """
    legend_rows = -(-(len(names) + 1) // 2)
    figure = canvas.new_figure(2 * (PLOT + 0.7) + legend_rows * LINE + 0.1)
    band = (random_mean, random_low, random_high)
    for i, (words, curves, edges) in enumerate(
        (
            ("Deletion: the sooner it falls, the better", deletion, band),
            ("Insertion: the sooner it rises, the better", insertion, tuple(edge[::-1] for edge in band)),
        )
    ):
        axes = plot(figure, 0.3 + i * (PLOT + 0.7), words, f"probability of {target_name or 'the class'}")
        _draw_removal(axes, names, curves, edges, "removed" if i == 0 else "shown")
    legend(figure, figure.axes[0], 2 * (PLOT + 0.7))
    return figure


def cascade_figure(names: Sequence[str], stages: Sequence[str], similarity: Floats, limit: float) -> Figure:
    """Draw how similar each map stays while the network is randomised, from its output to its input.

    Args:
        names: one a map.
        stages: ``"trained"``, then the part that is randomised in addition at each stage.
        similarity: (maps, stages), SSIM with the trained network's map.
        limit: similarity beyond which a map hardly depends on what was learned.

    Returns:
        A figure with one plot and a legend.
    """
    legend_rows = -(-(len(names) + 1) // 2)
    figure = canvas.new_figure(PLOT + 1.25 + legend_rows * LINE)
    axes = plot(figure, 0.3, "Cascading randomisation: should fall", "similarity (SSIM)")
    for i, name in enumerate(names):
        color, style = LINES[i % len(LINES)]
        axes.plot(similarity[i], color=color, linestyle=style, linewidth=1.4, marker="o", markersize=2.5, label=name)
    axes.axhline(limit, color=MUTED, linewidth=0.8, linestyle=(0, (1, 1)), label="too similar above")
    axes.set_xticks(range(len(stages)), stages, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(np.linspace(0, 1, 6))  # a minus sign would push the label off the figure
    axes.set_ylim(min(-0.05, float(similarity.min(initial=0))), 1.05)
    legend(figure, axes, PLOT + 1.15)
    return figure


def reliance_figure(
    fusion_weights: Sequence[float], attribution: Sequence[float], probability_lost: Sequence[float]
) -> Figure:
    """Draw what the network says it relies on above what it does rely on.

    Args:
        fusion_weights: (face, scene), sum to 1.
        attribution: (face, scene), shares of the absolute Integrated Gradients.
        probability_lost: (face, scene), in [-1, 1], when that input is blanked.

    Returns:
        A figure of three bars; of the losses only what is lost is drawn, the words say all.
    """
    figure = canvas.new_figure(3 * 0.5 + 2 * MARGIN)
    lost = [max(value, 0.0) for value in probability_lost]
    rows = (
        ("stated: fusion weights", fusion_weights, list(map(percent, fusion_weights))),
        ("measured: Integrated Gradients", attribution, list(map(percent, attribution))),
        ("measured: probability change without it", lost, [_change(-value) for value in probability_lost]),
    )
    for i, (words, pair, shown) in enumerate(rows):
        _draw_pair(figure, MARGIN + 0.5 * i, words, pair, shown)
    return figure


def audit_figure(audit: Mapping[str, Any]) -> Figure:
    """Draw what an audit found of every map, with 95 % intervals over its photos.

    Args:
        audit: what :meth:`glamor.evaluation.audit_report.Audit.to_dict` returns.

    Returns:
        A figure: gain of deletion and of insertion over random orders, similarity after all
        weights are randomised, and reliance.
    """
    maps = audit["maps"]
    sections = (
        ("Deletion: gain over random orders", "deletion_gain", AGAINST_COLOR),
        ("Insertion: gain over random orders", "insertion_gain", FOR_COLOR),
        ("Similarity after randomisation (SSIM)", "similarity", QUIET_BAR),
    )
    height = sum(TITLE + ROW * len(_known(maps, key)) for _, key, _ in sections)
    reliance = _reliance_rows(audit)
    figure = canvas.new_figure(TITLE + height + TITLE + ROW * len(reliance) + LINE + 3 * MARGIN)
    _title(figure, 0, f"{audit['dataset']}/{audit['split']}: {audit['count']} photos")
    y = TITLE
    for words, key, color in sections:
        y = _draw_section(figure, y, words, [(entry["name"], entry[key], color) for entry in _known(maps, key)])
    y = _draw_section(figure, y, "Face: stated and measured reliance", reliance)
    canvas.add_text(figure, MARGIN, y + MARGIN, "lines: 95% intervals over the photos", color=MUTED)
    return figure


def plot(figure: Figure, top: float, title: str, ylabel: str) -> Axes:
    """Return an empty plot as wide as the figure, its upper edge ``top`` inches from the figure's."""
    height = figure.get_figheight()
    box = (LEFT / WIDTH, 1 - (top + PLOT) / height, (WIDTH - LEFT - RIGHT) / WIDTH, PLOT / height)
    axes = figure.add_axes(box, facecolor=BACKGROUND)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=SMALL, colors=INK, length=2.5, pad=2)
    axes.set_title(title, fontsize=9.5, fontweight="bold", color=INK, loc="left", x=-(LEFT - MARGIN) / (WIDTH - 0.57))
    axes.set_ylabel(ylabel, fontsize=SMALL, color=INK, labelpad=2)
    return axes


def _draw_removal(axes: Axes, names: Sequence[str], curves: Floats, band: Sequence[Floats], what: str) -> None:
    mean, low, high = band
    k = np.arange(len(mean))
    axes.fill_between(k, low, high, color=EMPTY_BAR, linewidth=0)
    axes.plot(k, mean, color=QUIET_BAR, linewidth=1.2, label="random, 95% band")
    for i in reversed(range(len(names))):  # attention on top
        color, style = (INK, "-") if i == 0 else LINES[(i - 1) % len(LINES)]
        axes.plot(k, curves[i], color=color, linestyle=style, linewidth=2.0 if i == 0 else 1.3, label=names[i])
    axes.set_xlim(0, len(mean) - 1)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(f"cells {what}", fontsize=SMALL, color=INK, labelpad=1)


def legend(figure: Figure, axes: Axes, top: float) -> None:
    """Name a plot's lines in two columns, ``top`` inches from the figure's upper edge."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles[::-1],
        labels[::-1],
        loc="upper left",
        bbox_to_anchor=(0.0, 1 - top / figure.get_figheight()),
        ncols=2,
        fontsize=SMALL - 0.5,
        frameon=False,
        labelcolor=INK,
        handlelength=1.8,
        columnspacing=0.8,
        labelspacing=0.25,
    )


def _change(value: float) -> str:
    rounded = round(100 * value)
    return f"{rounded:+d}%".replace("-", "−") if rounded else "0%"


def _draw_pair(figure: Figure, y: float, words: str, pair: Sequence[float], shown: Sequence[str]) -> None:
    whole = max(1.0, pair[0] + pair[1])  # two losses can add up to more than 1
    top, bottom = y + 0.19, y + 0.36
    canvas.add_text(figure, WIDTH / 2, y, words, ha="center")
    canvas.add_text(figure, MARGIN, y, shown[0], color=FACE_COLOR, fontweight="bold")
    canvas.add_text(figure, WIDTH - MARGIN, y, shown[1], color=CONTEXT_COLOR, ha="right", fontweight="bold")
    canvas.add_bar(figure, (MARGIN, top, WIDTH - MARGIN, bottom), EMPTY_BAR)
    face, scene = (value / whole * (WIDTH - 2 * MARGIN) for value in pair)
    canvas.add_bar(figure, (MARGIN, top, MARGIN + face, bottom), FACE_COLOR)
    canvas.add_bar(figure, (WIDTH - MARGIN - scene, top, WIDTH - MARGIN, bottom), CONTEXT_COLOR)


def _known(maps: Sequence[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
    return [entry for entry in maps if entry[key]["value"] is not None]


def _reliance_rows(audit: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], str]]:
    reliance = audit["reliance"]
    rows = (
        ("fusion weight", reliance["fusion_face"], FACE_COLOR),
        ("share of IG", reliance["attribution_face"], FACE_COLOR),
        ("lost without face", reliance["lost_face"], FACE_COLOR),
        ("lost without scene", reliance["lost_scene"], CONTEXT_COLOR),
    )
    return [row for row in rows if row[1]["value"] is not None]


def _title(figure: Figure, y: float, words: str) -> None:
    canvas.add_text(figure, MARGIN, y + TITLE / 2, words, va="center_baseline", fontsize=9.5, fontweight="bold")


def _draw_section(figure: Figure, y: float, words: str, rows: Sequence[tuple[str, Mapping[str, Any], str]]) -> float:
    """Draw a titled list of bars on one scale that includes 0; return where it ends."""
    _title(figure, y, words)
    values = [0.0, *(float(m[side]) for _, m, _ in rows for side in ("value", "low", "high") if m[side] is not None)]
    low, high = min(values), max(*values, 1e-6)
    for i, (name, measure, color) in enumerate(rows):
        _draw_measure(figure, y + TITLE + i * ROW, name, measure, color, (low, high))
    return y + TITLE + ROW * len(rows)


def _draw_measure(
    figure: Figure, y: float, name: str, measure: Mapping[str, Any], color: str, limits: tuple[float, float]
) -> None:
    left, right = 1.4, WIDTH - MARGIN - 0.42

    def place(value: float) -> float:
        return left + (value - limits[0]) / (limits[1] - limits[0]) * (right - left)

    upper, middle, lower = y + 0.2 * ROW, y + ROW / 2, y + 0.8 * ROW
    ends = sorted((place(0.0), place(measure["value"])))
    canvas.add_text(figure, MARGIN, middle, name, va="center_baseline")
    canvas.add_bar(figure, (left, upper, right, lower), EMPTY_BAR)
    canvas.add_bar(figure, (ends[0], upper, ends[1], lower), color)
    canvas.add_lines(figure, [((place(0.0), y), (place(0.0), y + ROW))], MUTED)
    if measure["low"] is not None and measure["high"] is not None:
        canvas.add_lines(figure, [((place(measure["low"]), middle), (place(measure["high"]), middle))], INK)
    shown = f"{round(measure['value'], 2) + 0.0:.2f}".replace("-", "−")  # no minus zero
    canvas.add_text(figure, WIDTH - MARGIN, middle, shown, ha="right", va="center_baseline")
