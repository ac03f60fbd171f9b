"""The face's encoder, from ImageNet to seven expressions, in parts that can be stopped and go on.

First on faces alone, then half on the people of the scenes: after the first it reads 0.62 of the validation faces, but
0.31 of the people in validation scenes; the second brings those to 0.50 within 350 steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from glamor.errors import DataError
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet
from glamor.training.augment import BLACKED_OUT_SOURCES, TIGHT_SOURCES, Jitter, face_views, person_views, to_float
from glamor.training.data import PATCH_SCALE, FaceArrays, SceneArrays, balanced_weights
from glamor.training.degrade import degraded
from glamor.training.recipe import LIGHT

RESTING = ("conv_stem", "bn1", "blocks.0", "blocks.1")  # of the backbone: edges and colours are those of any picture
FILM, FILM_IMPORTANCE = "film", 2.0  # a source within its class
IN_SCENES = Jitter(degrees=8, zoom=(0.8, 1.2), shift=0.06, colour=0.3, erase=0.15, dark=0.15, blur=0.1)
_BETAS_OF_MIXUP = 0.1


@dataclass(frozen=True)
class Course:
    """How the branch learns.

    Attributes:
        name: of the file that its state is in.
        stages: (side of the views in pixels, steps), in order.
        lr: highest learning rate; it falls like a cosine over all steps, to ``lr_floor`` of it.
        people: share of the faces that are those of people in scenes.
        batch: faces in a step.
        degraded: share of the faces that are made hard to read.
        averaging: decay of the averaged weights, which are kept.
        saved_every: steps between two states.
    """

    name: str
    stages: tuple[tuple[int, int], ...]
    lr: float
    people: float = 0.0
    batch: int = 64
    lr_floor: float = 0.005
    degraded: float = 0.2
    averaging: float = 0.998
    saved_every: int = 500

    @property
    def steps(self) -> int:
        """Of all stages."""
        return sum(count for _, count in self.stages)

    def size_at(self, step: int) -> int:
        """Return the side of the views in a step, pixels."""
        ends = np.cumsum([count for _, count in self.stages])
        return self.stages[min(int(np.searchsorted(ends, step, side="right")), len(ends) - 1)][0]

    def lr_at(self, step: int) -> float:
        """Return the learning rate of a step."""
        warm = min(1.0, step / 150 + 0.02)
        return self.lr * warm * max(0.5 * (1 + math.cos(math.pi * step / self.steps)), self.lr_floor)


ALONE = Course("faces", ((64, 5_000), (96, 3_000)), lr=1.2e-3)
WITH_PEOPLE = Course("people", ((96, 1_400),), lr=4e-4, people=0.5)
COURSES = (ALONE, WITH_PEOPLE)


class FaceBranch(nn.Module):
    """The face's encoder of a network and a linear classifier on its mean: (N, 3, S, S) in [0, 1] -> (N, classes)."""

    def __init__(self, net: GLAMORNet) -> None:
        super().__init__()
        self.net = net
        self.classifier = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(net.face_encoder.channels, len(net.config.class_names))
        )

    def forward(self, faces: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.net.encode_face(faces).mean(dim=(2, 3)))
        return logits


def taught(teacher: GLAMORNet, images: NDArray[np.uint8]) -> Tensor:
    """Return what a network says of faces without a scene, the mean over both mirror images.

    Args:
        teacher: in eval mode.
        images: (N, S, S, 3) RGB, S a multiple of 16.

    Returns:
        (N, classes) probabilities.
    """
    fused, side = fuse_batchnorm(teacher), teacher.config.context_size
    parts = np.array_split(images, max(1, len(images) // 128))
    with torch.inference_mode():
        black = fused.encode_context(torch.zeros(1, 3, side, side))
        return torch.cat([_mirrored(fused, black, to_float(torch.from_numpy(part))) for part in parts])


@dataclass(frozen=True)
class Material:
    """What a branch learns on.

    Attributes:
        faces: alone, as large as the largest views; targets: (N, K) of them.
        people: in scenes; people_targets: (M, K) of them.
    """

    faces: FaceArrays
    targets: Tensor
    people: SceneArrays
    people_targets: Tensor


def train(branch: FaceBranch, material: Material, out: Path, course: Course, seed: int) -> None:
    """Train a branch; a run that was stopped goes on where its last state was written.

    Args:
        branch: whose timm encoder knows ImageNet, or has learned before; changed, and in eval mode afterwards.
        material: what it learns on.
        out: folder of the state.
        course: how it learns.
        seed: of everything random.

    Raises:
        DataError: if the state is of another network.
    """
    branch.to(memory_format=torch.channels_last)
    learner, draws = _Learner(branch, course, out / f"face-branch-{course.name}.pt"), _Draws(material, course)
    while learner.step < course.steps:
        own = seed * 7919 + 1_000_003 + learner.step
        rng = torch.Generator().manual_seed(own)
        torch.manual_seed(own)  # of dropout: a run that goes on draws as one that was never stopped
        learner.learn(*draws.batch(course.size_at(learner.step), rng))
    learner.save()
    branch.load_state_dict(learner.average)
    branch.eval()


class _Learner:
    """Weights, their average, the optimizer and where they stand."""

    def __init__(self, branch: FaceBranch, course: Course, state: Path) -> None:
        self.branch, self.course, self.state, self.step = branch, course, state, 0
        self.resting = [branch.net.face_encoder.get_submodule(f"backbone.{name}") for name in RESTING]
        branch.net.requires_grad_(False)
        branch.net.face_encoder.requires_grad_(True)
        for part in self.resting:
            part.requires_grad_(False)
        self.learning = [p for p in branch.parameters() if p.requires_grad]
        decayed, free = ([p for p in self.learning if (p.ndim > 1) is wide] for wide in (True, False))
        groups = [{"params": decayed, "weight_decay": 0.05}, {"params": free, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=course.lr)
        self.average = {name: value.clone() for name, value in branch.state_dict().items()}
        if state.exists():
            self._load()

    def learn(self, views: Tensor, targets: Tensor) -> None:
        """Make one step."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.course.lr_at(self.step)
        self.branch.train()
        for part in self.resting:
            part.eval()
        loss = F.cross_entropy(self.branch(views.contiguous(memory_format=torch.channels_last)), targets)
        loss.backward()
        nn.utils.clip_grad_norm_(self.learning, 5.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self._average()
        if self.step % self.course.saved_every == 0:
            self.save()

    def save(self) -> None:
        """Write all that is needed to go on, in one step."""
        values = {"branch": self.branch.state_dict(), "average": self.average, "step": self.step}
        partial = self.state.with_suffix(".part")
        torch.save({**values, "optimizer": self.optimizer.state_dict()}, partial)
        partial.replace(self.state)

    def _load(self) -> None:
        state = torch.load(self.state, weights_only=True)
        try:
            self.branch.load_state_dict(state["branch"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (KeyError, RuntimeError, ValueError) as error:
            raise DataError(f"{self.state} is of another network; choose another folder or remove it.") from error
        self.average, self.step = state["average"], state["step"]

    def _average(self) -> None:
        kept = min(self.course.averaging, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, value in self.branch.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - kept)
                else:
                    self.average[name].copy_(value)


def _mirrored(net: GLAMORNet, black: Tensor, faces: Tensor) -> Tensor:
    both = torch.cat((faces, faces.flip(3))).contiguous(memory_format=torch.channels_last)
    logits = net.combine(net.encode_face(both), black.expand(len(both), -1, -1, -1)).logits
    return torch.stack(logits.softmax(dim=1).split(len(faces))).mean(dim=0)


class _Draws:
    """Random views of faces alone and of people in scenes, every class alike."""

    def __init__(self, material: Material, course: Course) -> None:
        self.material, self.course = material, course
        self.people = round(course.batch * course.people)
        of_film = np.where(material.people.sources == FILM, FILM_IMPORTANCE, 1.0)
        self.weights = balanced_weights(material.faces.labels)
        self.people_weights = balanced_weights(material.people.labels, of_film)

    def batch(self, size: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return views (B, 3, size, size) and targets (B, K)."""
        count = self.course.batch - self.people
        drawn = torch.multinomial(self.weights, count, replacement=True, generator=rng)
        views, targets = _views(self.material.faces, drawn, size, rng), self.material.targets[drawn]
        if self.people:
            drawn = torch.multinomial(self.people_weights, self.people, replacement=True, generator=rng)
            patches = torch.from_numpy(self.material.people.patches[drawn.numpy()])
            views = torch.cat((views, person_views(patches, PATCH_SCALE, size, IN_SCENES, rng)))
            targets = torch.cat((targets, self.material.people_targets[drawn]))
        return _mixed(degraded(views, self.course.degraded, rng), targets, rng)


def smoothed(targets: Tensor, smoothing: float) -> Tensor:
    """Return (N, K) targets of which ``smoothing`` is spread over all classes."""
    return targets * (1 - smoothing) + smoothing / targets.shape[1]


def _views(faces: FaceArrays, drawn: Tensor, size: int, rng: torch.Generator) -> Tensor:
    at = drawn.numpy()
    tight, cut_out = (torch.from_numpy(np.isin(faces.sources[at], k)) for k in (TIGHT_SOURCES, BLACKED_OUT_SOURCES))
    return face_views(torch.from_numpy(faces.images[at]), tight, cut_out, size, LIGHT, rng)


def _mixed(views: Tensor, targets: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Blend pairs of faces and of their targets (mixup, Zhang et al. 2018)."""
    drawn = np.random.default_rng(int(torch.randint(2**31, (), generator=rng))).beta(_BETAS_OF_MIXUP, _BETAS_OF_MIXUP)
    share, order = max(drawn, 1 - drawn), torch.randperm(len(views), generator=rng)
    return views * share + views[order] * (1 - share), targets * share + targets[order] * (1 - share)
