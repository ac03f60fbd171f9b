"""Teachers: what networks of earlier phases say of faces, and how it becomes half of a target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from glamor.errors import DataError
from glamor.model import GLAMORNet
from glamor.training.augment import to_float
from glamor.training.distill import teacher, teacher_probabilities
from glamor.training.losses import FaceBatch, TrainingNet
from glamor.training.recipe import TINY
from glamor.training.trainer import Plan, Trainer
from tests.small import SMALL

FACES, SCENES = TINY.phases
DISTILLED = replace(FACES, name="taught", size=32, epochs=1, teachers=("faces-48",))
WITH_DISTILLED_FACES = replace(SCENES, epochs=1, draws=8, batch=8, lone_faces=4, teachers=("faces-48", "taught"))
RECIPE = replace(TINY, phases=(replace(FACES, epochs=1), DISTILLED, WITH_DISTILLED_FACES))


def networks() -> list[TrainingNet]:
    torch.manual_seed(1)
    return [TrainingNet(GLAMORNet(SMALL), TINY).eval() for _ in range(2)]


def pictures(count: int) -> NDArray[np.uint8]:
    return np.random.default_rng(2).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)


@pytest.fixture
def trainer(data: Path, tmp_path: Path) -> Trainer:
    out = tmp_path / "run"
    out.mkdir()
    return Trainer(Plan(RECIPE, SMALL, data / "faces", data / "scenes", out))


def test_an_opinion_is_the_mean_of_all_networks_in_both_mirror_images() -> None:
    images, nets, sizes = pictures(5), networks(), (32, 64)
    with torch.inference_mode():
        faces = to_float(torch.from_numpy(images))
        small = F.interpolate(faces, (32, 32), mode="bilinear", antialias=True)
        each = [n.face_logits(x).softmax(1) for n, v in zip(nets, (small, faces), strict=True) for x in (v, v.flip(3))]
    probabilities = teacher_probabilities(list(zip(nets, sizes, strict=True)), images)
    torch.testing.assert_close(probabilities, sum(each[1:], each[0]) / 4, atol=1e-5, rtol=1e-4)


def test_an_opinion_does_not_depend_on_which_way_a_face_looks_nor_on_its_company() -> None:
    images = pictures(600)  # more than one batch
    probabilities = teacher_probabilities([(networks()[0], 48)], images)
    assert probabilities.shape == (600, 7)
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(600))
    mirrored = teacher_probabilities([(networks()[0], 48)], images[599:, :, ::-1].copy())
    torch.testing.assert_close(probabilities[599:], mirrored, atol=1e-5, rtol=1e-4)


def test_half_of_a_taught_target_is_the_label_and_half_the_opinion(trainer: Trainer) -> None:
    sampler = trainer.sampler
    labels = torch.from_numpy(sampler.face_train.labels)
    sampler.distilled = torch.rand(len(labels), 7).softmax(dim=1)
    targets = sampler._face_targets(torch.tensor([3, 0, 3]))
    for row, face in zip(targets, (3, 0, 3), strict=True):
        rest = 2 * row - sampler.distilled[face]
        torch.testing.assert_close(rest, F.one_hot(labels[face], 7).float())


def test_a_run_asks_the_teachers_once_and_teaches_faces_and_lone_faces(trainer: Trainer) -> None:
    trainer.run()
    kept = sorted(path.name for path in trainer.plan.out.glob("taught-by-*.pt"))
    assert kept == ["taught-by-faces-48-and-taught.pt", "taught-by-faces-48.pt"]
    assert [row["phase"] for row in trainer.history] == ["faces-48", "taught", "scenes"]

    marked = torch.full((len(trainer.sampler.face_train.labels), 7), 1 / 7)
    torch.save(marked, trainer.plan.out / kept[1])
    trainer.sampler.distilled = trainer._distilled(DISTILLED)
    batch = trainer.sampler.faces(DISTILLED)
    assert isinstance(batch, FaceBatch)
    once, six = torch.full((16, 1), 1 / 14 + 0.5), torch.full((16, 6), 1 / 14)
    torch.testing.assert_close(batch.targets.sort(dim=1).values, torch.cat((six, once), dim=1))
    lone = trainer.sampler.scenes(WITH_DISTILLED_FACES).lone_targets
    torch.testing.assert_close(lone.amax(dim=1), torch.full((4,), 1 / 14 + 0.5))
    assert trainer._distilled(FACES) is None


def test_a_teacher_is_the_average_its_phase_ended_with(trainer: Trainer) -> None:
    trainer._run_phase(trainer.plan.recipe.phases[0], 0)
    averaged = {name: value.clone() for name, value in trainer.ema.module.state_dict().items()}
    trainer._run_phase(DISTILLED, 0)
    net = teacher(trainer.plan.out, "faces-48", trainer.bare)
    torch.testing.assert_close(dict(net.state_dict()), averaged, atol=0, rtol=0)


def test_a_teacher_that_is_not_there_is_asked_for_in_words(trainer: Trainer) -> None:
    with pytest.raises(DataError, match=r"after-faces-48\.pt is not there; copy it from the run that phase faces-48"):
        trainer._distilled(DISTILLED)
