"""Real training runs on a generated dataset: whole, killed, ablated, by the paper, with another encoder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from glamor.__main__ import main
from glamor.checkpoint import load_checkpoint
from glamor.errors import DataError
from glamor.model import GLAMORNet
from glamor.training.calibrate import calibrate
from glamor.training.losses import Ablation, SceneBatch, TrainingNet, _anywhere, ablate
from glamor.training.recipe import PAPER, TINY, recipe
from glamor.training.sampler import Scores
from glamor.training.train import train
from glamor.training.trainer import STATE, Plan, Trainer
from tests.small import SMALL

FACES, SCENES = TINY.phases
ONE_STEP = replace(TINY, phases=(replace(SCENES, epochs=1, draws=8),))
SCENES_ALONE = replace(TINY, phases=(replace(SCENES, epochs=1, draws=8, lone_faces=0),))


@pytest.fixture(scope="module")
def finished(data: Path) -> Path:
    """The folder of a whole run of the recipe ``tiny``, by the command."""
    assert main(command(data, data / "finished")) == 0
    return data / "finished"


def command(data: Path, out: Path) -> list[str]:
    places = ["--faces", str(data / "faces"), "--scenes", str(data / "scenes"), "--out", str(out)]
    return ["train", *places, "--recipe", "tiny", "--seed", "3"]


def plan(data: Path, name: str, **changes: Any) -> Plan:
    settings = {"recipe": ONE_STEP, "config": SMALL, "faces": data / "faces", "scenes": data / "scenes"}
    return Plan(**{**settings, "out": data / name, **changes})


def state(folder: Path) -> dict[str, Any]:
    return dict(torch.load(folder / STATE, weights_only=True))


def random_inputs(count: int) -> tuple[Tensor, Tensor]:
    rng = torch.Generator().manual_seed(5)
    return torch.rand(count, 3, 96, 96, generator=rng), torch.rand(count, 3, 112, 112, generator=rng)


def targets(count: int) -> Tensor:
    return torch.nn.functional.one_hot(torch.arange(count) % 7, 7).float()


def scene_batch(count: int, lone: int) -> SceneBatch:
    face, context = random_inputs(count)
    sees = torch.ones(count, dtype=torch.bool)
    lone_faces, black = random_inputs(lone)[0].flip(3), torch.zeros_like(context[:1])
    return SceneBatch(face, context, targets(count), sees, sees, lone_faces, targets(lone), black)


def test_a_run_leaves_weights_config_metrics_and_history(finished: Path, data: Path) -> None:
    checkpoint = load_checkpoint(finished / "checkpoint")
    assert checkpoint.config.face_crop_scale == 1.35
    assert checkpoint.config.trained_on == "faces and scenes"
    history = json.loads(state(finished)["history"])
    assert [(row["phase"], row["epoch"]) for row in history] == [
        ("faces-48", 1),
        ("faces-48", 2),
        ("scenes", 1),
        ("scenes", 2),
    ]
    assert all(0 <= row["faces"] <= 1 for row in history)
    assert {"scenes", "film", "film_face_only", "scenes_no_face", "w_face_std"} <= history[-1].keys()
    assert not (data / "finished" / f"{STATE}.part").exists()


def test_metrics_hold_both_datasets_with_intervals(finished: Path) -> None:
    metrics = json.loads((finished / "checkpoint" / "metrics.json").read_text())
    assert metrics["seed"] == 3
    assert metrics["ablation"] == "none"
    assert metrics["seconds"] >= 0
    for name, count in (("scenes", 14), ("faces", 21)):
        first = metrics[name]["reports"][0]
        assert (first["subset"], first["count"]) == ("all", count)
        for measure in ("accuracy", "macro_recall", "calibration_error"):
            figure = first[measure]
            assert 0 <= figure["low"] <= figure["value"] + 1e-9
            assert figure["high"] <= 1
            assert figure["low"] <= figure["high"]
    assert {report["condition"] for report in metrics["scenes"]["reports"]} >= {"fused", "face blanked"}
    assert {report["condition"] for report in metrics["faces"]["reports"]} == {"face only"}


def test_the_finished_checkpoint_is_calibrated_on_validation(finished: Path, data: Path) -> None:
    before = load_checkpoint(finished / "checkpoint").config
    assert calibrate(finished / "checkpoint", data / "scenes", data / "faces") == before


def test_a_killed_run_goes_on_to_the_same_weights(finished: Path, data: Path) -> None:
    out = data / "killed"
    with subprocess.Popen(
        [sys.executable, "-m", "glamor", *command(data, out)],
        cwd=Path(__file__).resolve().parent.parent.parent,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            while not (out / STATE).exists():
                assert process.poll() is None, process.communicate()[1].decode()
                time.sleep(0.005)
        finally:
            process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not (out / "checkpoint" / "metrics.json").exists()
    survived = len(json.loads(state(out)["history"]))
    assert 1 <= survived < 4

    assert main(command(data, out)) == 0
    mine, whole = state(out), state(finished)
    assert json.loads(mine["history"]) == json.loads(whole["history"])
    assert mine["best"] == whole["best"]
    for kept in ("model", "ema"):
        torch.testing.assert_close(mine[kept], whole[kept], atol=1e-5, rtol=1e-4)


def test_the_same_command_does_not_train_a_finished_run_again(finished: Path, data: Path) -> None:
    before = state(finished)
    weights = load_checkpoint(finished / "checkpoint").sha256
    assert main(command(data, data / "finished")) == 0
    torch.testing.assert_close(state(finished)["model"], before["model"], atol=0, rtol=0)
    assert load_checkpoint(finished / "checkpoint").sha256 == weights


def test_a_state_of_another_network_is_refused(finished: Path, data: Path) -> None:
    with pytest.raises(DataError, match=r"^the earlier state is of another network; .*\.$"):
        train(plan(data, "other", start=finished / STATE))


def test_a_run_goes_on_from_a_checkpoint(finished: Path, data: Path) -> None:
    taken = load_checkpoint(finished / "checkpoint", device="cpu")
    trainer = Trainer(plan(data, "tuned", recipe=TINY, config=taken.config, start=finished / "checkpoint"))
    assert trainer.history == []
    for module in (trainer.bare, trainer.ema.module):
        torch.testing.assert_close(dict(module.net.state_dict()), dict(taken.model.state_dict()), atol=0, rtol=0)
    with pytest.raises(DataError, match="of another network"):
        Trainer(plan(data, "tuned", start=finished / "checkpoint"))


def test_a_resting_face_encoder_keeps_its_weights_while_the_others_learn(data: Path) -> None:
    resting = replace(SCENES, epochs=1, draws=8, face_lr=0.0)
    trainer = Trainer(plan(data, "resting", recipe=replace(TINY, phases=(resting,))))
    before = {name: value.clone() for name, value in trainer.bare.net.named_parameters()}
    trainer.plan.out.mkdir()
    trainer._run_phase(resting, 0)
    changed = {
        name.split(".")[0] for name, value in trainer.bare.net.named_parameters() if (value != before[name]).any()
    }
    assert changed == {name.split(".")[0] for name in before} - {"face_encoder"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipe": TINY, "faces": None}, "this recipe needs faces as well as scenes; give --faces"),
        ({"faces": None}, "this recipe needs faces as well as scenes"),
        ({"start": Path("nowhere/state.pt")}, r"nowhere.state\.pt is not there; give the state\.pt of an earlier run"),
    ],
)
def test_a_plan_that_lacks_something_is_refused(data: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        train(plan(data, "lacking", **changes))


def test_an_unknown_recipe_is_refused() -> None:
    with pytest.raises(DataError, match=r"^there is no recipe 'best'; choose one of default, lite, paper, tiny\.$"):
        recipe("best")


def test_a_run_goes_on_from_another_runs_phase(finished: Path, data: Path) -> None:
    config = load_checkpoint(finished / "checkpoint").config
    trainer = Trainer(plan(data, "taken", recipe=TINY, config=config, start=finished / "after-faces-48.pt"))
    trainer.run()
    whole = json.loads(state(finished)["history"])
    assert [(row["phase"], row["epoch"]) for row in trainer.history] == [(row["phase"], row["epoch"]) for row in whole]
    assert trainer.history[:2] == whole[:2]  # taken over, not run again


def test_a_phase_begins_with_the_average_and_scenes_after_faces_with_the_faces_filters(data: Path) -> None:
    faces = replace(FACES, epochs=1, draws=16)
    trainer = Trainer(plan(data, "phases", recipe=replace(TINY, phases=(faces, SCENES, replace(SCENES, name="late")))))
    trainer.plan.out.mkdir()

    trainer._run_phase(faces, 0)
    averaged = {k: v.clone() for k, v in trainer.ema.module.net.face_encoder.state_dict().items()}
    trainer._enter(SCENES)
    for encoder in (trainer.bare.net.face_encoder, trainer.bare.net.context_encoder):
        torch.testing.assert_close(dict(encoder.state_dict()), averaged, atol=0, rtol=0)

    trainer._run_phase(SCENES, 0)
    averaged = {k: v.clone() for k, v in trainer.ema.module.state_dict().items()}
    trainer._enter(trainer.plan.recipe.phases[2])
    torch.testing.assert_close(dict(trainer.bare.state_dict()), averaged, atol=0, rtol=0)
    own, faces_filters = trainer.bare.net.context_encoder.state_dict(), trainer.bare.net.face_encoder.state_dict()
    assert any((own[name] != faces_filters[name]).any() for name in own)  # what scenes taught is kept


def test_what_is_kept_remembers_the_faces_encoder_of_before_and_nothing_else(data: Path) -> None:
    phase = replace(SCENES, epochs=1, draws=8, remembers=0.25)
    trainer = Trainer(plan(data, "remembering", recipe=replace(TINY, phases=(phase,))))
    before = {name: value.clone() for name, value in trainer.bare.net.state_dict().items()}
    trainer.plan.out.mkdir()
    trainer._run_phase(phase, 0)
    after = trainer.ema.module.net.state_dict()
    kept = load_checkpoint(trainer.folder, device="cpu").model.state_dict()
    assert any((after[name] != before[name]).any() for name in before if name.startswith("face_encoder."))
    for name in (name for name, value in kept.items() if value.is_floating_point()):
        mixed = 0.25 * before[name] + 0.75 * after[name]
        torch.testing.assert_close(kept[name], mixed if name.startswith("face_encoder.") else after[name])


def test_without_context_the_scene_counts_for_nothing(data: Path) -> None:
    folder = train(plan(data, "no-context", ablation=Ablation.NO_CONTEXT))
    model = load_checkpoint(folder).model
    face, context = random_inputs(4)
    with torch.inference_mode():
        trace, other = model(face, context), model(face, context.flip(0))
    assert torch.equal(trace.logits, other.logits)
    assert (trace.logits[0] != trace.logits[1]).any()
    assert trace.fusion_weights.tolist() == [[1.0, 0.0]] * 4
    assert json.loads((folder / "metrics.json").read_text())["ablation"] == "no-context"


def test_without_attention_all_cells_count_the_same(data: Path) -> None:
    model = load_checkpoint(train(plan(data, "no-attention", ablation=Ablation.NO_ATTENTION))).model
    face, context = random_inputs(4)
    with torch.inference_mode():
        trace = model(face, context)
        cells = model.encode_context(context)
    torch.testing.assert_close(trace.attention, torch.full((4, 7, 7), 1 / 49))
    torch.testing.assert_close(trace.context_vector, cells.mean(dim=(2, 3)), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("ablation", [Ablation.NO_CONTEXT, Ablation.NO_ATTENTION])
def test_what_was_ablated_gets_no_gradient(ablation: Ablation) -> None:
    net = GLAMORNet(SMALL)
    ablate(ablation, net)
    TrainingNet(net, TINY)(scene_batch(4, 4)).backward()
    fixed = [net.attention.fc2] if ablation is Ablation.NO_ATTENTION else [net.face_score, net.context_score]
    assert all(parameter.grad is None for module in fixed for parameter in module.parameters())
    learning = [net.face_encoder, net.head]
    assert all(parameter.grad is not None for module in learning for parameter in module.parameters())


def test_the_papers_recipe_trains_on_scenes_alone(data: Path) -> None:
    phases = tuple(replace(phase, epochs=1, draws=4) for phase in PAPER.phases)
    short = plan(data, "paper", recipe=replace(PAPER, phases=phases), faces=None)
    trainer = Trainer(short)
    before = {k: v.clone() for k, v in trainer.bare.net.named_parameters()}
    folder = trainer.run()
    optimizer = trainer.optimizer.optimizer
    assert isinstance(optimizer, torch.optim.SGD)
    group = optimizer.param_groups[0]
    assert (group["momentum"], group["nesterov"]) == (0.9, False)
    assert any((before[k] != v).any() for k, v in trainer.bare.net.named_parameters())
    torch.testing.assert_close(dict(trainer.bare.state_dict()), dict(trainer.ema.module.state_dict()))  # no average
    assert [row["phase"] for row in trainer.history] == ["paper-1", "paper-2", "paper-3"]
    assert "faces" not in json.loads((folder / "metrics.json").read_text())


def test_the_papers_learning_rate_is_cut_at_epochs_25_and_40() -> None:
    rates = [phase.lr for phase in PAPER.phases for _ in range(phase.epochs)]
    assert len(rates) == 60
    assert rates == pytest.approx([5e-4] * 25 + [5e-5] * 15 + [5e-6] * 20)
    assert all(phase.lr == phase.lr_end and phase.batch == 4 for phase in PAPER.phases)


def test_a_resnet18_trains_saves_and_loads(data: Path) -> None:
    config = replace(SMALL, encoder="resnet18", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    folder = train(plan(data, "resnet18", recipe=SCENES_ALONE, config=config, faces=None))
    checkpoint = load_checkpoint(folder)
    with torch.inference_mode():
        trace = checkpoint.model(*random_inputs(2))
    assert trace.attention.shape == (2, 4, 4)  # 112 / 32, rounded up
    assert trace.logits.isfinite().all()
    assert (checkpoint.config.encoder, checkpoint.config.mean) == ("resnet18", config.mean)
    reports = json.loads((folder / "metrics.json").read_text())["scenes"]["reports"]
    assert "uniform attention" in {report["condition"] for report in reports}


def test_the_epoch_that_validates_best_is_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phases = (replace(SCENES_ALONE.phases[0], epochs=3),)
    trainer = Trainer(plan(data, "selection", recipe=replace(SCENES_ALONE, phases=phases), faces=None))
    scores = iter([Scores(scenes=0.2), Scores(scenes=0.6), Scores(scenes=0.4)])
    seen: list[dict[str, Tensor]] = []

    def validate(model: TrainingNet, size: int, with_scenes: bool) -> Scores:
        seen.append({k: v.clone() for k, v in model.net.state_dict().items()})
        return next(scores)

    monkeypatch.setattr(trainer.sampler, "validate", validate)
    kept = load_checkpoint(trainer.run()).model.state_dict()
    same = [all(torch.allclose(kept[k], v) for k, v in weights.items() if v.is_floating_point()) for weights in seen]
    assert same == [False, True, False]


def test_an_epoch_is_chosen_by_the_mean_of_what_applies_but_the_spread() -> None:
    scores = Scores(faces=0.5, scenes=0.4, film=0.3, film_face_only=0.9, scenes_no_face=0.2, w_face_std=0.7)
    assert scores.selection == pytest.approx((0.5 + 0.4 + 0.3 + 0.2) / 4)
    assert Scores(scenes=0.4, scenes_no_face=0.2).selection == pytest.approx(0.3)
    assert Scores(faces=0.51239).to_dict() == {"faces": 0.5124}


def test_lone_faces_teach_the_head_and_of_the_fusion_only_that_black_says_nothing() -> None:
    model = TrainingNet(GLAMORNet(SMALL), TINY)
    faces, contexts = random_inputs(6)
    vectors = model.net.encode_face(faces).mean(dim=(2, 3))
    black = _anywhere(model.net.encode_context(torch.zeros_like(contexts[:1])), 6)
    logits = model._lone_logits(vectors, black)
    torch.nn.functional.cross_entropy(logits, torch.arange(6)).backward()
    silent = (model.net.face_score, model.net.attention, model.net.context_encoder)
    assert all(parameter.grad is None for module in silent for parameter in module.parameters())
    for module in (model.net.head, model.net.face_encoder, model.net.context_score):
        assert any(parameter.grad is not None and parameter.grad.any() for parameter in module.parameters())


def test_lone_faces_beside_scenes_leave_the_gradient_of_the_faces_score_as_it_is() -> None:
    model = TrainingNet(GLAMORNet(SMALL), TINY).eval()  # in training BatchNorm would mix the faces
    gradients = []
    for lone in (0, 5):
        model.zero_grad()
        model(scene_batch(4, lone)).backward()
        gradients.append([parameter.grad for parameter in model.net.face_score.parameters()])
    assert any(gradient.any() for gradient in gradients[0])
    for without, beside in zip(*gradients, strict=True):
        torch.testing.assert_close(without, beside, atol=1e-6, rtol=1e-4)


def test_a_black_scene_attended_at_random_lies_between_its_cells() -> None:
    cells = torch.tensor([[[[0.0, 1.0], [2.0, 5.0]]]])  # one channel
    vectors = _anywhere(cells, 200)
    assert vectors.shape == (200, 1)
    assert 0 <= vectors.min() < 0.5
    assert 4 < vectors.max() <= 5


def test_lone_faces_are_classified_as_beside_a_black_scene() -> None:
    net = GLAMORNet(SMALL).eval()
    net.attention.fc2.weight.data.zero_()  # uniform, as the mean of the black scene's cells takes it to be
    faces, contexts = random_inputs(3)
    black = torch.zeros_like(contexts)
    with torch.inference_mode():
        vectors = net.encode_face(faces).mean(dim=(2, 3))
        logits = TrainingNet(net, TINY).eval()._lone_logits(vectors, net.encode_context(black).mean(dim=(2, 3)))
        torch.testing.assert_close(logits, net(faces, black).logits, atol=1e-5, rtol=1e-4)


def test_a_scene_encoder_that_knows_imagenet_rests_while_the_others_learn(data: Path, finished: Path) -> None:
    start = load_checkpoint(finished / "checkpoint", device="cpu")
    config = replace(start.config, context_encoder="tf_efficientnet_lite0")
    phase = replace(SCENES, epochs=1, draws=8, rests=("context_encoder",))
    shared = {"config": config, "pretrained": True, "start": finished / "checkpoint"}
    trainer = Trainer(plan(data, "lite", recipe=replace(TINY, phases=(phase,)), **shared))
    before = {name: value.clone() for name, value in trainer.bare.net.state_dict().items()}
    faces = start.model.face_encoder.state_dict()
    assert all(torch.equal(before[f"face_encoder.{name}"], value) for name, value in faces.items())

    trainer.plan.out.mkdir()
    trainer._run_phase(phase, 0)
    after = trainer.bare.net.state_dict()
    changed = {name.split(".")[0] for name, value in after.items() if (value != before[name]).any()}
    assert changed == {"face_encoder", "attention", "face_score", "context_score", "head"}
    assert all(parameter.requires_grad for parameter in trainer.bare.net.parameters())  # the next phase may wake it
    kept = load_checkpoint(trainer.folder, device="cpu")
    assert kept.config.context_encoder == "tf_efficientnet_lite0"


def test_scenes_of_several_folders_are_learned_from_with_what_their_labels_say(data: Path) -> None:
    more = data / "more"
    if not more.exists():
        (more / "images").mkdir(parents=True)
        for part in ("images", "crop"):
            shutil.copytree(data / "scenes" / part / "train", more / part / "train")
    (more / "labels-train.csv").write_text("name,second,confidence\nfilm_0,Sad,1\n")
    sampler = Trainer(plan(data, "several", recipe=TINY, more_scenes=(more,))).sampler
    own = len(sampler.scene_train.labels) // 2
    assert sampler.scene_targets[:own].tolist() == torch.eye(7)[sampler.scene_train.labels[:own]].tolist()
    assert sampler.scene_targets[own].tolist() == pytest.approx([0.6, 0, 0, 0, 0, 0.4, 0])  # Anger, else Sad


def test_scenes_that_teach_a_short_cut_are_never_shown(data: Path) -> None:
    hidden = replace(TINY, sceneless=("film", "stock"), canvases=3, face_blank=0.5)
    batch = Trainer(plan(data, "hidden", recipe=hidden)).sampler.scenes(SCENES)
    assert batch.canvases.shape == (3, 3, 112, 112)
    assert batch.sees_face.all()
    assert not batch.sees_context.any()
    assert all(any(torch.equal(one, canvas) for canvas in batch.canvases) for one in batch.context)
