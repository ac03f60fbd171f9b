"""Two networks with known answers on the same photos: the differences follow by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from glamor.__main__ import main
from glamor.checkpoint import Checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.errors import DataError
from glamor.evaluation.against import compare, table
from glamor.model import GLAMORNet, Intervention, Trace
from tests.datasets import add_scene

BOX = (60, 30, 110, 80)
CONFIG = ModelConfig(filters=(4, 4, 4, 4, 4), hidden=4)


class Answers(GLAMORNet):
    """Answers Anger for a dark face and Happy for a bright one, or Happy whatever it sees."""

    reads = True

    def forward(self, face: Tensor, context: Tensor, intervention: Intervention | None = None) -> Trace:
        bright = face.mean(dim=(1, 2, 3)) > 0.5
        logits = torch.zeros(len(face), 7)
        logits[:, 3] = torch.where(bright, 1.0, -1.0) if self.reads else 1.0
        logits[:, 0] = -logits[:, 3]
        weights, vector = torch.full((len(face), 2), 0.5), torch.zeros(len(face), 4)
        attention = torch.full((len(face), 7, 7), 1 / 49)
        return Trace(logits, attention, attention.log(), weights, weights.log(), vector, vector)


def _checkpoint(reads: bool, config: ModelConfig = CONFIG) -> Checkpoint:
    model = Answers(config).eval()
    model.reads = reads
    return Checkpoint(model, config, "answers", None, "0" * 64, torch.device("cpu"))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("against") / "scenes"
    for number, (label, brightness) in enumerate([("Anger", 20), ("Anger", 20), ("Happy", 240), ("Happy", 20)] * 4):
        photo = np.full((128, 171, 3), brightness, np.uint8)
        add_scene(root, "val", label, f"{('film', 'stock')[number >= 8]}_{number:02d}", photo, BOX)
    return root


def test_the_difference_is_that_of_the_recalls_on_the_same_photos(scenes: Path) -> None:
    whole, film, stock = compare(_checkpoint(True), _checkpoint(False), scenes, "val")
    assert [d.subset for d in (whole, film, stock)] == ["all", "film", "stock"]
    assert [d.count for d in (whole, film, stock)] == [16, 8, 8]
    # Reading: all 8 of Anger, 4 of 8 of Happy; else none of Anger, all of Happy.
    assert (whole.first, whole.second) == (0.75, 0.5)
    assert whole.gain.value == 0.25
    assert -0.05 < whole.gain.low < 0.25 < whole.gain.high < 0.55
    assert "+0.250 [" in table([whole])
    back = compare(_checkpoint(False), _checkpoint(True), scenes, "val")[0]
    assert (back.gain.value, back.gain.low, back.gain.high) == (-0.25, -whole.gain.high, -whole.gain.low)


def test_a_checkpoint_is_no_better_than_itself(scenes: Path) -> None:
    gains = [d.gain for d in compare(_checkpoint(True), _checkpoint(True), scenes, "val")]
    assert {(gain.value, gain.low, gain.high) for gain in gains} == {(0.0, 0.0, 0.0)}


def test_other_classes_are_no_answer_to_the_same_question(scenes: Path) -> None:
    other = replace(CONFIG, class_names=("Anger", "Disgust", "Fear", "Joy", "Neutral", "Sad", "Surprise"))
    with pytest.raises(DataError, match="different classes"):
        compare(_checkpoint(True), _checkpoint(True, other), scenes, "val")


def test_the_shell_prints_the_comparison(scenes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, seed in (("one", 1), ("other", 2)):
        torch.manual_seed(seed)
        config = replace(CONFIG, trained_on="nothing")
        save_checkpoint(tmp_path / name, GLAMORNet(config), config)
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    assert main(["evaluate", str(scenes), "--checkpoint", one, "--against", other]) == 0
    printed = capsys.readouterr().out
    assert f"against {other}" in printed
    assert printed.count("[95% interval, same photos]") == 1
