"""The laboratory's figures: what is drawn where, read back from the pixels and the words."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from glamor import figures
from glamor.figures import ATTENTION_MAP, CONTEXT_COLOR, FACE_COLOR, to_array
from glamor.figures.canvas import DPI
from glamor.figures.fusion import FRAME, PLOT, place_of
from glamor.figures.inputs import CONTEXT_FRAME, FACE_FRAME

NAMES = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
SCENE = np.full((112, 112, 3), 0.5)
NO_FACE = (0.0, 0.0, 0.0, 0.0)
UNIFORM = np.full((7, 7), 1 / 49)
STEPS = np.linspace(0, 1, 101)


def rgb(color: str) -> NDArray[np.int_]:
    return np.rint(np.multiply(to_rgb(color), 255)).astype(int)


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def lines(figure: Figure) -> list[Line2D]:
    return [artist for artist in figure.artists if isinstance(artist, Line2D)]


def one_cell(row: int, column: int) -> NDArray[np.float64]:
    attention = np.zeros((7, 7))
    attention[row, column] = 1
    return attention


# --- attention on the two inputs


def test_on_the_scene_the_attended_cell_has_the_top_colour_and_the_face_is_left_as_it_is() -> None:
    face = np.full((96, 96, 3), (0.8, 0.3, 0.1))
    drawn = to_array(figures.attention_on_inputs(face, SCENE, one_cell(2, 5), NO_FACE, opacity=1.0))
    left, top, right, bottom = (side * DPI for side in CONTEXT_FRAME)
    for (row, column), share in (((2, 5), 1.0), ((5, 2), 0.0)):
        x, y = left + (column + 0.4) * (right - left) / 7, top + (row + 0.4) * (bottom - top) / 7
        assert np.abs(drawn[round(y), round(x)].astype(int) - np.array(ATTENTION_MAP(share)[:3]) * 255).max() <= 2
    x, y = (round((a + b) / 2 * DPI) for a, b in (FACE_FRAME[::2], FACE_FRAME[1::2]))
    assert np.abs(drawn[y, x] - np.array((204, 76.5, 25.5))).max() <= 2


def test_it_says_where_the_face_was_and_is_as_large_as_the_attributions() -> None:
    face, masked = np.zeros((96, 96, 3)), (30, 20, 70, 60)
    figure = figures.attention_on_inputs(face, SCENE, UNIFORM, masked, scene_title="Scene, as it is")
    assert {"masked face", "Scene, as it is"} <= set(words(figure))
    assert "masked face" not in words(figures.attention_on_inputs(face, SCENE, UNIFORM, NO_FACE))
    maps = np.zeros((96, 96)), np.zeros((112, 112)), np.ones((112, 112), bool)
    assert to_array(figure).shape == to_array(figures.attribution_overlay(face, SCENE, *maps)).shape


# --- the fusion curve


def crossing(at: float) -> NDArray[np.float64]:
    """Return probabilities where Sad leads before a weight and Happy after it."""
    probabilities = np.full((101, 7), 0.02)
    rising = np.clip(0.45 + 0.6 * (STEPS - at), 0.02, 0.88)
    probabilities[:, 3], probabilities[:, 5] = rising, 0.9 - rising
    return probabilities


def test_flips_the_networks_own_weight_and_the_hand_set_one_stand_at_their_places() -> None:
    figure = figures.fusion_figure(NAMES, STEPS, crossing(0.4), [0.4], 0.62, 0.8)
    upright = [line for line in lines(figure) if np.ptp(line.get_xdata()) == 0]
    places = {line.get_linestyle(): float(line.get_xdata()[0]) for line in upright}
    assert places == {":": place_of(0.4), "--": place_of(0.62), "-": place_of(0.8)}
    assert {"network’s own 0.62", "set by hand 0.80"} <= set(words(figure))


def test_nothing_is_marked_as_set_where_nothing_is() -> None:
    shown = words(figures.fusion_figure(NAMES, STEPS, crossing(0.4), [0.4], 0.62))
    assert not any(word.startswith("set by hand") for word in shown)


def test_every_stretch_is_named_after_its_leader_in_order() -> None:
    figure = figures.fusion_figure(NAMES, STEPS, crossing(0.4), [0.4], 0.62)
    bold = [text for text in figure.texts if text.get_fontweight() == "bold" and text.get_text() in NAMES]
    assert [text.get_text() for text in sorted(bold, key=lambda text: text.get_position()[0])] == ["Sad", "Happy"]
    narrow = figures.fusion_figure(NAMES, STEPS, crossing(0.03), [0.03], 0.62)
    assert [text.get_text() for text in narrow.texts if text.get_fontweight() == "bold"].count("Sad") == 0


def test_every_class_has_its_curve_and_a_line_of_its_own_in_the_key() -> None:
    figure = figures.fusion_figure(NAMES, STEPS, crossing(0.4), [0.4], 0.62)
    curves = [line for line in lines(figure) if len(line.get_xdata()) == 101 and line.get_linewidth() < 2]
    assert len(curves) == 7
    for i, line in enumerate(curves):
        shown = (FRAME[3] - np.asarray(line.get_ydata())) / PLOT
        np.testing.assert_allclose(shown, crossing(0.4)[:, i])
    styles = [(line.get_color(), line.get_linestyle()) for line in curves]
    assert len(set(styles)) == 7
    key = [line for line in lines(figure) if np.ptp(line.get_ydata()) == 0 and len(line.get_xdata()) == 2]
    assert [(line.get_color(), line.get_linestyle()) for line in key] == styles
    assert not {color for color, _ in styles} & {FACE_COLOR, CONTEXT_COLOR}


def test_only_the_leader_is_drawn_thick() -> None:
    figure = figures.fusion_figure(NAMES, STEPS, crossing(0.4), [0.4], 0.62)
    thick = [np.asarray(line.get_ydata(), float) for line in lines(figure) if line.get_linewidth() > 2]
    assert len(thick) == 2
    drawn = [np.isfinite(line) for line in thick]
    assert (drawn[0] | drawn[1]).all()
    assert (drawn[0] & drawn[1]).sum() <= 1  # both, where they meet


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_words_at_the_ends_stay_on_the_picture(weight: float) -> None:
    figure = figures.fusion_figure(NAMES, STEPS, crossing(0.5), [0.5], weight, weight)
    figure.canvas.draw()
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= 720, text.get_text()


# --- people and swaps


def test_several_people_share_one_scale() -> None:
    weak, strong = 0.5 * UNIFORM + 0.5 * one_cell(0, 0) * 0.1 + 0.45 / 49, one_cell(6, 6)
    figure = figures.people_figure(SCENE, np.stack((weak, strong)), ("Face 1", "Face 2"), opacity=1.0)
    assert {"Face 1", "Face 2", "49×"} <= set(words(figure))
    drawn = to_array(figure)
    top = np.array(ATTENTION_MAP(1.0)[:3]) * 255
    near_top = (np.abs(drawn[60:360].astype(int) - top).max(axis=-1) <= 2).mean(axis=0)
    assert near_top[:360].max() == 0  # the weak map's peak is far from the strong one's
    assert near_top[360:].max() > 0


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_any_number_of_people_is_drawn(count: int) -> None:
    maps = np.stack([one_cell(i, i) for i in range(count)])
    figure = figures.people_figure(SCENE, maps, [f"Face {i}" for i in range(count)], (30, 30, 60, 60))
    assert to_array(figure).shape[1] == 720


def swapped(labels: NDArray[np.int_], w_face: float = 0.5) -> Figure:
    n = len(labels)
    faces, scenes = [np.full((96, 96, 3), 0.2)] * n, [np.full((112, 112, 3), 0.7)] * n
    probabilities = 0.3 / 6 + (0.7 - 0.3 / 6) * np.eye(7)[labels]
    return figures.swap_figure(
        faces, scenes, np.tile(UNIFORM, (n, n, 1, 1)), NAMES, probabilities, np.full((n, n), w_face)
    )


def test_every_pair_tells_its_label_and_who_won() -> None:
    shown = words(swapped(np.array([[3, 3], [5, 5]])))
    pairs = [word for word in shown if word.endswith("70%")]
    assert pairs == ["Happy 70%", "Happy 70%", "Sad 70%", "Sad 70%"]
    assert [word for word in shown if word in ("own scene", "the face’s label", "the scene’s label")] == [
        "own scene", "the face’s label", "the face’s label", "own scene",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "verdict", "color"),
    [(5, "the scene’s label", CONTEXT_COLOR), (3, "the face’s label", FACE_COLOR), (0, "neither’s label", None)],
)
def test_the_winner_is_told_in_its_colour(label: int, verdict: str, color: str | None) -> None:
    figure = swapped(np.array([[3, label], [5, 5]]))
    found = next(text for text in figure.texts if text.get_text() == verdict)
    assert color is None or found.get_color() == color


def test_where_face_and_scene_agree_nobody_won() -> None:
    assert words(swapped(np.full((2, 2), 3))).count("both agree") == 2


@pytest.mark.parametrize("w_face", [0.0, 0.25, 1.0])
def test_each_pairs_bar_is_split_as_its_weights_are(w_face: float) -> None:
    figure = swapped(np.full((2, 2), 3), w_face)
    assert words(figure).count(f"face {w_face:.0%}") == 4
    bars = {
        color: [artist.get_width() for artist in figure.artists if _is_filled(artist, color)]
        for color in (FACE_COLOR, CONTEXT_COLOR)
    }
    assert len(bars[FACE_COLOR]) == len(bars[CONTEXT_COLOR]) == 4
    for face, scene in zip(bars[FACE_COLOR], bars[CONTEXT_COLOR], strict=True):
        assert face / (face + scene) == pytest.approx(w_face)


def _is_filled(artist: Artist, color: str) -> bool:
    return isinstance(artist, Rectangle) and artist.get_fill() and artist.get_facecolor()[:3] == to_rgb(color)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_more_people_take_a_wider_figure(count: int) -> None:
    picture = to_array(swapped(np.full((count, count), 3)))
    assert picture.shape[1] == (720 if count == 2 else pytest.approx((0.93 + 1.24 * count) * DPI, abs=60))
