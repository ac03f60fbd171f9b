"""Whether the scene speaks when the face cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from glamor.figures import canvas
from glamor.figures.canvas import LINE, SMALL
from glamor.figures.colours import BACKGROUND, FACE_COLOR, INK, MUTED, QUIET_BAR
from glamor.figures.trust import PLOT, legend, plot

KINDS = {
    "blur": ("Blurred", "standard deviation, share of the face’s side", "{:g}"),
    "size": ("Small", "pixels left of the side", "{:g}"),
    "cover": ("Covered in the middle", "side of the cover, share of the face’s", "{:g}"),
    "darkness": ("Dark", "brightness left", "{:g}"),
}
LINES = (
    ("fused", "with its scene", INK),
    ("blanked", "without a scene", FACE_COLOR),
    ("other", "wrong scene", QUIET_BAR),
)
EACH = PLOT + 0.75  # inches high, with title and axis


def degradation_figure(curves: Mapping[str, Any]) -> Figure:
    """Draw macro recall against how much of the face is taken away.

    Args:
        curves: what :meth:`glamor.evaluation.degradation.Curves.to_dict` returns.

    Returns:
        A figure with a plot for each kind of degradation and a legend. A filled mark stands where the scene adds to
        macro recall with its whole 95 % interval above 0.
    """
    rows: Sequence[Mapping[str, Any]] = curves["rows"]
    clear = rows[0]
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in rows)]
    figure = canvas.new_figure(len(kinds) * EACH + 3 * LINE + 0.15)
    for i, kind in enumerate(kinds):
        title, unit, ticks = KINDS[kind]
        axes = plot(figure, 0.3 + i * EACH, title, "macro recall")
        _draw(axes, [clear, *(row for row in rows if row["kind"] == kind)])
        strengths = [ticks.format(row["strength"]) for row in rows if row["kind"] == kind]
        axes.set_xticks(range(len(strengths) + 1), ["clear", *strengths])
        axes.set_xlabel(unit, fontsize=SMALL, color=INK, labelpad=1)
    legend(figure, figure.axes[0], len(kinds) * EACH)
    words = "filled: the scene adds (95% interval above 0)"
    canvas.add_text(figure, canvas.MARGIN, len(kinds) * EACH + 2 * LINE + 0.1, words, color=MUTED)
    return figure


def _draw(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    steps = np.arange(len(rows))
    axes.plot(
        steps, [row["w_face"] for row in rows], color=MUTED, linewidth=1, linestyle=":", label="weight of the face"
    )
    for key, name, color in reversed(LINES):
        values = np.array([row[key]["value"] for row in rows])
        axes.plot(steps, values, color=color, linewidth=1.8 if key == "fused" else 1.3, label=name)
        if key == "fused":
            sure = np.array([row["gain"]["low"] > 0 for row in rows])
            axes.plot(steps[~sure], values[~sure], "o", color=color, markersize=4, markerfacecolor=BACKGROUND)
            axes.plot(steps[sure], values[sure], "o", color=color, markersize=4)
    axes.set_ylim(0, 1.02)
