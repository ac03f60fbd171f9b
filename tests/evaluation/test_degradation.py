"""Faces are degraded as the tables say, and the curves follow by hand from a network with known answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glamor.__main__ import main
from glamor.checkpoint import Checkpoint
from glamor.config import CLASS_NAMES, ModelConfig
from glamor.evaluation.degradation import STRENGTHS, Curves, curves, table
from glamor.figures import degradation_figure, to_png
from glamor.model import GLAMORNet, Trace
from tests.datasets import make_scenes, save

HAPPY, SAD = CLASS_NAMES.index("Happy"), CLASS_NAMES.index("Sad")
BOX = (60, 30, 110, 80)


class Told(GLAMORNet):
    """Says Happy of a bright face, Sad of a red scene, else Neutral; the darker the face, the less it counts."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.face_encoder, self.context_encoder = nn.Identity(), nn.Identity()

    def encode_face(self, face: Tensor) -> Tensor:
        return face.mean(dim=(2, 3), keepdim=True)

    def encode_context(self, context: Tensor) -> Tensor:
        return context.mean(dim=(2, 3), keepdim=True)

    def combine(self, face_map: Tensor, context_map: Tensor, intervention: object = None) -> Trace:
        face, scene = face_map.flatten(1), context_map.flatten(1)
        logits = torch.zeros(len(face), 7)
        logits[:, 4] = 0.1
        logits[:, HAPPY] = (face.mean(dim=1) > 0.6).float()
        logits[:, SAD] = 2 * (scene[:, 0] - scene[:, 1] > 0.2).float()
        w_face = face.mean(dim=1)
        weights, empty = torch.stack((w_face, 1 - w_face), dim=1), torch.zeros(len(face), 1, 1)
        return Trace(logits, empty, empty, weights, weights, face, scene)


@pytest.fixture(scope="module")
def told() -> Checkpoint:
    config = ModelConfig(filters=(4, 4, 4, 4, 4), hidden=4)
    return Checkpoint(Told(config).eval(), config, "told", None, "0" * 64, torch.device("cpu"))


def _scene(face: int, colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    photo = np.full((128, 171, 3), colour, np.uint8)
    photo[BOX[1] : BOX[3], BOX[0] : BOX[2]] = face
    return photo


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six bright faces amid grey that are Happy, five dark ones amid red that are Sad, one more that is Anger."""
    root = tmp_path_factory.mktemp("degradation") / "scenes"
    for name, count, face, colour in (
        ("Happy", 6, 200, (90, 90, 90)), ("Sad", 5, 40, (220, 40, 40)), ("Anger", 1, 40, (90, 90, 90)),
    ):  # fmt: skip
        for i in range(count):
            save(root / "images" / "val" / name / f"film_{i}.png", _scene(face, colour))
            box = root / "crop" / "val" / name / f"film_{i}.txt"
            box.parent.mkdir(parents=True, exist_ok=True)
            box.write_text(",".join(map(str, BOX)))
    return root


@pytest.fixture(scope="module")
def measured(told: Checkpoint, dataset: Path) -> Curves:
    return curves(told, dataset, "val")


def test_what_faces_and_scenes_tell_by_hand(measured: Curves) -> None:
    """Five Sad and six Happy count, one Anger does not; a red scene tells Sad, whoever's it is."""
    assert (measured.count, measured.classes) == (12, ("Happy", "Sad"))
    clear = measured.rows[0]
    assert (clear.kind, clear.fused.value, clear.blanked.value) == ("clear", 1.0, 0.5)
    assert (clear.gain.value, clear.gain_over_other.value) == (0.5, pytest.approx(1 - clear.other.value))
    assert clear.other.value < 1
    assert clear.w_face == pytest.approx((6 * 200 + 6 * 40) / 12 / 255, abs=0.02)
    dark = {row.strength: row for row in measured.rows if row.kind == "darkness"}
    assert [dark[strength].fused.value for strength in STRENGTHS["darkness"]] == [0.5] * 5  # the scene alone tells Sad
    assert dark[0.03].blanked.value == 0.0
    assert dark[0.03].w_face == pytest.approx(0.03 * clear.w_face, rel=1e-3)
    assert [(row.kind, row.strength) for row in measured.rows[1:]] == [(k, s) for k in STRENGTHS for s in STRENGTHS[k]]


def test_the_interval_is_over_the_same_photos(measured: Curves) -> None:
    """Without its scene each Sad is missed and no Happy: whatever is drawn, the gain is exactly one half."""
    assert (measured.rows[0].gain.low, measured.rows[0].gain.high) == (0.5, 0.5)


def test_the_figure_marks_where_the_scene_surely_adds(measured: Curves) -> None:
    unsure = replace(measured.rows[3], gain=replace(measured.rows[3].gain, low=-0.1))
    figure = degradation_figure(replace(measured, rows=(*measured.rows[:3], unsure, *measured.rows[4:])).to_dict())
    blur = figure.axes[0]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Blurred", "Small", "Covered in the middle", "Dark"]
    (fused,) = (line for line in blur.lines if line.get_label() == "with its scene")
    assert list(fused.get_ydata()) == [row.fused.value for row in measured.rows[:6]]  # type: ignore[arg-type]
    marks = [line for line in blur.lines if line.get_marker() == "o"]
    hollow, filled = (list(line.get_xdata()) for line in marks)  # type: ignore[arg-type]
    assert (hollow, filled) == ([3], [0, 1, 2, 4, 5])


def test_the_command_says_and_draws_them(
    random_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes, out = make_scenes(tmp_path / "scenes", per_class=1, splits=("val",)), tmp_path / "out"
    assert main(["evaluate", str(scenes), "--checkpoint", str(random_checkpoint), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    written = json.loads((out / "degradation.json").read_text())
    assert written["classes"] == list(CLASS_NAMES)  # one picture of each: all or none
    assert len(written["rows"]) == 21
    assert (out / "degradation.png").read_bytes() == to_png(degradation_figure(written))
    assert f"{written['rows'][9]['kind']} {written['rows'][9]['strength']:g}" in said


def test_the_table_has_a_line_for_every_step(measured: Curves) -> None:
    lines = table(measured).splitlines()
    assert lines[2].split() == ["clear", "1.000", "0.500", f"{measured.rows[0].other.value:.3f}", "+0.500", "[+0.500,",
                                "+0.500]", f"{measured.rows[0].w_face:.3f}"]  # fmt: skip
    assert lines[9].startswith("size 24")
