"""A network with known answers for known pictures: every figure of the evaluation follows by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from torch import Tensor

from glamor.__main__ import main
from glamor.checkpoint import Checkpoint
from glamor.config import CLASS_NAMES, ModelConfig
from glamor.errors import DataError
from glamor.evaluation.evaluate import Evaluation, collect, evaluate, table
from glamor.evaluation.scoring import Report
from glamor.figures import evaluation_figure, to_png
from glamor.model import GLAMORNet, Intervention, Trace
from glamor.training.data import list_samples
from tests.datasets import add_scene, make_faces, make_scenes, save

CONDITIONS = ("fused", "context blanked", "face blanked", "uniform attention", "fusion one half", "attention alone")
BOX = (60, 30, 110, 80)
ANGER, FEAR, HAPPY, NEUTRAL = 0, 2, 3, 4


class Reader(GLAMORNet):
    """Reads a class from the brightness of each input; black says nothing, the scene needs a sharp attention.

    Its weights are 0.8 for a face that says something, 0.6 for one that does not. Where nothing
    is said loud enough, the answer is Neutral.
    """

    def forward(self, face: Tensor, context: Tensor, intervention: Intervention | None = None) -> Trace:
        forced = intervention or Intervention()
        face = face if forced.face is None else forced.face.expand_as(face)
        context = context if forced.context is None else forced.context.expand_as(context)
        said_by_face, said_by_scene = read(face), read(context[:, :, :8])
        w_face = torch.where(said_by_face.any(dim=1), 0.8, 0.6)
        weights = torch.stack((w_face, 1 - w_face), dim=1)
        weights = weights if forced.fusion is None else forced.fusion.expand_as(weights)
        attention = torch.zeros(len(face), 7, 7)
        attention[:, 3, 3] = 1
        attention = attention if forced.attention is None else forced.attention.expand_as(attention)
        loudness = 2 * attention.amax(dim=(1, 2)).view(-1, 1)
        logits = 10 * (weights[:, :1] * said_by_face + weights[:, 1:] * said_by_scene * loudness)
        logits[:, NEUTRAL] += 1
        vector = torch.zeros(len(face), 4)
        return Trace(logits, attention, attention.log(), weights, weights.log(), vector, vector)


def read(images: Tensor) -> Tensor:
    """Return (N, 7), one at the class that the brightness stands for (see :func:`brightness`)."""
    code = (images.mean(dim=(1, 2, 3)) * 255 / 30).round().long()
    return torch.nn.functional.one_hot(code, 8)[:, 1:].float()


def brightness(label: int | None) -> int:
    return 0 if label is None else 30 * (label + 1)


def scene(face: int | None, context: int) -> NDArray[np.uint8]:
    photo = np.full((128, 171, 3), brightness(context), np.uint8)
    photo[BOX[1] : BOX[3], BOX[0] : BOX[2]] = brightness(face)
    return photo


def reader(**changes: Any) -> Checkpoint:
    config = ModelConfig(filters=(4, 4, 4, 4, 4), hidden=4, **changes)
    return Checkpoint(Reader(config).eval(), config, "reader", None, "0" * 64, torch.device("cpu"))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("evaluation") / "scenes"
    add_scene(root, "val", "Anger", "film_a", scene(ANGER, FEAR), BOX)
    add_scene(root, "val", "Anger", "stock_b", scene(HAPPY, ANGER), BOX)
    add_scene(root, "val", "Happy", "film_c", scene(None, HAPPY), BOX)
    add_scene(root, "val", "Happy", "stock_d", scene(HAPPY, HAPPY), BOX)
    return root


@pytest.fixture(scope="module")
def evaluation(scenes: Path) -> Evaluation:
    return evaluate(reader(), scenes, "val")


def find(evaluation: Evaluation, condition: str, subset: str = "all") -> Report:
    (report,) = (r for r in evaluation.reports if (r.condition, r.subset) == (condition, subset))
    return report


def confusion(answers: Mapping[tuple[int, int], int]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(answers.get((i, j), 0) for j in range(7)) for i in range(7))


@pytest.mark.parametrize(
    ("condition", "answers"),
    [
        ("fused", {(ANGER, ANGER): 1, (ANGER, HAPPY): 1, (HAPPY, HAPPY): 2}),
        ("context blanked", {(ANGER, ANGER): 1, (ANGER, HAPPY): 1, (HAPPY, NEUTRAL): 1, (HAPPY, HAPPY): 1}),
        ("face blanked", {(ANGER, FEAR): 1, (ANGER, ANGER): 1, (HAPPY, HAPPY): 2}),
        ("uniform attention", {(ANGER, ANGER): 1, (ANGER, HAPPY): 1, (HAPPY, NEUTRAL): 1, (HAPPY, HAPPY): 1}),
        ("fusion one half", {(ANGER, FEAR): 1, (ANGER, ANGER): 1, (HAPPY, HAPPY): 2}),
        ("attention alone", {(ANGER, NEUTRAL): 2, (HAPPY, NEUTRAL): 2}),
    ],
)
def test_confusions_are_what_the_network_says(
    evaluation: Evaluation, condition: str, answers: dict[tuple[int, int], int]
) -> None:
    report = find(evaluation, condition)
    assert report.confusion == confusion(answers)
    assert report.count == 4
    right = {label: answers.get((label, label), 0) / 2 for label in (ANGER, HAPPY)}
    assert report.classes[ANGER].recall.value == right[ANGER]
    assert report.classes[HAPPY].recall.value == right[HAPPY]
    assert report.macro_recall.value == report.accuracy.value == (right[ANGER] + right[HAPPY]) / 2


def test_every_condition_is_reported_for_all_and_for_each_source(evaluation: Evaluation) -> None:
    found = [(report.condition, report.subset) for report in evaluation.reports]
    assert found == [(condition, subset) for condition in CONDITIONS for subset in ("all", "film", "stock")]
    assert find(evaluation, "fused", "film").accuracy.value == 1.0
    assert find(evaluation, "fused", "stock").accuracy.value == 0.5


def test_the_scenes_gain_is_the_difference_on_the_same_photos(evaluation: Evaluation) -> None:
    assert set(evaluation.scene_gain) == {"all", "film", "stock"}
    for subset, gain in evaluation.scene_gain.items():
        with_scene, without = (find(evaluation, name, subset).macro_recall for name in ("fused", "context blanked"))
        assert gain.value == pytest.approx(with_scene.value - without.value)
        # A pair that is right or wrong together cancels out, so it is known better than two figures apart.
        assert gain.high - gain.low <= with_scene.high - with_scene.low + without.high - without.low
    assert evaluation.to_dict()["scene_gain"]["all"]["value"] == evaluation.scene_gain["all"].value


def test_precision_and_classes_without_samples(evaluation: Evaluation) -> None:
    classes = find(evaluation, "fused").classes
    assert tuple(entry.name for entry in classes) == CLASS_NAMES
    assert [entry.count for entry in classes] == [2, 0, 0, 2, 0, 0, 0]
    assert classes[ANGER].precision.value == 1.0
    assert classes[HAPPY].precision.value == 2 / 3
    assert math.isnan(classes[FEAR].recall.value)
    assert math.isnan(classes[FEAR].precision.value)
    assert find(evaluation, "face blanked").classes[FEAR].precision.value == 0.0


def test_intervals_hold_the_value_and_narrow_where_nothing_varies(evaluation: Evaluation) -> None:
    for report in evaluation.reports:
        assert report.accuracy.low <= report.accuracy.value <= report.accuracy.high
    accuracy = find(evaluation, "fused").accuracy
    # Of 4 draws at 3/4: P(at most 1 right) is 0.05, P(none) 0.004; P(all right) is 0.32.
    assert (accuracy.low, accuracy.high) == (0.25, 1.0)
    always = find(evaluation, "fused", "film").accuracy
    assert (always.low, always.high) == (1.0, 1.0)


def test_the_calibration_error_is_that_of_the_shown_probabilities(tmp_path: Path) -> None:
    # One scene wrong at 8 against 4, one right at 12; both with 1 for Neutral, 0 for the rest.
    add_scene(tmp_path, "val", "Anger", "b", scene(HAPPY, ANGER), BOX)
    add_scene(tmp_path, "val", "Happy", "d", scene(HAPPY, HAPPY), BOX)
    said = [({8: 1, 4: 1, 1: 1, 0: 4}, False), ({12: 1, 1: 1, 0: 5}, True)]
    temperature = 5.0
    gaps, bins = [], []
    for logits, right in said:
        confidence = math.exp(max(logits) / temperature)
        confidence /= sum(count * math.exp(logit / temperature) for logit, count in logits.items())
        gaps.append(confidence - right)
        bins.append(int(confidence * 15))
    assert bins[0] != bins[1]
    report = find(evaluate(reader(temperature=temperature), tmp_path, "val"), "fused")
    assert report.calibration_error.value == pytest.approx((abs(gaps[0]) + abs(gaps[1])) / 2, abs=1e-6)


def test_the_spread_of_fusion_and_attention(evaluation: Evaluation) -> None:
    weights = [0.8, 0.8, 0.6, 0.8]
    assert evaluation.w_face_mean == pytest.approx(0.75)
    assert evaluation.w_face_std == pytest.approx(math.sqrt(sum((w - 0.75) ** 2 for w in weights) / 4))
    assert evaluation.w_face_quantiles == pytest.approx(np.quantile(weights, (0.05, 0.25, 0.5, 0.75, 0.95)))
    assert evaluation.attention_entropy == 0.0
    assert (evaluation.dataset, evaluation.split, evaluation.checkpoint) == ("scenes", "val", "reader")


def test_uniform_attention_has_the_entropy_of_uniform(tmp_path: Path) -> None:
    checkpoint = reader()
    even = GLAMORNet(checkpoint.config).eval()
    torch.nn.init.zeros_(even.attention.fc2.weight)
    faces = make_faces(tmp_path, per_class=1, splits=("val",))
    assert evaluate(replace(checkpoint, model=even), faces, "val").attention_entropy == pytest.approx(1.0, abs=1e-6)


def test_faces_are_answered_with_a_black_scene_only(tmp_path: Path) -> None:
    for label in (ANGER, HAPPY):
        save(tmp_path / "val" / CLASS_NAMES[label] / "x.png", np.full((50, 50, 3), brightness(label), np.uint8))
    evaluation = evaluate(reader(), tmp_path, "val")
    assert [(report.condition, report.subset) for report in evaluation.reports] == [("face only", "all")]
    assert evaluation.reports[0].accuracy.value == 1.0
    assert evaluation.scene_gain == {}


def test_more_samples_than_a_batch_keep_their_order(tmp_path: Path) -> None:
    labels = [n % 7 for n in range(70)]
    for n, label in enumerate(labels):
        save(tmp_path / "val" / CLASS_NAMES[label] / f"x{n:03}.png", np.full((16, 16, 3), brightness(label), np.uint8))
    samples = list_samples(tmp_path, "val", CLASS_NAMES)
    (outputs,) = collect(reader().model, samples)
    assert outputs.logits.argmax(axis=1).tolist() == [sample.label for sample in samples]
    assert outputs.attention.shape == (70, 7, 7)
    assert outputs.w_face.tolist() == pytest.approx([0.8] * 70)


def test_the_dictionary_is_strict_json(evaluation: Evaluation) -> None:
    values = evaluation.to_dict()
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    fear = values["reports"][0]["classes"][FEAR]
    assert fear["recall"] == {"value": None, "low": None, "high": None}
    assert values["reports"][0]["macro_recall"]["value"] == 0.75
    assert values["reports"][0]["confusion"][ANGER] == [1, 0, 0, 1, 0, 0, 0]


def test_the_table_can_be_read(evaluation: Evaluation) -> None:
    lines = table(evaluation).splitlines()
    assert max(map(len, lines)) <= 120
    (row,) = (line for line in lines if line.startswith("context blanked") and " all " in line)
    assert row.split()[:5] == ["context", "blanked", "all", "4", "0.500"]
    (row,) = (line for line in lines if line.startswith("Happy"))
    assert row.split()[:3] == ["Happy", "2", "1.000"]
    assert "w_face 0.750 +- 0.087" in lines[-1]


def test_a_missing_split_is_refused(scenes: Path) -> None:
    with pytest.raises(DataError, match="is not a folder"):
        evaluate(reader(), scenes, "test")


def texts(evaluation: Mapping[str, Any]) -> Sequence[str]:
    return [text.get_text() for text in evaluation_figure(evaluation).texts]


def test_the_figure_tells_counts_recalls_and_conditions(evaluation: Evaluation) -> None:
    words = texts(evaluation.to_dict())
    assert sum(word.isdigit() for word in words) == 49
    assert [word for word in words if word.isdigit() and word != "0"] == ["1", "1", "2"]
    assert words[words.index("Happy (2)") + 1] == "1.00"
    assert words[words.index("Fear (0)") + 1] == "none"
    assert [words[words.index(name.capitalize()) + 1] for name in CONDITIONS] == [
        "0.75",
        "0.50",
        "0.75",
        "0.50",
        "0.75",
        "0.00",
    ]


def test_the_figures_bars_are_as_long_as_the_recalls(evaluation: Evaluation) -> None:
    figure = evaluation_figure(evaluation.to_dict())
    widths = [bar.get_width() for bar in figure.artists if isinstance(bar, Rectangle)]
    whole = max(widths)
    assert widths.count(whole) == 7 + len(CONDITIONS) + 1  # the empty bars, and the one class with recall 1
    assert sorted(round(width / whole, 6) for width in widths if width < whole) == [0, 0.5, 0.5, 0.5, 0.75, 0.75, 0.75]


def test_the_command_prints_a_table_and_writes_json_and_a_figure(
    random_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset, out = make_scenes(tmp_path / "scenes", per_class=1, splits=("val",)), tmp_path / "out"
    assert main(["evaluate", str(dataset), "--checkpoint", str(random_checkpoint), "--out", str(out)]) == 0
    assert "fusion one half" in capsys.readouterr().out
    written = json.loads((out / "evaluation.json").read_text())
    assert [report["condition"] for report in written["reports"]] == list(CONDITIONS)
    assert (out / "evaluation.png").read_bytes() == to_png(evaluation_figure(written))


def test_the_command_takes_faces_and_refuses_what_is_no_dataset(
    random_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = make_faces(tmp_path / "faces", per_class=1, splits=("test",))
    arguments = ["--checkpoint", str(random_checkpoint)]
    assert main(["evaluate", str(dataset), "--split", "test", *arguments]) == 0
    assert "face only" in capsys.readouterr().out
    assert main(["evaluate", str(tmp_path / "nothing"), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("glamor: ")
    assert error.count("\n") == 1
