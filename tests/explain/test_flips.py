"""What turns the label, on networks whose turning points are worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from glamor.explain import encode
from glamor.explain.flips import (
    BLURS,
    CellsFlip,
    PartsFlip,
    SceneFlip,
    find_flips,
    flip_by_blur,
    flip_by_cells,
    flip_by_fusion,
    flip_by_parts,
    flip_by_scene,
)
from glamor.explain.parts import Part, Parts
from glamor.model import GLAMORNet
from glamor.prepare import Geometry, Prepared
from tests.explain.conftest import CONTEXT_SIZE, FACE_SIZE, TARGET, RedDetector

NAMES = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
OTHER = 5  # the class that wins where there is too little red


def rivalled(model: GLAMORNet, logit: float) -> GLAMORNet:
    """Give the logit of ``OTHER`` a fixed value."""
    with torch.no_grad():
        model.head[3].bias[OTHER] = logit
    return model


def scene_with(*cells: tuple[int, int]) -> Prepared:
    """Grey inputs, nothing masked, with red cells in the scene and one red spot in the face's middle."""
    face, context = torch.full((3, FACE_SIZE, FACE_SIZE), 0.5), torch.full((3, CONTEXT_SIZE, CONTEXT_SIZE), 0.5)
    red = torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1)
    for row, column in cells:
        context[:, 16 * row + 5 : 16 * row + 11, 16 * column + 5 : 16 * column + 11] = red
    face[:, 21:27, 21:27] = red
    return Prepared(face, context, Geometry((128, 128), (0, 0, 0, 0), (0.0, 0.0, 128.0, 128.0)))


def parts_with(outcomes: dict[int, tuple[float, float]], count: int) -> Parts:
    """Return parts of which combinations have the given two logits, and (1, 0) elsewhere."""
    logits = np.tile((1.0, 0.0), (2**count, 1))
    for combination, pair in outcomes.items():
        logits[combination] = pair
    named = tuple(Part(name, 0.0, 0.0, (0.0, 0.0, 1.0, 1.0)) for name in ("eyes", "mouth", "scene")[:count])
    picture = np.zeros((2, 2), np.int8)
    return Parts(named, 0, "Sad", "mean", 1, 1, 0.5, 0.5, logits, picture, np.zeros((2, 2, 3), np.float32))


def test_the_fewest_parts_that_turn_the_label():
    # Without the eyes and the mouth (combination 4), without eyes and scene (2), without all (0).
    parts = parts_with({0: (0, 9), 4: (0.0, 0.5), 2: (0.0, 2.0)}, 3)
    found = flip_by_parts(parts, ("Sad", "Happy"))
    assert found == PartsFlip(("eyes", "scene"), "Happy", pytest.approx(np.exp(2) / (1 + np.exp(2))), "exact")
    cooler = flip_by_parts(parts, ("Sad", "Happy"), temperature=2.0)
    assert cooler is not None
    assert cooler.probability == pytest.approx(np.e / (1 + np.e))
    single = flip_by_parts(parts_with({0: (0, 9), 5: (0.0, 0.1)}, 3), ("Sad", "Happy"))
    assert single is not None
    assert single.names == ("mouth",)
    assert flip_by_parts(parts_with({}, 3), ("Sad", "Happy")) is None


def test_one_and_two_cells_are_the_smallest_set(red_detector: RedDetector):
    """The answer rests on red cells of the scene; without all of them, OTHER's 0.4 is more than nothing."""
    model = rivalled(red_detector(face_gain=0.0), 0.4)
    for red in ([(1, 2)], [(0, 3), (2, 1)]):
        found = flip_by_cells(model, encode(model, scene_with(*red)))
        assert found is not None
        assert (sorted(found.cells), found.emotion, found.at_least, found.how) == (red, NAMES[OTHER], len(red), "exact")
        assert found.probability == pytest.approx(np.exp(0.4) / (6 + np.exp(0.4)), abs=0.01)


def test_more_cells_are_taken_greedily_and_said_to_be(red_detector: RedDetector):
    model = rivalled(red_detector(face_gain=0.0), 0.4)
    red = [(0, 0), (0, 3), (2, 1), (3, 3)]
    three, four = (flip_by_cells(model, encode(model, scene_with(*red[:count]))) for count in (3, 4))
    assert three is not None
    assert (list(three.cells), three.at_least, three.how) == (red[:3], 3, "exact")  # no two did
    assert four is not None
    assert (list(four.cells), four.at_least, four.how) == (red, 3, "greedy")


def test_cells_that_cannot_turn_the_label(red_detector: RedDetector):
    model = red_detector(scene_gain=0.0)
    assert flip_by_cells(model, encode(model, scene_with((1, 1)))) is None


def test_the_nearest_weight(red_detector: RedDetector):
    """Only the face's middle cell is red, 1 of 9: TARGET's logit is 9 / 9 times the face's weight."""
    for rival, w_face in ((0.2, 0.2), (0.45, 0.45)):
        model = rivalled(red_detector(), rival)
        found = flip_by_fusion(model, encode(model, scene_with()))
        assert found is not None
        assert (found.w_face, found.learned_w_face) == pytest.approx((w_face, 0.5), abs=1e-5)
        assert (found.emotion, found.how) == (NAMES[OTHER], "exact")
    model = rivalled(red_detector(), 0.7)  # OTHER is the label, until the face weighs more
    found = flip_by_fusion(model, encode(model, scene_with()))
    assert found is not None
    assert (found.w_face, found.emotion) == (pytest.approx(0.7, abs=1e-5), NAMES[TARGET])
    model = rivalled(red_detector(), -1.0)
    with torch.no_grad():
        model.head[3].bias[TARGET] = 1.0
    assert flip_by_fusion(model, encode(model, scene_with())) is None


def test_the_least_blur(red_detector: RedDetector):
    """TARGET's logit is half of what the nine cells' reddest pixels come to: under OTHER's 0.3 at a redness of 0.6."""
    model, prepared = rivalled(red_detector(), 0.3), scene_with()
    found = flip_by_blur(model, prepared)
    assert found is not None
    assert found.below < found.sigma <= found.below + 0.05
    assert (found.emotion, found.how) == (NAMES[OTHER], "grid")
    assert BLURS[found.step - 2] * FACE_SIZE <= found.below < found.sigma <= BLURS[found.step - 1] * FACE_SIZE

    def redness(sigma: float) -> float:
        spot = np.zeros((FACE_SIZE, FACE_SIZE))
        spot[21:27, 21:27] = 1.0
        cells = gaussian_filter(spot, sigma).reshape(3, 16, 3, 16)
        return float(cells.max(axis=(1, 3)).sum())

    assert redness(found.sigma) < 0.6 < redness(found.below)
    assert flip_by_blur(rivalled(red_detector(), -1.0), prepared) is None


def test_all_four_and_what_was_not_asked(red_detector: RedDetector):
    model, prepared = rivalled(red_detector(), 0.3), scene_with()
    found = find_flips(model, prepared)
    assert found.parts is None
    assert found.blur == flip_by_blur(model, prepared)
    assert found.fusion == flip_by_fusion(model, encode(model, prepared))
    assert find_flips(model, prepared, parts_with({5: (0, 1)}, 3)).parts is not None


def test_how_exactly_a_set_of_cells_is_known():
    cells = CellsFlip(((0, 0), (0, 1), (0, 2)), "Sad", 0.5, at_least=3)
    assert cells.how == "exact"
    assert replace(cells, at_least=2).how == "greedy"


def test_the_nearest_scene_is_the_one_most_like_it_of_those_that_turn_the_label(red_detector: RedDetector):
    """OTHER's 0.4 wins where the scene has no red: two such scenes, one of them brighter all over."""
    model = rivalled(red_detector(face_gain=0.0), 0.4)
    prepared, empty = scene_with((1, 2)), scene_with()
    bright = replace(empty, context=torch.full_like(empty.context, 0.9))
    encoded = encode(model, prepared)
    scenes = {"bright": bright, "grey": empty, "as red": scene_with((0, 1))}
    found = flip_by_scene(model, encoded, scenes)
    means = [encode(model, scene).context_map.double().mean(dim=(0, 2, 3)) for scene in (prepared, bright, empty)]
    near = {"bright": float((means[1] - means[0]).norm()), "grey": float((means[2] - means[0]).norm())}
    name = min(near, key=lambda name: near[name])
    chance = pytest.approx(np.exp(0.4) / (6 + np.exp(0.4)), abs=0.01)
    assert found == SceneFlip(name, pytest.approx(near[name]), NAMES[OTHER], chance, "exact")
    assert flip_by_scene(model, encoded, {"as red": scene_with((0, 1))}) is None
    assert flip_by_scene(model, encoded, {}) is None
    all_of_it = find_flips(model, prepared, scenes=scenes)
    assert (all_of_it.scene, all_of_it.scenes, all_of_it.emotion) == (found, 3, NAMES[TARGET])
