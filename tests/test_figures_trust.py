"""Curves, bars and audits as pictures: what is drawn where, read back from the pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray

from glamor.figures import audit_figure, cascade_figure, reliance_figure, removal_figure, to_array
from glamor.figures.colours import CONTEXT_COLOR, FACE_COLOR, INK, rgb255

K = np.linspace(0, 1, 50)


def count(picture: NDArray[np.uint8], color: str) -> int:
    return int((np.abs(picture.astype(float) - rgb255(color)).max(axis=-1) < 3).sum())


def test_removal_draws_attention_over_all_others_and_grows_with_the_legend() -> None:
    flat = np.full((2, 50), 0.5)
    few = removal_figure(("Attention", "Grad-CAM"), flat, flat, 1 - K, 0.9 - K, 1.1 - K, "Happy")
    many = removal_figure([str(n) for n in range(13)], np.ones((13, 50)), np.ones((13, 50)), K, K, K)
    assert to_array(few).shape[1] == 720
    assert to_array(many).shape[0] > to_array(few).shape[0]
    deletion, insertion = few.axes
    for axes in (deletion, insertion):
        top = max(axes.lines, key=lambda line: line.get_zorder() * 100 + axes.lines.index(line))
        assert top.get_label() == "Attention"
        assert top.get_color() == INK
    random = {axes: axes.lines[0].get_ydata() for axes in (deletion, insertion)}
    assert list(np.asarray(random[insertion])) == list(np.asarray(random[deletion])[::-1])
    assert "Happy" in deletion.get_ylabel()


def test_every_method_has_a_line_of_its_own() -> None:
    figure = cascade_figure([str(n) for n in range(12)], ("trained", "head"), np.ones((12, 2)), 0.5)
    styles = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines[:12]}
    assert len(styles) == 12


def test_a_map_that_turned_into_its_opposite_does_not_push_the_label_off_the_figure() -> None:
    figure = cascade_figure(["Saliency"], ("trained", "head"), np.array([[1.0, -0.4]]), 0.5)
    FigureCanvasAgg(figure).draw()
    label = figure.axes[0].yaxis.label.get_window_extent()
    assert label.x0 >= 0
    assert label.y0 >= 0


@pytest.mark.parametrize("lost", [(0.5, 0.25), (0.5, -0.25)])
def test_reliance_bars_are_as_long_as_their_values(lost: tuple[float, float]) -> None:
    picture = to_array(reliance_figure((0.5, 0.5), (1.0, 0.0), lost))
    widths = [
        [count(picture[row : row + 1], color) for color in (FACE_COLOR, CONTEXT_COLOR)]
        for row in (round(200 * (0.09 + 0.5 * i + 0.275)) for i in range(3))
    ]
    full = 684  # 3.42 inches
    expected = [[0.5 * full, 0.5 * full], [full, 0], [lost[0] * full, max(lost[1], 0) * full]]
    assert np.abs(np.array(widths) - expected).max() <= 3


def test_an_audit_has_a_row_for_each_defined_figure() -> None:
    def measure(value: float | None) -> dict[str, float | None]:
        return {"value": value, "low": None if value is None else value - 0.1, "high": value and value + 0.1}

    def entry(name: str, similarity: float | None) -> dict[str, Any]:
        gains = {"deletion_gain": measure(0.2), "insertion_gain": measure(-0.1)}
        return {"name": name, **gains, "similarity": measure(similarity)}

    keys = ("fusion_face", "attribution_face", "lost_face", "lost_scene")
    audit = {
        "dataset": "scenes",
        "split": "val",
        "count": 3,
        "maps": [entry("Attention", None), entry("Grad-CAM", 0.3)],
        "reliance": {key: measure(0.4) for key in keys},
    }
    words = [text.get_text() for text in audit_figure(audit).texts]
    assert words.count("Attention") == 2
    assert words.count("Grad-CAM") == 3
    assert words.count("−0.10") == 2
    assert "scenes/val: 3 photos" in words


def test_a_loss_that_rounds_to_nothing_has_no_sign() -> None:
    measure = {"value": -0.004, "low": -0.1, "high": 0.1}
    maps = [{"name": "Grad-CAM", "deletion_gain": measure, "insertion_gain": measure, "similarity": measure}]
    keys = ("fusion_face", "attribution_face", "lost_face", "lost_scene")
    audit = {"dataset": "scenes", "split": "val", "count": 1, "maps": maps, "reliance": dict.fromkeys(keys, measure)}
    words = [text.get_text() for text in audit_figure(audit).texts]
    assert words.count("0.00") == 7
