from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.data import astronaut

from glamor import figures
from glamor.figures import AGAINST_COLOR, ATTENTION_MAP, BACKGROUND, CONTEXT_COLOR, FACE_COLOR, FOR_COLOR, INK

# The reference's own crop of a 128 x 171 photo: a cell of the 7 x 7 grid is 16 pixels wide.
REGION = (29.0, 8.0, 141.0, 120.0)
NO_FACE = (0.0, 0.0, 0.0, 0.0)
NAMES = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
UNIFORM = np.full((7, 7), 1 / 49)
SCORED = np.ones((112, 112), bool)


def rgb(color: str) -> NDArray[np.uint8]:
    return np.rint(np.multiply(to_rgb(color), 255)).astype(np.uint8)


def map_rgb(share: float) -> NDArray[np.float64]:
    return np.array(ATTENTION_MAP(share)[:3]) * 255


def one_cell(row: int, column: int) -> NDArray[np.float64]:
    attention = np.zeros((7, 7))
    attention[row, column] = 1
    return attention


def photo(height: int = 128, width: int = 171) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(astronaut()).resize((width, height)))


def grey_inputs() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.full((96, 96, 3), 0.5), np.full((112, 112, 3), 0.5)


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def share_of(image: NDArray[np.uint8], color: str) -> float:
    return float((np.abs(image.astype(int) - rgb(color)).max(axis=-1) <= 2).mean())


# --- where it looked


def test_the_attended_cell_takes_the_top_colour_and_all_others_the_bottom_one() -> None:
    drawn = figures.composite_attention(photo(), one_cell(2, 4), REGION, NO_FACE, opacity=1.0)
    cell = drawn[8 + 2 * 16 : 8 + 3 * 16, 29 + 4 * 16 : 29 + 5 * 16]
    assert np.abs(cell - map_rgb(1.0)).max() <= 0.5
    others = np.ones((112, 112), bool)
    others[32:48, 64:80] = False
    assert np.abs(drawn[8:120, 29:141][others] - map_rgb(0.0)).max() <= 0.5


def test_nothing_is_drawn_outside_the_region_nor_on_the_photo_that_was_given() -> None:
    given = photo()
    drawn = figures.composite_attention(given, UNIFORM, REGION, (5, 5, 60, 60), opacity=1.0)
    outside = np.ones(given.shape[:2], bool)
    outside[8:120, 29:141] = False
    assert np.array_equal(drawn[outside], given[outside])
    assert np.array_equal(given, photo())


def test_at_opacity_zero_only_the_masked_face_differs_from_the_photo() -> None:
    given = photo()
    drawn = figures.composite_attention(given, one_cell(0, 0), REGION, (60, 20, 90, 50), opacity=0.0)
    assert not drawn[20:50, 60:90].any()
    drawn[20:50, 60:90] = given[20:50, 60:90]
    assert np.array_equal(drawn, given)


def test_attention_on_the_masked_face_stays_visible() -> None:
    seen = figures.composite_attention(photo(), one_cell(1, 2), REGION, (29, 8, 141, 120), opacity=0.6)
    assert np.abs(seen[32, 69] - 0.6 * map_rgb(1.0) - 0.4 * 0.6 * 50).max() <= 1
    assert seen[32, 69].sum() > seen[32, 100].sum()


def test_a_uniform_map_takes_the_colour_of_one_time_uniform_and_says_that_it_is_flat() -> None:
    drawn = figures.composite_attention(photo(), UNIFORM, REGION, NO_FACE, opacity=1.0)
    assert np.abs(drawn[8:120, 29:141] - map_rgb(0.5)).max() <= 1
    assert "flat: every cell has the same attention" in words(
        figures.attention_overlay(photo(), UNIFORM, REGION, NO_FACE)
    )


def test_a_nearly_uniform_map_is_not_stretched_into_a_vivid_one() -> None:
    nearly = UNIFORM * np.linspace(0.95, 1.05, 49).reshape(7, 7)
    drawn = figures.composite_attention(photo(), nearly, REGION, NO_FACE, opacity=1.0)[8:120, 29:141]
    assert np.ptp(drawn.astype(int), axis=(0, 1)).max() < 0.1 * 255


def test_a_map_with_a_peak_is_scaled_in_multiples_of_uniform_and_not_called_flat() -> None:
    shown = words(figures.attention_overlay(photo(), one_cell(3, 3), REGION, NO_FACE))
    assert "49×" in shown
    assert "attention, as a multiple of uniform (1/49)" in shown
    assert not any("flat" in text for text in shown)


@pytest.mark.parametrize("shape", [(4, 9), (1, 1), (14, 14)])
def test_any_grid_is_drawn(shape: tuple[int, int]) -> None:
    attention = np.zeros(shape)
    attention[-1, -1] = 1
    figure = figures.attention_overlay(photo(), attention, REGION, NO_FACE)
    assert figures.to_array(figure).shape[1] == 720


@pytest.mark.parametrize("size_hw", [(1, 1), (3, 900), (2000, 40), (480, 640)])
def test_a_photo_of_any_shape_fits_on_the_figure(size_hw: tuple[int, int]) -> None:
    region = (0.1 * size_hw[1], 0.1 * size_hw[0], 0.9 * size_hw[1], 0.9 * size_hw[0])
    figure = figures.attention_overlay(photo(*size_hw), one_cell(0, 0), region, (0, 0, *size_hw[::-1]))
    height, width = figures.to_array(figure).shape[:2]
    assert width == 720
    assert height <= 1.5 * width


def test_in_the_figure_too_the_cell_has_the_top_colour_and_the_rest_of_the_photo_its_own() -> None:
    plain = np.full((640, 640, 3), (200, 60, 30), np.uint8)
    region = (80.0, 80.0, 560.0, 560.0)
    drawn = figures.to_array(figures.attention_overlay(plain, one_cell(1, 5), region, NO_FACE, opacity=1.0))
    margin, scale = 18, 684 / 640  # 0.09 and 3.42 inches at 200 dpi
    x, y = (round(margin + scale * (80 + (cell + 0.5) * 480 / 7)) for cell in (5, 1))
    assert np.abs(drawn[y, x] - map_rgb(1.0)).max() <= 1
    assert np.array_equal(drawn[y, round(margin + scale * 30)], (200, 60, 30))
    assert np.array_equal(drawn[4, 4], rgb(BACKGROUND))


def test_the_masked_face_is_labelled_and_a_photo_without_a_face_is_not() -> None:
    with_face = figures.attention_overlay(photo(), UNIFORM, REGION, (60, 20, 90, 50))
    without = figures.attention_overlay(photo(), UNIFORM, REGION, NO_FACE)
    assert "masked face" in words(with_face)
    assert "masked face" not in words(without)
    assert share_of(figures.to_array(with_face), FACE_COLOR) > 0
    assert share_of(figures.to_array(without), FACE_COLOR) == 0


def test_a_face_outside_the_region_is_not_called_masked() -> None:
    x1, y1, _, _ = REGION
    beside = figures.attention_overlay(photo(), UNIFORM, REGION, (0, 0, x1, y1 + 20))
    assert "masked face" not in words(beside)
    assert "face, not in the scene seen" in words(beside)


def test_the_scene_is_called_what_it_is() -> None:
    face, scene = np.zeros((96, 96, 3)), np.zeros((112, 112, 3))
    assert "Scene, face hidden" in words(figures.saw_figure(face, scene))
    assert "Scene, face outside" in words(figures.saw_figure(face, scene, "Scene, face outside"))
    flat = np.zeros((96, 96)), np.zeros((112, 112)), np.ones((112, 112), bool)
    assert "Scene, face outside" in words(
        figures.attribution_overlay(face, scene, *flat, scene_title="Scene, face outside")
    )


# --- what moved the answer


def test_the_limit_is_symmetric_and_is_the_greatest_magnitude_of_a_plain_map() -> None:
    values = np.array([[-3.0, 1.0], [0.5, 2.0]])
    assert figures.symmetric_limit(values) == 3.0
    assert figures.symmetric_limit(-values) == 3.0
    assert figures.symmetric_limit(values, 10 * values) == 30.0


def test_the_limit_disregards_a_few_extreme_pixels_but_not_the_only_ones_there_are() -> None:
    outlier = np.ones(10_000)
    outlier[0] = -1e6
    assert figures.symmetric_limit(outlier) == 1.0
    lonely = np.zeros(10_000)
    lonely[7] = -4.0
    assert figures.symmetric_limit(lonely) == 4.0


def test_maps_of_zeros_or_of_nothing_have_no_limit() -> None:
    assert figures.symmetric_limit(np.zeros((3, 3)), np.zeros(0)) == 0.0
    assert figures.symmetric_limit(np.zeros(0)) == 0.0


def test_for_and_against_take_the_ends_of_the_scale_and_zero_takes_no_colour() -> None:
    image = np.random.default_rng(3).random((1, 4, 3))
    drawn = figures.composite_attribution(image, np.array([[2.0, -2.0, 0.0, 9.0]]), limit=2.0, opacity=1.0)[0]
    assert np.array_equal(drawn[0], rgb(FOR_COLOR))
    assert np.array_equal(drawn[1], rgb(AGAINST_COLOR))
    assert np.ptp(drawn[2]) == 0
    assert np.array_equal(drawn[3], drawn[0])


def test_equal_magnitudes_of_either_sign_have_equal_strength() -> None:
    grey = np.full((1, 2, 3), 0.5)
    none = figures.composite_attribution(grey, np.zeros((1, 2)), 2.0, 1.0)[0].astype(float)
    drawn = figures.composite_attribution(grey, np.array([[0.5, -0.5]]), 2.0, 1.0)[0]
    for pixel, color in zip(drawn, (FOR_COLOR, AGAINST_COLOR), strict=True):
        assert np.abs(pixel - (none[0] + 0.25 * (rgb(color) - none[0]))).max() <= 1


def test_the_scale_of_the_figure_is_centred_at_zero() -> None:
    rng = np.random.default_rng(0)
    figure = figures.attribution_overlay(
        *grey_inputs(), rng.normal(2, 1, (96, 96)), rng.normal(0, 1, (112, 112)), SCORED, target_name="Happy"
    )
    ends = sorted(
        float(found[1].replace("−", "-")) for found in map(re.compile(r"([−+][\d.]+)$").search, words(figure)) if found
    )
    assert len(ends) == 2
    assert ends[0] == -ends[1] != 0
    assert any("contribution to the Happy logit" in text for text in words(figure))


def test_both_inputs_share_one_scale() -> None:
    face_map, context_map = np.full((96, 96), 1.0), np.full((112, 112), 0.1)
    face_map[0, 0] = context_map[0, 0] = 0  # not flat, so no note covers the pictures
    drawn = figures.to_array(figures.attribution_overlay(*grey_inputs(), face_map, context_map, SCORED, opacity=1.0))
    left, right = drawn[220, 180].astype(int), drawn[220, 540].astype(int)
    assert np.abs(left - rgb(FOR_COLOR)).max() <= 1
    untouched = 70 + 0.7 * 128
    assert np.abs(right - (untouched + 0.1 * (rgb(FOR_COLOR) - untouched))).max() <= 2


def test_a_given_limit_makes_figures_comparable() -> None:
    face, context = grey_inputs()
    weak, strong = np.full((96, 96), 0.25), np.full((96, 96), 1.0)
    nothing = np.zeros((112, 112))

    def coloured(values: NDArray[np.float64], limit: float | None) -> NDArray[np.uint8]:
        figure = figures.attribution_overlay(face, context, values, nothing, SCORED, 1.0, limit=limit)
        return figures.to_array(figure)[150, 150]

    np.testing.assert_array_equal(coloured(weak, None), coloured(strong, None))  # each on its own scale
    grey, full = coloured(0 * weak, 1.0).astype(float), coloured(strong, 1.0).astype(float)
    share = (coloured(weak, 1.0) - grey) / np.where(full == grey, np.nan, full - grey)
    assert np.nanmean(share) == pytest.approx(0.25, abs=0.02)
    shared = figures.attribution_overlay(face, context, weak, nothing, SCORED, 1.0, limit=1.0)
    assert any("+1" in line for line in words(shared))


def test_pixels_that_are_not_scored_are_marked_and_count_for_nothing() -> None:
    scored = SCORED.copy()
    scored[20:60, 30:70] = False
    context_map = np.where(scored, 0.5, 1e9)
    context_map[0, 0] = -0.25
    figure = figures.attribution_overlay(*grey_inputs(), np.zeros((96, 96)), context_map, scored)
    assert "not scored" in words(figure)
    assert {"−0.5", "+0.5"} <= set(words(figure))
    all_scored = figures.attribution_overlay(*grey_inputs(), np.zeros((96, 96)), np.where(scored, 0.5, 0), SCORED)
    assert "not scored" not in words(all_scored)


def test_a_map_without_any_difference_says_so_instead_of_being_stretched() -> None:
    zeros, ones = np.zeros((96, 96)), np.ones((112, 112))
    shown = words(figures.attribution_overlay(*grey_inputs(), zeros, ones, SCORED))
    assert "all zero: nothing\nmoved the answer" in shown
    assert "flat: every pixel\ncounts the same" in shown
    drawn = figures.to_array(figures.attribution_overlay(*grey_inputs(), zeros, 0 * ones, SCORED))[60:200]
    assert share_of(drawn, FOR_COLOR) == share_of(drawn, AGAINST_COLOR) == 0


def test_a_context_that_is_masked_entirely_is_drawn() -> None:
    figure = figures.attribution_overlay(*grey_inputs(), np.eye(96), np.zeros((112, 112)), ~SCORED)
    assert "not scored" in words(figure)


# --- how it weighed, what it answered, what it saw


@pytest.mark.parametrize("face", [0.0, 0.25, 0.62, 1.0])
def test_the_fusion_bar_is_split_as_the_weights_are(face: float) -> None:
    figure = figures.fusion_bar((face, 1 - face))
    row = figures.to_array(figure)[94]
    assert share_of(row, FACE_COLOR) * 720 / 684 == pytest.approx(face, abs=0.006)
    assert share_of(row, CONTEXT_COLOR) * 720 / 684 == pytest.approx(1 - face, abs=0.006)
    assert {f"Face {face:.1%}", f"Scene {1 - face:.1%}"} <= set(words(figure))


def test_probabilities_keep_the_class_order_and_their_printed_values() -> None:
    probabilities = np.array([0.02, 0.004, 0.013, 0.713, 0.18, 0.05, 0.02])
    shown = words(figures.probability_bar(NAMES, probabilities))
    assert tuple(shown[::2]) == NAMES
    assert shown[1::2] == ["2.0%", "0.4%", "1.3%", "71.3%", "18.0%", "5.0%", "2.0%"]


def test_bars_are_as_long_as_their_probabilities_and_only_the_first_is_accented() -> None:
    probabilities = np.array([0.1, 0.0, 0.0, 0.6, 0.3, 0.0, 0.0])
    drawn = figures.to_array(figures.probability_bar(NAMES, probabilities))
    bars = [drawn[round(18 + (row + 0.3) * 49), 176:578] for row in range(7)]
    empty = rgb("#E7E9EE").astype(int)
    lengths = [float((np.abs(bar - empty).max(axis=-1) > 8).mean()) for bar in bars]
    assert lengths == pytest.approx(probabilities, abs=0.006)
    assert [share_of(bar, INK) > 0 for bar in bars] == [False, False, False, True, False, False, False]


def test_what_it_saw_shows_each_input_under_its_own_colour() -> None:
    face, context = np.zeros((96, 96, 3)), np.zeros((112, 112, 3))
    face[..., 0], context[..., 2] = 1.0, 1.0
    drawn = figures.to_array(figures.saw_figure(face, context))
    left, right = drawn[:, :360], drawn[:, 360:]
    assert share_of(left, "#FF0000") > 0.7
    assert share_of(right, "#0000FF") > 0.7
    assert share_of(left, FACE_COLOR) > 0 == share_of(right, FACE_COLOR)
    assert share_of(right, CONTEXT_COLOR) > 0 == share_of(left, CONTEXT_COLOR)


# --- boxes on the photo


def test_only_the_selected_box_is_drawn_in_the_colour_of_the_face() -> None:
    given = np.full((480, 640, 3), 90, np.uint8)
    boxes = [(60.0, 100.0, 160.0, 200.0), (300.0, 200.0, 460.0, 360.0)]
    drawn = figures.draw_boxes(given, boxes, 1)
    assert drawn.shape == given.shape
    assert (given == 90).all()
    assert np.array_equal(drawn[280, 301], rgb(FACE_COLOR))
    assert np.array_equal(drawn[150, 61], (255, 255, 255))
    assert share_of(drawn[:, :250], FACE_COLOR) == 0
    assert share_of(figures.draw_boxes(given, boxes, None), FACE_COLOR) == 0


def test_the_inside_of_a_box_stays_visible() -> None:
    drawn = figures.draw_boxes(np.full((480, 640, 3), 90, np.uint8), [(300, 200, 460, 360)], 0)
    assert (drawn[212:348, 312:448] == 90).all()


@pytest.mark.parametrize("scale", [1, 2, 6])
def test_lines_and_labels_grow_with_the_photo(scale: int) -> None:
    def inked(factor: int) -> float:
        blank = np.full((480 * factor, 640 * factor, 3), 90, np.uint8)
        drawn = figures.draw_boxes(blank, [(200 * factor, 120 * factor, 360 * factor, 280 * factor)], 0)
        return float((drawn != 90).any(axis=-1).mean())

    assert inked(scale) == pytest.approx(inked(1), rel=0.2)


def test_numbers_follow_the_order_of_the_boxes() -> None:
    blank, box = np.full((400, 400, 3), 90, np.uint8), (150.0, 150.0, 250.0, 250.0)
    elsewhere = (10.0, 350.0, 20.0, 360.0)
    label = (slice(120, 150), slice(148, 190))
    first = figures.draw_boxes(blank, [box], None)[label]
    second = figures.draw_boxes(blank, [elsewhere, box], None)[label]
    assert np.array_equal(first, figures.draw_boxes(blank, [box, elsewhere], None)[label])
    assert not np.array_equal(first, second)


def test_numbers_count_from_one_so_the_tenth_is_the_first_with_two_digits() -> None:
    blank, box, elsewhere = (
        np.full((400, 400, 3), 90, np.uint8),
        (150.0, 150.0, 250.0, 250.0),
        (10.0, 350.0, 20.0, 360.0),
    )

    def label_width(place: int) -> int:
        drawn = figures.draw_boxes(blank, [elsewhere] * place + [box], None)
        return int((drawn[125:145, 140:200] != 90).any(axis=(0, 2)).sum())

    widths = [label_width(place) for place in range(10)]
    assert max(widths[:9]) < widths[9]


@pytest.mark.parametrize("size_hw", [(1, 1), (7, 3), (40, 2000)])
def test_boxes_anywhere_on_photos_of_any_size_are_drawn(size_hw: tuple[int, int]) -> None:
    boxes = [(-50.0, -50.0, 9e3, 9e3), (0, 0, 0, 0), (1e6, 1e6, 2e6, 2e6), (-9.0, -9.0, -5.0, -5.0)] * 5
    assert figures.draw_boxes(photo(*size_hw), boxes, 3).shape == (*size_hw, 3)


# --- files


def test_the_png_is_the_same_picture_and_follows_the_resolution_asked_for() -> None:
    figure = figures.attention_overlay(photo(), one_cell(2, 2), REGION, (60, 20, 90, 50))
    file = Image.open(io.BytesIO(figures.to_png(figure)))
    assert file.format == "PNG"
    assert np.array_equal(np.asarray(file.convert("RGB")), figures.to_array(figure))
    fine = np.asarray(Image.open(io.BytesIO(figures.to_png(figure, dpi=400))).convert("RGB"))
    assert fine.shape[1] == 1440
    assert np.abs(fine[::2, ::2].astype(int) - figures.to_array(figure)).mean() < 4


def test_pictures_stand_upright_in_svg() -> None:
    face = np.zeros((96, 96, 3))
    face[:48] = 1.0
    file = io.BytesIO()
    figures.saw_figure(face, np.zeros((112, 112, 3))).savefig(file, format="svg")
    images = [node for node in ET.fromstring(file.getvalue()).iter() if node.tag.endswith("}image")]
    assert len(images) == 2
    link = next(value for name, value in images[0].attrib.items() if name.endswith("href"))
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(link.split(",")[1]))).convert("L"))
    transform = images[0].attrib.get("transform", "")
    if re.search(r"scale\(1 -1\)", transform):
        pixels = pixels[::-1]
    assert pixels[: len(pixels) // 2 - 2].min() == 255
    assert pixels[len(pixels) // 2 + 2 :].max() == 0


def test_threads_draw_side_by_side() -> None:
    def draw(row: int) -> NDArray[np.uint8]:
        return figures.to_array(figures.attention_overlay(photo(), one_cell(row, row), REGION, (60, 20, 90, 50)))

    alone = [draw(row) for row in range(7)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(draw, range(7)))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_drawing_needs_neither_pyplot_nor_the_network_nor_the_page() -> None:
    program = (
        "import sys; import numpy as np; from glamor import figures;"
        "figures.to_png(figures.fusion_bar((0.5, 0.5)));"
        "figures.draw_boxes(np.zeros((9, 9, 3), np.uint8), [(1, 1, 5, 5)], 0);"
        "print([name for name in ('matplotlib.pyplot', 'torch', 'gradio', 'scipy', 'captum') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- colours

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
COLOUR_BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(color: str) -> NDArray[np.float64]:
    values = np.array(to_rgb(color))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def seen_as(color: str, eyes: str) -> NDArray[np.float64]:
    values = np.clip(np.array(COLOUR_BLINDNESS[eyes]) @ linear(color), 0, 1)
    return rgb2lab(np.where(values <= 0.0031308, 12.92 * values, 1.055 * values ** (1 / 2.4) - 0.055))


def contrast(one: str, other: str) -> float:
    dark, light = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("eyes", COLOUR_BLINDNESS)
@pytest.mark.parametrize("pair", [(FACE_COLOR, CONTEXT_COLOR), (FOR_COLOR, AGAINST_COLOR)])
def test_colours_that_are_opposites_are_told_apart_by_all_eyes(pair: tuple[str, str], eyes: str) -> None:
    assert deltaE_ciede2000(seen_as(pair[0], eyes), seen_as(pair[1], eyes)) > 30


@pytest.mark.parametrize("color", [FACE_COLOR, CONTEXT_COLOR, INK])
@pytest.mark.parametrize("paper", [BACKGROUND, "#FFFFFF"])
def test_text_colours_reach_wcag_aa(color: str, paper: str) -> None:
    assert contrast(color, paper) >= 4.5


@pytest.mark.parametrize("color", [FACE_COLOR, CONTEXT_COLOR])
def test_the_two_colours_show_on_a_dark_page_too(color: str) -> None:
    assert contrast(color, "#0B0F19") >= 3


def test_the_attention_scale_grows_steadily_in_lightness() -> None:
    lightness = rgb2lab(ATTENTION_MAP(np.linspace(0, 1, 64))[None, :, :3])[0, :, 0]
    assert (np.diff(lightness) > 0).all()
