"""Parts of a face: their places, what stands in for them, their Shapley values, and the sentence made of these."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import ShapleyValues
from torch import Tensor

from glamor.errors import ExplainError
from glamor.explain.parts import REPLACEMENTS, NoParts, Part, Parts, explain_parts, sentence
from glamor.explain.parts.game import shapley
from glamor.explain.parts.stand_in import stand_in
from glamor.faces import Face, Landmarks
from glamor.model import GLAMORNet
from glamor.predictor import Predictor
from glamor.prepare import Geometry, Prepared
from glamor.serialise import parts_to_dict
from glamor.turned import Pose
from tests.explain.conftest import CONTEXT_SIZE, FACE_SIZE, TARGET, People, RedDetector
from tests.explain.faces import CHEEK_XY, FACE, LANDMARKS, MOUTH_XY, grey_person, predicted

NAMES = ["brows", "eyes", "nose", "mouth", "rest of the face", "hair and outline", "scene"]
BOX = (0.0, 0.0, 8.0, 8.0)
ANEW = "surroundings"


def parts_of(model: GLAMORNet, prepared: Prepared, face: Face = FACE, **settings: Any) -> Parts:
    found = explain_parts(model, predicted(model, prepared, face), **settings)
    assert isinstance(found, Parts)
    return found


def values(parts: Parts) -> dict[str, float]:
    return {part.name: part.logit for part in parts.parts}


def red(prepared: Prepared, *spots: tuple[tuple[int, int], float]) -> Prepared:
    """Paint spots of 3 x 3 pixels of a face input red, at photo pixels (x, y); the less, the greyer."""
    face = prepared.face.clone()
    for (x, y), strength in spots:
        column, row = x * FACE_SIZE // 96, y * FACE_SIZE // 96
        colour = 0.5 + strength * torch.tensor([0.5, -0.5, -0.5])
        face[:, row - 1 : row + 2, column - 1 : column + 2] = colour.view(3, 1, 1)
    return replace(prepared, face=face)


def test_games_whose_values_are_known():
    votes = np.array([bin(i).count("1") + (i & 1) for i in range(8)])  # 2, 1 and 1 votes
    np.testing.assert_allclose(shapley((votes >= 3).astype(float)), (2 / 3, 1 / 6, 1 / 6))
    # Littlechild and Owen 1973: who needs a longer runway pays for what others do not need.
    runway = np.array([max([0, *(length for i, length in enumerate((1, 2, 3)) if s >> i & 1)]) for s in range(8)])
    np.testing.assert_allclose(shapley(runway.astype(float)), (1 / 3, 1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 1))


def test_values_are_the_mean_over_all_orders_of_joining():
    worth = np.random.default_rng(5).normal(size=32)
    gains = np.zeros(5)
    for order in itertools.permutations(range(5)):
        there = 0
        for player in order:
            gains[player] += worth[there | 1 << player] - worth[there]
            there |= 1 << player
    np.testing.assert_allclose(shapley(worth), gains / 120)
    np.testing.assert_allclose(shapley(worth).sum(), worth[-1] - worth[0])


def test_who_adds_nothing_gets_nothing_and_who_adds_the_same_gets_the_same():
    worth = np.array([(i & 1) + 3 * (i >> 1 & 1) * (i >> 2 & 1) for i in range(16)], float)  # 0 alone; 1 with 2; 3 no
    np.testing.assert_allclose(shapley(worth), (1, 1.5, 1.5, 0))


def shares(owner: np.ndarray, count: int) -> Tensor:
    """Return to which share each pixel belongs to each part: of its surroundings, 3 of 48 pixels to all sides."""
    near = [owner[max(0, i - 3) : i + 4, max(0, j - 3) : j + 4] for i in range(FACE_SIZE) for j in range(FACE_SIZE)]
    shared = np.array([[(part == i).mean() for part in near] for i in range(count)])
    return torch.from_numpy(shared.reshape(count, FACE_SIZE, FACE_SIZE).astype(np.float32))


def shown(found: Parts, prepared: Prepared, there: Tensor) -> tuple[Tensor, Tensor]:
    """Return the two inputs with some of the parts: (N, parts) of 0 and 1, the scene last."""
    missing = torch.from_numpy(found.replaced).permute(2, 0, 1)
    mixed = torch.einsum("np,phw->nhw", there[:, :-1], shares(found.owner, there.shape[1] - 1)).unsqueeze(1)
    faces = mixed * prepared.face + (1 - mixed) * missing
    return faces, there[:, -1].view(-1, 1, 1, 1) * prepared.context


@pytest.mark.parametrize("replacement", REPLACEMENTS)
def test_captum_asked_directly_gives_the_same_values(small_net: GLAMORNet, person: Prepared, replacement: str):
    regions = {"left": (16.0, 40.0, 30.0, 60.0), "middle": (26.0, 32.0, 40.0, 70.0)}  # they overlap
    prediction = predicted(small_net, person)
    found = explain_parts(small_net, prediction, TARGET, replacement=replacement, regions=regions)
    assert isinstance(found, Parts)

    def logit(there: Tensor) -> Tensor:
        return small_net(*shown(found, person, there)).logits[:, TARGET]

    def chance(there: Tensor) -> Tensor:
        logits = small_net(*shown(found, person, there)).logits
        return (logits / small_net.config.temperature).softmax(dim=1)[:, TARGET]

    for forward, kind in ((logit, "logit"), (chance, "probability")):
        expected = ShapleyValues(forward).attribute(torch.ones(1, 4), torch.zeros(1, 4), perturbations_per_eval=4)
        assert [getattr(part, kind) for part in found.parts] == pytest.approx(expected[0].tolist(), abs=1e-5)


def test_every_combination_is_what_the_network_answers_to_it(small_net: GLAMORNet):
    prepared = replace(grey_person(FACE_SIZE, CONTEXT_SIZE), face=torch.rand(3, FACE_SIZE, FACE_SIZE))
    found = parts_of(small_net, prepared)
    assert [part.name for part in found.parts] == NAMES
    there = torch.tensor([[float(combination >> i & 1) for i in range(7)] for combination in range(128)])
    expected = small_net(*shown(found, prepared, there)).logits.detach().numpy()
    np.testing.assert_allclose(found.outcomes, expected, atol=1e-4)


def test_values_add_up_to_what_all_parts_together_add(small_net: GLAMORNet, people: People):
    for seed in range(3):
        found = parts_of(small_net, replace(people(seed), geometry=grey_person(16, 16).geometry))
        assert sum(part.logit for part in found.parts) == pytest.approx(found.logit_all - found.logit_none, abs=1e-4)
        gained = found.probability_all - found.probability_none
        assert sum(part.probability for part in found.parts) == pytest.approx(gained, abs=1e-4)


def test_a_planted_mouth_takes_all(red_detector: RedDetector):
    """The network sees red alone, and there is none but in the mouth: one of nine cells, (9 x 1 / 9) / 2."""
    found = parts_of(
        red_detector(), red(grey_person(FACE_SIZE, CONTEXT_SIZE), (MOUTH_XY, 1.0)), target=TARGET, replacement=ANEW
    )
    assert values(found) == pytest.approx({**dict.fromkeys(NAMES, 0), "mouth": 0.5}, abs=1e-6)
    assert (found.logit_all, found.logit_none) == pytest.approx((0.5, 0), abs=1e-6)
    assert found.sentence == "The mouth speaks for Fear (+0.5), the brows hardly (+0.0), the scene hardly (+0.0)."


def test_a_planted_scene_takes_all(red_detector: RedDetector):
    prepared = grey_person(FACE_SIZE, CONTEXT_SIZE)
    prepared.context[:, 40:46, 40:46] = torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1)
    found = parts_of(red_detector(), prepared, target=TARGET, replacement=ANEW)
    assert values(found) == pytest.approx({**dict.fromkeys(NAMES, 0), "scene": found.logit_all}, abs=1e-6)
    assert found.logit_all > 1


def moved(landmarks: Landmarks, by: float) -> list[Landmarks]:
    """Return the landmarks moved together and one by one, by so many pixels to all sides."""
    sides = [(by, 0), (-by, 0), (0, by), (0, -by)]
    together = [tuple((x + dx, y + dy) for x, y in landmarks) for dx, dy in sides]
    alone = [
        tuple((x + dx * (i == k), y + dy * (i == k)) for k, (x, y) in enumerate(landmarks))
        for i in range(5)
        for dx, dy in sides
    ]
    return [*together, *alone]


def test_landmarks_that_are_a_little_off_do_not_change_which_parts_come_first(red_detector: RedDetector):
    """By 5 % of the face: its rectangle is 64 pixels wide."""
    prepared, model = red(grey_person(FACE_SIZE, CONTEXT_SIZE), (MOUTH_XY, 1.0), (CHEEK_XY, 0.6)), red_detector()
    for landmarks in moved(LANDMARKS, 0.05 * 64):
        found = values(
            parts_of(model, prepared, replace(FACE, landmarks_xy=landmarks), target=TARGET, replacement=ANEW)
        )
        assert sorted(found, key=lambda name: -abs(found[name]))[:2] == ["mouth", "rest of the face"]


def test_nor_with_the_embedded_weights(astronaut: np.ndarray):
    predictor = Predictor(device="cpu")
    (prediction,) = predictor.predict(astronaut)
    face = prediction.detected
    assert face is not None
    assert face.landmarks_xy is not None
    first = set()
    for landmarks in (face.landmarks_xy, *moved(face.landmarks_xy, 0.05 * (face.box_xyxy[2] - face.box_xyxy[0]))[:4]):
        found = explain_parts(predictor.model, replace(prediction, detected=replace(face, landmarks_xy=landmarks)))
        assert isinstance(found, Parts)
        first.add(tuple(part.name for part in sorted(found.parts, key=lambda part: -abs(part.logit))[:2]))
    assert first == {("mouth", "rest of the face")}


def test_parts_fill_the_picture_where_a_person_sees_them(red_detector: RedDetector):
    found = parts_of(red_detector(), grey_person(FACE_SIZE, CONTEXT_SIZE))
    seen = {
        "brows": [(33, 26), (63, 26)],
        "eyes": [(32, 36), (64, 36)],
        "nose": [(48, 50)],
        "mouth": [(38, 68), (58, 68), (48, 76)],
        "rest of the face": [(20, 60), (75, 55), (48, 84), (48, 12)],
        "hair and outline": [(4, 4), (90, 50), (48, 94)],
    }
    for name, points in seen.items():
        for x, y in points:
            assert found.parts[found.owner[y * FACE_SIZE // 96, x * FACE_SIZE // 96]].name == name
    assert found.parts[-1].box_xyxy == (0, 0, 192, 192)
    assert found.parts[-2].box_xyxy == (0, 0, 96, 96)


def test_a_part_beyond_the_photos_edge_is_left_out(small_net: GLAMORNet):
    """The photo ends above the mouth: its crop is cut there."""
    geometry = Geometry((192, 192), (0, 0, 96, 58), (0.0, 0.0, 192.0, 192.0))
    found = parts_of(small_net, replace(grey_person(FACE_SIZE, CONTEXT_SIZE), geometry=geometry))
    assert [part.name for part in found.parts] == [name for name in NAMES if name != "mouth"]
    assert found.outcomes.shape == (64, 7)


SIDEWAYS = tuple((y, x) for x, y in LANDMARKS)


@pytest.mark.parametrize(
    ("face", "pose", "reason"),
    [
        (None, None, "its box was given by hand"),
        (FACE, Pose(90.0), "it is turned"),
        (replace(FACE, landmarks_xy=None), Pose(0.0), "gives no landmarks"),
        (replace(FACE, landmarks_xy=SIDEWAYS), None, "not those of an upright face"),
        (replace(FACE, landmarks_xy=((8.0, 8.0),) * 5), None, "not those of an upright face"),
        (replace(FACE, landmarks_xy=((float("nan"), 8.0),) * 5), None, "not those of an upright face"),
    ],
)
def test_a_face_without_parts_says_why_in_one_sentence(
    small_net: GLAMORNet, face: Face | None, pose: Pose | None, reason: str
):
    found = explain_parts(small_net, predicted(small_net, grey_person(FACE_SIZE, CONTEXT_SIZE), face, pose))
    assert isinstance(found, NoParts)
    assert found.sentence.startswith("This face has no named parts, because ")
    assert reason in found.sentence
    assert found.sentence.count(".") == 1
    assert parts_to_dict(found) == {"parts": [], "sentence": found.sentence}


def test_a_persons_own_rectangles_are_parts_of_any_face(red_detector: RedDetector):
    prepared = red(grey_person(FACE_SIZE, CONTEXT_SIZE), (MOUTH_XY, 1.0))
    prediction = predicted(red_detector(), prepared, None)
    regions = {" a  smile ": (36.0, 60.0, 60.0, 80.0), "its left half": (30.0, 60.0, 48.0, 80.0)}
    found = explain_parts(red_detector(), prediction, TARGET, regions=regions, replacement=ANEW)
    assert isinstance(found, Parts)
    assert values(found) == pytest.approx({"a smile": 0.5, "its left half": 0, "rest of the face": 0, "scene": 0})
    assert found.sentence.startswith("“a smile” speaks for Fear (+0.5), “its left half” hardly (+0.0)")


def test_a_rectangle_around_the_whole_face_leaves_no_rest(small_net: GLAMORNet, person: Prepared):
    found = explain_parts(small_net, predicted(small_net, person), regions={"all": (16, 32, 48, 80)}, replacement=ANEW)
    assert isinstance(found, Parts)
    assert [part.name for part in found.parts] == ["all", "scene"]
    mean = np.broadcast_to(person.face.mean(dim=(1, 2)), (FACE_SIZE, FACE_SIZE, 3))
    np.testing.assert_allclose(found.replaced, mean, rtol=1e-5)


@pytest.mark.parametrize(
    ("regions", "refusal"),
    [
        ({}, "There are 0 named parts; give 1 to 5"),
        ({str(i): BOX for i in range(6)}, "There are 6 named parts"),
        ({"": BOX}, "give a name"),
        ({"x" * 31: BOX}, "give a name"),
        ({"a b c d e": BOX}, "give a name"),
        ({"a\x00b": BOX}, "give a name"),
        ({3: BOX}, "give a name"),
        ({"Scene": BOX}, "is there already"),
        ({"rest of  the face": BOX}, "is there already"),
        ({"ear": BOX, " Ear": BOX}, "the same name"),
        ({"ear": (0, 0, float("nan"), 8)}, "within the face’s"),
        ({"ear": (0, 0, float("inf"), 8)}, "within the face’s"),
        ({"ear": (-1, 0, 8, 8)}, "within the face’s"),
        ({"ear": (0, 0, 8, 97)}, "within the face’s"),
        ({"ear": (8, 0, 8, 8)}, "give x1 < x2"),
        ({"ear": (0, 8, 8, 0)}, "give x1 < x2"),
        ({"ear": (0, 8, 8)}, "give x1, y1, x2, y2"),
        ({"ear": "left"}, "give x1, y1, x2, y2"),
        ({"ear": (0, 0, 10**400, 8)}, "give x1, y1, x2, y2"),
    ],
)
def test_rectangles_that_cannot_be_used(small_net: GLAMORNet, regions: dict[Any, Any], refusal: str):
    prediction = predicted(small_net, grey_person(FACE_SIZE, CONTEXT_SIZE))
    with pytest.raises(ExplainError, match=refusal) as refused:
        explain_parts(small_net, prediction, regions=regions)
    assert len(str(refused.value)) < 300


def test_five_rectangles_are_seven_parts(small_net: GLAMORNet):
    regions = {str(i): (8.0 * i, 8.0, 8.0 * i + 8, 16.0) for i in range(5)}
    found = parts_of(small_net, grey_person(FACE_SIZE, CONTEXT_SIZE), regions=regions)
    assert found.outcomes.shape == (128, 7)


def test_a_class_or_a_replacement_that_is_not_there(small_net: GLAMORNet, person: Prepared):
    for settings, refusal in (
        ({"target": 7}, "There is no class 7; choose one from 0 to 6"),
        ({"replacement": "black"}, "choose one of blurred, surroundings, mean"),
    ):
        with pytest.raises(ExplainError, match=refusal):
            explain_parts(small_net, predicted(small_net, person), **settings)  # type: ignore[arg-type]


def test_the_network_is_left_as_it_was(small_net: GLAMORNet):
    small_net.train()
    before = {name: value.clone() for name, value in small_net.state_dict().items()}
    prediction = predicted(small_net.eval(), grey_person(FACE_SIZE, CONTEXT_SIZE))
    small_net.train()
    explain_parts(small_net, prediction)
    assert all(module.training for module in small_net.modules())
    assert all(torch.equal(value, before[name]) for name, value in small_net.state_dict().items())
    assert all(parameter.requires_grad for parameter in small_net.parameters())


def test_a_ramp_is_painted_anew_as_it_was():
    """A ramp solves Laplace's equation, so its hole is filled with what was there."""
    ramp = torch.linspace(0.2, 0.8, 24).repeat(3, 24, 1)[None]
    owner = np.ones((24, 24), np.int8)
    owner[8:16, 6:17] = 0
    painted = stand_in(ramp, owner, "surroundings")
    torch.testing.assert_close(painted[..., 8:16, 6:17], ramp[..., 8:16, 6:17])


def test_what_stands_in_for_a_part_knows_nothing_of_it():
    face = torch.rand(1, 3, 24, 24)
    owner = np.ones((24, 24), np.int8)
    owner[8:16, 6:17] = 0
    other = face.clone()
    other[..., 8:16, 6:17] = 1
    first, second = (stand_in(picture, owner, "surroundings")[..., 8:16, 6:17] for picture in (face, other))
    torch.testing.assert_close(first, second)
    outside = torch.from_numpy(owner == 1)
    assert first.min() >= face[..., outside].min()
    assert first.max() <= face[..., outside].max()


def part(name: str, logit: float) -> Part:
    return Part(name, logit, 0.0, BOX)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"brows": -0.4, "eyes": 0.2, "mouth": 1.9, "scene": 0.1},
            "The mouth speaks for Happy (+1.9), the brows against it (−0.4), the scene hardly (+0.1).",
        ),
        (
            {"brows": -0.9, "eyes": -0.5, "scene": 0.4},
            "The brows speak against Happy (−0.9), the eyes as well (−0.5), the scene for it (+0.4).",
        ),
        (
            {"mouth": 0.5, "eyes": 0.01, "scene": -2.0},
            "The scene speaks against Happy (−2.0), the mouth for it (+0.5), the eyes hardly (+0.0).",
        ),
        ({"mouth": 1.0, "scene": 0.1}, "The mouth speaks for Happy (+1.0), the scene as well (+0.1)."),
        ({"mouth": 1.0, "scene": 0.099}, "The mouth speaks for Happy (+1.0), the scene hardly (+0.1)."),
        ({"mouth": 0.049, "scene": -0.01}, "No part moves the score of Happy by 0.05 or more."),
        (
            {"gap in teeth": -0.31, "mouth": 0.2, "scene": -0.001},
            "“gap in teeth” speaks against Happy (−0.3), the mouth for it (+0.2), the scene hardly (+0.0).",
        ),
    ],
)
def test_the_sentence(said: dict[str, float], expected: str):
    assert sentence([part(name, logit) for name, logit in said.items()], "Happy") == expected


def test_the_sentence_can_be_made_again_from_the_json_and_is_short(small_net: GLAMORNet, people: People):
    for seed in range(6):
        found = parts_of(small_net, replace(people(seed), geometry=grey_person(16, 16).geometry))
        told = json.loads(json.dumps(parts_to_dict(found), allow_nan=False))
        assert [list(entry) for entry in told["parts"]] == [["name", "logit", "probability", "box_xyxy"]] * 7
        assert told["sentence"] == sentence([Part(**entry) for entry in told["parts"]], told["target_name"])
        assert len(told["sentence"].split()) <= 25
    longest = [part(name, 1.0) for name in ("a b c d", "e f g h", "scene")]
    assert len(sentence(longest, "Surprise").split()) <= 25
