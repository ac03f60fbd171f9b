"""A training run: its plan, its state on disk, its phases one after another."""

from __future__ import annotations

import json
import shutil
import time
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.device import training_precision
from glamor.errors import DataError
from glamor.model import GLAMORNet
from glamor.training.distill import cached_teacher_probabilities
from glamor.training.finish import finish
from glamor.training.imagenet import pretrained_net
from glamor.training.losses import Ablation, TrainingNet, ablate
from glamor.training.recipe import Phase, Recipe
from glamor.training.sampler import Sampler

STATE = "state.pt"
ANOTHER_NETWORK = "the earlier state is of another network; give another folder or the same --encoder."


@dataclass(frozen=True)
class Plan:
    """What to train, on what, into where.

    Attributes:
        recipe: how.
        config: the network and its preprocessing.
        faces: folder of faces, or None.
        scenes: folder of scenes, whose validation split chooses the epoch.
        out: folder for state, metrics and the checkpoint.
        seed: of weights, draws and views.
        ablation: a twin without context or without attention.
        start: state of another run to go on from, the phases in its history are not run again; or the folder of a
            checkpoint, whose weights every phase goes on from.
        pretrained: start timm encoders from their published weights.
        more_scenes: further folders of scenes to learn from.
    """

    recipe: Recipe
    config: ModelConfig
    faces: Path | None
    scenes: Path
    out: Path
    seed: int = 0
    ablation: Ablation = Ablation.NONE
    start: Path | None = None
    pretrained: bool = False
    more_scenes: tuple[Path, ...] = ()


class Trainer:
    """The state of one training run; every epoch ends with all of it on disk."""

    def __init__(self, plan: Plan) -> None:
        from accelerate import Accelerator
        from accelerate.utils import DistributedDataParallelKwargs, set_seed
        from timm.utils import ModelEmaV3

        self.plan = plan
        unused = DistributedDataParallelKwargs(find_unused_parameters=True)  # one branch rests in the face stage
        self.accelerator = Accelerator(mixed_precision=training_precision(), kwargs_handlers=[unused])
        set_seed(plan.seed + self.accelerator.process_index)
        net = pretrained_net(plan.config) if plan.pretrained else GLAMORNet(plan.config)
        self.bare = TrainingNet(net, plan.recipe).to(memory_format=torch.channels_last)
        self.bare.to(self.accelerator.device)
        self.ema = ModelEmaV3(self.bare, decay=plan.recipe.ema_decay, use_warmup=plan.recipe.ema_decay > 0)
        scenes = (plan.scenes, *plan.more_scenes)
        self.sampler = Sampler(plan.recipe, plan.config, plan.faces, scenes, plan.out.parent / "cache", plan.seed)
        self.folder = plan.out / "checkpoint"
        self.before: dict[str, torch.Tensor] = {}  # the face's encoder when the phase began
        self.history: list[dict[str, Any]] = []
        self.best = -1.0
        self.seconds = 0.0
        self.optimizer: Any = None
        self._resume()
        for module in (self.bare, self.ema.module):
            ablate(plan.ablation, module.net)
        self.model: nn.Module = self.accelerator.prepare(self.bare)

    def run(self) -> Path:
        """Run every phase that is not finished."""
        plan = self.plan
        for phase in plan.recipe.phases:
            done = self._epochs_done(phase)
            if done < phase.epochs:
                self._run_phase(phase, done)
        if self.accelerator.is_main_process:
            about = {"seed": plan.seed, "ablation": plan.ablation.value, "seconds": round(self.seconds)}
            finish(self.folder, plan.scenes, plan.faces, plan.more_scenes, about)
        return self.folder

    def _epochs_done(self, phase: Phase) -> int:
        return sum(row["phase"] == phase.name for row in self.history)

    def _run_phase(self, phase: Phase, done: int) -> None:
        if not done:
            self._enter(phase)
            self.before = {name: value.clone() for name, value in self.bare.net.face_encoder.state_dict().items()}
        resting = [self.bare.net.get_submodule(name).requires_grad_(False) for name in phase.rests]
        self.optimizer = self.accelerator.prepare(self._new_optimizer(phase))
        if done:
            self.optimizer.load_state_dict(self._load(self.plan.out / STATE)["optimizer"])
        self.sampler.distilled = self._distilled(phase)
        steps = self.sampler.steps(phase)
        for epoch in range(done, phase.epochs):
            self.sampler.reseed(f"{phase.name}-{epoch}-{self.accelerator.process_index}")
            start = time.monotonic()
            loss = self._run_epoch(phase, epoch, steps)
            self.seconds += time.monotonic() - start
            self._close_epoch(phase, epoch, loss)
        for part in resting:
            part.requires_grad_(True)
        if self.accelerator.is_main_process:
            shutil.copyfile(self.plan.out / STATE, self.plan.out / f"after-{phase.name}.pt")

    def _distilled(self, phase: Phase) -> torch.Tensor | None:
        """Return the class probabilities of the phase's teachers for the training faces, computed once a run."""
        if not phase.teachers:
            return None
        start, images = time.monotonic(), self.sampler.face_train.images
        with self.accelerator.main_process_first():
            distilled = cached_teacher_probabilities(self.plan.out, phase.teachers, self.plan.recipe, self.bare, images)
        self.seconds += time.monotonic() - start
        return distilled

    def _run_epoch(self, phase: Phase, epoch: int, steps: int) -> float:
        from tqdm.auto import tqdm

        self.model.train()
        for name in phase.rests:
            self.bare.net.get_submodule(name).eval()
        total = 0.0
        bar = tqdm(range(steps), desc=f"{phase.name} {epoch + 1}/{phase.epochs}", mininterval=10, disable=None)
        for step in bar:
            self._set_lr(phase.lr_at((epoch * steps + step) / (phase.epochs * steps)))
            batch = self.sampler.scenes(phase) if phase.with_scenes else self.sampler.faces(phase)
            with self.accelerator.autocast():
                loss = self.model(batch.to(self.accelerator.device))
            self.accelerator.backward(loss)
            self.accelerator.clip_grad_norm_(self.model.parameters(), 5.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            # The average starts afresh with each phase: one of 64 px faces is stale at 96 px.
            self.ema.update(self.bare, epoch * steps + step + 1)
            total += float(loss.detach())
        return total / steps

    def _close_epoch(self, phase: Phase, epoch: int, loss: float) -> None:
        if not self.accelerator.is_main_process:
            return
        candidate = self._candidate(phase)
        with self.accelerator.autocast():
            scores = self.sampler.validate(candidate, phase.size, phase.with_scenes)
        row = {"phase": phase.name, "epoch": epoch + 1, "loss": round(loss, 4), **scores.to_dict()}
        self.history.append(row)
        print(json.dumps(row), flush=True)
        if phase.with_scenes and scores.selection > self.best:
            self.best = scores.selection
            save_checkpoint(self.folder, candidate.net, self.plan.config)
        self._save()

    def _candidate(self, phase: Phase) -> TrainingNet:
        """Return the averaged network, in which the face's encoder remembers what it was before the phase."""
        candidate: TrainingNet = deepcopy(self.ema.module)
        for name, value in candidate.net.face_encoder.state_dict().items():
            if value.is_floating_point():
                value.lerp_(self.before[name], phase.remembers)
        return candidate

    def _enter(self, phase: Phase) -> None:
        """Start a phase from the average of those before; after faces, the scene's encoder takes the face's filters."""
        if not self.history:
            return
        self.bare.load_state_dict(self.ema.module.state_dict())
        same_form = self.plan.config.context_encoder in ("", self.plan.config.encoder)
        if phase.with_scenes and same_form and "scenes" not in self.history[-1]:
            self.bare.net.context_encoder.load_state_dict(self.bare.net.face_encoder.state_dict())
            self.ema.module.load_state_dict(self.bare.state_dict())

    def _new_optimizer(self, phase: Phase) -> torch.optim.Optimizer:
        from timm.optim import create_optimizer_v2, param_groups_weight_decay

        chosen, of_face = self.plan.recipe, set(self.bare.net.face_encoder.parameters())

        def groups(model: nn.Module) -> list[dict[str, Any]]:
            return [
                {**group, "params": [p for p in group["params"] if (p in of_face) == slow], "lr_scale": scale}
                for group in param_groups_weight_decay(model, chosen.weight_decay)
                for slow, scale in ((False, 1.0), (True, phase.face_lr))
            ]

        return create_optimizer_v2(
            self.bare, opt=chosen.optimizer, lr=phase.lr, momentum=chosen.momentum, param_group_fn=groups
        )

    def _set_lr(self, lr: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = lr * group["lr_scale"]

    def _save(self) -> None:
        state = {
            "model": self.bare.state_dict(),
            "ema": self.ema.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "before": self.before,
            "history": json.dumps(self.history),
            "best": self.best,
            "seconds": self.seconds,
        }
        partial = self.plan.out / f"{STATE}.part"
        torch.save(state, partial)
        partial.replace(self.plan.out / STATE)

    def _resume(self) -> None:
        own = self.plan.out / STATE
        source = own if own.exists() else self.plan.start
        if source is None:
            return
        if source.is_dir():
            self._take_weights(source)
            return
        state = self._load(source)
        self.history, self.seconds = json.loads(state["history"]), state["seconds"]
        if source == own:
            self.best, self.before = state["best"], state["before"]
        try:
            self.bare.load_state_dict(state["model"])
            self.ema.module.load_state_dict(state["ema"])
        except RuntimeError as error:
            raise DataError(ANOTHER_NETWORK) from error

    def _take_weights(self, folder: Path) -> None:
        """Start from a checkpoint's weights; the auxiliary heads, which it does not hold, learn anew.

        Of a network that sees the scene through another encoder, the face's encoder alone is taken.
        """
        given = load_checkpoint(folder, device="cpu")
        whole = given.config.context_encoder == self.plan.config.context_encoder
        try:
            for module in (self.bare, self.ema.module):
                if whole:
                    module.net.load_state_dict(given.model.state_dict())
                else:
                    module.net.face_encoder.load_state_dict(given.model.face_encoder.state_dict())
        except RuntimeError as error:
            raise DataError(ANOTHER_NETWORK) from error

    def _load(self, path: Path) -> dict[str, Any]:
        if not path.is_file():
            raise DataError(f"{path} is not there; give the state.pt of an earlier run, or none to start afresh.")
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return state
