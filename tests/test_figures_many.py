"""Figures of many photos show the numbers they are given, where these belong."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from glamor.figures import ATTENTION_MAP, FACE_COLOR
from glamor.figures.canvas import to_array
from glamor.figures.colours import QUIET_BAR
from glamor.figures.many import counts_figure, face_weight_figure, mean_attention_figure, reliability_figure

REGION = (0.25, 0.25, 0.75, 0.75)


def _colour(share: float) -> np.ndarray:
    return np.round(np.array(ATTENTION_MAP(share)[:3]) * 255).astype(int)


def _has(picture: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Return which pixels have a colour, but for rounding."""
    found: np.ndarray = np.abs(picture.astype(int) - colour).max(axis=2) <= 1
    return found


def _share(picture: np.ndarray, colour: np.ndarray) -> float:
    return float(_has(picture, colour).mean())


def _named(colour: str) -> np.ndarray:
    return np.round(np.array(to_rgb(colour)) * 255).astype(int)


def test_each_labels_map_is_drawn_over_its_blank_photo_on_one_scale() -> None:
    peak = np.zeros((7, 7))
    peak[2, 4] = 1.0
    flat = np.full((7, 7), 1 / 49)
    picture = to_array(mean_attention_figure(["A", "B"], [1, 2], [peak, flat], REGION))
    left, right = np.array_split(picture[: int(0.65 * len(picture))], 2, axis=1)
    top, uniform, bottom = _colour(1.0), _colour(1 / 49), _colour(0.0)
    cell = _share(left, top)
    assert cell > 0.002
    # One cell has it all, the other 48 have nothing; the border covers a little of those at the edge.
    assert _share(left, bottom) == pytest.approx(48 * cell, rel=0.2)
    assert _share(right, uniform) == pytest.approx(_share(left, bottom) + cell, rel=0.02)
    assert _share(right, top) == 0
    _, columns = np.nonzero(_has(left, top))
    assert columns.mean() > left.shape[1] / 2, "right of the middle"


def test_a_label_without_a_face_has_no_map() -> None:
    picture = to_array(mean_attention_figure(["A"], [0], [None], REGION))
    assert _share(picture[: len(picture) // 2], _colour(0.0)) == 0


def test_bars_are_as_long_as_the_counts() -> None:
    picture = to_array(counts_figure(["A", "B", "C"], [10, 5, 0]))
    rows = _has(picture, _named(QUIET_BAR)).sum(axis=1)
    lengths = [int(part.max()) for part in np.array_split(rows, 3)]
    assert lengths[0] == pytest.approx(2 * lengths[1], rel=0.02)
    assert lengths[2] == 0


def test_the_weights_of_a_label_stand_where_they_are() -> None:
    low, high = np.array([4, 0, 0, 0]), np.array([0, 0, 0, 4])
    picture = to_array(face_weight_figure(["A", "B"], [4, 4], [low, high], [0.1, 0.9]))
    _, columns = np.nonzero(_has(picture, _named(FACE_COLOR)))
    middle = picture.shape[1] * 0.5
    assert (columns < middle).any()
    assert (columns > middle).any()


def test_a_bin_that_is_right_as_often_as_it_says_lies_on_the_diagonal() -> None:
    figure = reliability_figure([0.25, 0.75], [0.25, 0.75], [0.1, 0.6], [0.4, 0.9], [10, 40])
    (axes,) = figure.axes
    dots = axes.collections[-1].get_offsets()
    np.testing.assert_allclose(dots, [[0.25, 0.25], [0.75, 0.75]])
    assert axes.get_xlim() == axes.get_ylim()
