"""Temperature and prediction sets are fitted on the split that is named and stored; the network stays as it is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax
from torch import Tensor

from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import CLASS_NAMES, ModelConfig
from glamor.errors import CheckpointError, DataError
from glamor.evaluation.evaluate import collect
from glamor.model import GLAMORNet
from glamor.photo import load_photo
from glamor.training.calibrate import Answers, _in_first_half, calibrate, prediction_sets
from glamor.training.data import list_samples
from tests.datasets import make_faces, make_scenes, save

SMALL = ModelConfig(filters=(4, 4, 8, 8, 16), hidden=8)
TEMPERATURES = tuple(np.geomspace(0.05, 20, 400).tolist())


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four scenes a class, and one more that is a picture of the next class."""
    root = make_scenes(tmp_path_factory.mktemp("calibration") / "scenes", per_class=4, splits=("val",))
    for name, following in pairwise((*CLASS_NAMES, CLASS_NAMES[0])):
        for kind, suffix in (("images", "jpg"), ("crop", "txt")):
            source = root / kind / "val" / following / f"film_0.{suffix}"
            shutil.copy(source, root / kind / "val" / name / f"wrong_0.{suffix}")
    return root


@pytest.fixture
def folder(tmp_path: Path, scenes: Path) -> Path:
    """Random weights, but for a last layer that tells the classes apart and is far too sure of it."""
    with torch.random.fork_rng():
        torch.manual_seed(2)
        model = GLAMORNet(SMALL).eval()
    hidden: list[Tensor] = []
    model.head[1].register_forward_hook(lambda _, inputs, output: hidden.append(output))
    samples = list_samples(scenes, "val", CLASS_NAMES)
    collect(model, samples)
    features = torch.nn.functional.pad(torch.cat(hidden), (0, 1), value=1.0)
    targets = 40 * torch.eye(7)[[sample.label for sample in samples]]
    solution = torch.linalg.lstsq(features, targets).solution
    with torch.no_grad():
        model.head[-1].weight.copy_(solution[:-1].T)
        model.head[-1].bias.copy_(solution[-1])
    save_checkpoint(tmp_path / "weights", model, SMALL)
    return tmp_path / "weights"


def test_temperature_and_sets_are_stored_and_nothing_else_changes(folder: Path, scenes: Path) -> None:
    before = load_checkpoint(folder)
    config = calibrate(folder, scenes)
    after = load_checkpoint(folder)
    assert after.config == config
    assert config.temperature > 2
    assert config.prediction_sets is not None
    assert {row.source for row in config.prediction_sets.coverage} <= {"film", "stock", "wrong"}
    assert sum(row.count for row in config.prediction_sets.coverage) < len(list_samples(scenes, "val", CLASS_NAMES))
    assert replace(config, temperature=1.0, prediction_sets=None) == before.config
    assert after.sha256 == before.sha256


def test_weights_in_half_precision_stay_the_same_file(folder: Path, scenes: Path) -> None:
    save_checkpoint(folder, load_checkpoint(folder).model, SMALL, half=True)
    before = (folder / "model.safetensors").read_bytes()
    calibrate(folder, scenes)
    assert (folder / "model.safetensors").read_bytes() == before


def test_logits_stay_as_they_are(folder: Path, scenes: Path) -> None:
    samples = list_samples(scenes, "val", CLASS_NAMES)
    (before,) = collect(load_checkpoint(folder).model, samples)
    calibrate(folder, scenes)
    (after,) = collect(load_checkpoint(folder).model, samples)
    np.testing.assert_array_equal(before.logits, after.logits)


def test_no_other_temperature_is_likelier(folder: Path, scenes: Path) -> None:
    best = calibrate(folder, scenes).temperature
    assert 0.1 < best < 10  # not where the search ends
    assert all(loss(folder, scenes, best) <= loss(folder, scenes, other) + 1e-6 for other in TEMPERATURES)


def test_scenes_and_faces_count_alike_however_many_they_are(folder: Path, scenes: Path, tmp_path: Path) -> None:
    made = make_faces(tmp_path / "made", per_class=12, splits=("val",))
    answers = logits_of(folder, made).argmax(axis=1)
    faces = tmp_path / "faces"
    for i, (sample, answer) in enumerate(zip(list_samples(made, "val", CLASS_NAMES), answers, strict=True)):
        name = CLASS_NAMES[(answer + (i % 10 == 0)) % 7]  # nine of ten answers are right
        save(faces / "val" / name / f"{i}.png", load_photo(sample.path))

    def both(temperature: float) -> float:
        return loss(folder, scenes, temperature) + loss(folder, faces, temperature)

    of_scenes, best = calibrate(folder, scenes).temperature, calibrate(folder, scenes, faces).temperature
    assert best != pytest.approx(of_scenes, rel=0.05)
    assert 0.1 < best < 10
    assert all(both(best) <= both(other) + 1e-6 for other in TEMPERATURES)


def test_sets_are_fitted_on_one_half_and_measured_on_the_other() -> None:
    """Kinds count alike: three samples of which two miss weigh as much as sixty that are right."""
    rng = np.random.default_rng(0)

    def kind(source: str, count: int, wrong: float) -> Answers:
        labels = rng.integers(0, 2, count)
        told = np.where(rng.random(count) < wrong, 1 - labels, labels)
        logits = np.log(np.eye(2)[told] * 0.6 + 0.2)
        return Answers(logits, labels, (source,) * count, tuple(f"{source}_{i}.jpg" for i in range(count)))

    surely, hardly = kind("easy", 2000, 0.02), kind("hard", 100, 0.6)
    both, easy = prediction_sets([surely, hardly], 1.0), prediction_sets([surely], 1.0)
    assert easy.ratios == (1.0, 1.0)
    assert both.ratios == pytest.approx((0.25, 0.25))  # 0.2 / 0.8: thirty of a hundred would be missed otherwise
    (measured,) = easy.coverage
    assert measured.count == sum(not _in_first_half(name) for name in surely.names)
    assert 0.96 < measured.share < 1
    assert measured.labels == 1
    assert [row.share for row in both.coverage] == [1, 1]


def loss(folder: Path, dataset: Path, temperature: float) -> float:
    """Return the mean negative log-likelihood of a dataset's labels."""
    samples = list_samples(dataset, "val", CLASS_NAMES)
    labels = [sample.label for sample in samples]
    logits = logits_of(folder, dataset)
    return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(labels)), labels].mean())


@cache
def logits_of(folder: Path, dataset: Path) -> NDArray[np.float64]:
    """Return the logits (N, classes) of a dataset."""
    (outputs,) = collect(load_checkpoint(folder).model, list_samples(dataset, "val", CLASS_NAMES))
    return outputs.logits


def test_calibrating_again_changes_nothing(folder: Path, scenes: Path) -> None:
    assert calibrate(folder, scenes) == calibrate(folder, scenes)


def test_what_cannot_be_used_is_refused(folder: Path, scenes: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not a folder"):
        calibrate(folder, scenes, split="test")
    with pytest.raises(CheckpointError):
        calibrate(tmp_path / "nothing", scenes)
    assert load_checkpoint(folder).config.temperature == 1.0
