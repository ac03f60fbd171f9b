"""The weights that the repository carries, and what is said about them."""

from __future__ import annotations

import hashlib
import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import skimage.data
import torch
from numpy.typing import NDArray

from glamor.checkpoint import EMBEDDED, load_checkpoint
from glamor.evaluation.degradation import FEWEST
from glamor.familiar import read_memories
from glamor.model import Intervention
from glamor.predictor import Predictor
from glamor.remarks import remarks
from scripts.twins import card, verdict

ROOT = Path(__file__).resolve().parent.parent


def _metrics() -> dict[str, Any]:
    return json.loads((EMBEDDED / "metrics.json").read_text())


def _card_script() -> ModuleType:
    spec = spec_from_file_location("model_card", ROOT / "scripts" / "model_card.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_metrics_are_those_of_the_weights() -> None:
    sha256 = hashlib.sha256((EMBEDDED / "model.safetensors").read_bytes()).hexdigest()
    metrics = _metrics()
    assert metrics["scenes"]["sha256"] == metrics["faces"]["sha256"] == sha256
    assert load_checkpoint(EMBEDDED).sha256 == sha256


def test_the_configuration_says_what_the_weights_need() -> None:
    config = load_checkpoint(EMBEDDED).config
    assert config.face_crop_scale == 1.35
    assert config.jpeg_round_trip
    assert config.trained_on
    assert config.license
    assert config.prediction_sets is not None
    assert config.prediction_sets.level == 0.9


@pytest.mark.parametrize(("dataset", "condition", "bar"), [("scenes", "fused", 0.49), ("faces", "face only", 0.62)])
def test_the_weights_reach_their_bar(dataset: str, condition: str, bar: float) -> None:
    report = _card_script().find(_metrics()[dataset], condition, "all")
    assert report["macro_recall"]["value"] >= bar


def test_what_is_kept_of_the_training_belongs_to_the_weights_and_finds_the_strange_unlike() -> None:
    checkpoint = load_checkpoint(EMBEDDED)
    assert read_memories(checkpoint) is not None
    told = json.loads((EMBEDDED / "neighbours.json").read_text())
    assert told["weights_sha256"] == checkpoint.sha256
    beyond = {row["name"]: row["face"] for row in told["found"]}
    caught = ("drawn faces, coloured", "smileys in black lines", "white noise", "validation faces under a full mask")
    assert all(beyond[name] > 0.9 for name in caught)
    usual = [row for row in told["found"] if not row["strange"]]
    assert sum(row["count"] * row["face"] for row in usual) < 0.08 * sum(row["count"] for row in usual)


def test_the_astronaut_is_familiar_and_a_brick_wall_is_not(astronaut: NDArray[np.uint8]) -> None:
    predictor = Predictor()
    (face,) = predictor.predict(astronaut)
    assert face.familiarity is not None
    assert not face.familiarity.face_unlike
    assert face.familiarity.neighbours[0][0] == "Happy"
    wall = np.stack([skimage.data.brick()] * 3, axis=2)
    (bricks,) = predictor.predict(wall, [(100, 100, 300, 300)])
    assert bricks.familiarity is not None
    assert bricks.familiarity.face_unlike
    assert "less like the faces that the network has learned from" in " ".join(remarks(bricks))


def test_the_model_card_is_up_to_date() -> None:
    assert (EMBEDDED / "README.md").read_text() == _card_script().card()


def test_the_astronaut_smiles(astronaut: NDArray[np.uint8]) -> None:
    (prediction,) = Predictor().predict(astronaut)
    assert prediction.emotion == "Happy"


TWINS = {name: EMBEDDED.parent / name for name in ("glamor-net-lite", "caer-net-s")}


def _beside(name: str, part: str) -> Any:
    return json.loads((TWINS[name] / f"{part}.json").read_text())


@pytest.mark.parametrize("name", TWINS)
def test_what_is_said_of_a_twin_belongs_to_its_weights(name: str) -> None:
    checkpoint, metrics = load_checkpoint(TWINS[name], device="cpu"), _beside(name, "metrics")
    assert {metrics[part]["sha256"] for part in ("scenes", "everyday", "faces")} == {checkpoint.sha256}
    assert checkpoint.config.prediction_sets is not None
    assert (TWINS[name] / "model.safetensors").stat().st_size < 30e6
    assert (TWINS[name] / "README.md").read_text() == card(name)


def test_the_twins_differ_in_what_scores_the_cells_alone() -> None:
    guided, alone = (load_checkpoint(folder, device="cpu") for folder in TWINS.values())
    ours, theirs = (checkpoint.config.to_dict() for checkpoint in (guided, alone))
    different = {name for name, value in ours.items() if theirs[name] != value}
    assert different <= {"attention", "temperature", "prediction_sets"}
    assert "attention" in different
    for part in ("face_encoder", "context_encoder"):
        of_ours, of_theirs = (net.model.get_submodule(part).state_dict() for net in (guided, alone))
        assert all(value.equal(of_theirs[name]) for name, value in of_ours.items())


def test_where_the_face_is_blurred_the_twins_turn_to_the_scene() -> None:
    for name in TWINS:
        for curves in _beside(name, "degradation"):
            weights = {row["strength"]: row["w_face"] for row in curves["rows"] if row["kind"] == "size"}
            clear = curves["rows"][0]["w_face"]
            assert weights[12] < 0.7 * clear
            assert weights[8] < weights[12] < weights[24]


def test_in_everyday_pictures_the_scene_helps_where_the_face_cannot_be_read() -> None:
    """Twelve pixels are left of a face; black faces read better than chance, 0.2 over five classes."""
    curves = {curves["dataset"]: curves for curves in _beside("glamor-net-lite", "degradation")}["everyday"]
    gains = {row["strength"]: row["gain"] for row in curves["rows"] if row["kind"] == "size"}
    assert gains[12]["value"] > 0.08
    assert min(gains[size]["low"] for size in (12, 8, 6)) > 0
    unseen = next(
        report
        for report in _beside("glamor-net-lite", "metrics")["everyday"]["reports"]
        if (report["condition"], report["subset"]) == ("face blanked", "all")
    )
    assert np.mean([each["recall"]["value"] for each in unseen["classes"] if each["count"] >= FEWEST]) > 0.28


def test_where_a_face_can_hardly_be_read_the_embedded_weights_turn_to_the_scene_and_it_helps() -> None:
    curves = {one["dataset"]: one["rows"] for one in json.loads((EMBEDDED / "degradation.json").read_text())}
    for rows in curves.values():
        sizes = {row["strength"]: row for row in rows if row["kind"] == "size"}
        assert sizes[6]["w_face"] < sizes[8]["w_face"] < 0.7 * rows[0]["w_face"]
        assert min(sizes[size]["gain"]["low"] for size in (8, 6)) > 0
    assert next(row for row in curves["everyday"] if row["strength"] == 12)["gain"]["low"] > 0


@pytest.mark.parametrize("folder", [EMBEDDED, TWINS["glamor-net-lite"]], ids=lambda folder: folder.name)
def test_a_plain_scene_does_not_mean_disgust(
    folder: Path, astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8]
) -> None:
    predictor = Predictor(folder)
    for portrait in (astronaut, grace_hopper):
        (found,) = predictor.predict(portrait)
        x1, y1, x2, y2 = (round(side) for side in found.face_box_xyxy)
        for grey in (128, 242):
            plain = np.full_like(portrait, grey)
            plain[max(y1, 0) : y2, max(x1, 0) : x2] = portrait[max(y1, 0) : y2, max(x1, 0) : x2]
            (answer,) = predictor.predict(plain, [found.face_box_xyxy])
            assert answer.emotion != "Disgust"


def test_which_twin_is_better_is_said_with_its_interval() -> None:
    said = verdict(_beside("glamor-net-lite", "twins"))
    for name in TWINS:
        assert said in (TWINS[name] / "README.md").read_text()


@pytest.mark.parametrize("grey", [0.5, 0.95])
def test_by_itself_a_plain_scene_does_not_say_disgust(grey: float) -> None:
    """All weight on a scene of one colour with a black hole where the face was; chance is 0.14."""
    checkpoint = load_checkpoint(EMBEDDED, device="cpu")
    side = checkpoint.config.context_size
    scene = torch.full((1, 3, side, side), grey)
    scene[..., side // 3 : 2 * side // 3, side // 3 : 2 * side // 3] = 0
    face = torch.zeros(1, 3, checkpoint.config.face_size, checkpoint.config.face_size)
    with torch.inference_mode():
        trace = checkpoint.model(face, scene, Intervention(fusion=torch.tensor([0.0, 1.0])))
    said = trace.logits.softmax(dim=1)[0]
    assert said[checkpoint.config.class_names.index("Disgust")] < 0.3
