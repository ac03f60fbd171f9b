"""How the heads learn, and the random batches that they learn on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from glamor.training.data import balanced_weights
from glamor.training.stages.vectors import FILM, Vectors

STOCK = "stock"  # its scenes are plain and of two classes: a network would learn plain as one of them


@dataclass(frozen=True)
class Course:
    """How the heads learn.

    Attributes:
        epochs: passes over the scenes.
        batch: scenes, pairs and lone faces in a step.
        lr: highest learning rate; classifier_lr, fusion_lr, attention_lr: factors of it, 0 for what stays as it starts.
            Attention learns slowly: at the whole rate it learns by heart where faces that are hard to read look.
        face_first: weight of the face at which the classifier starts as the face's own.
        scene_gain: how loud the scene's evidence starts.
        sharpness: of the odds that the fusion starts from.
        doubt: taken off the face's log odds, since its encoder has learned many of the faces that it is asked about.
        hard: share of the faces that are hard to read, in scenes and in pairs.
        blank: share of the scenes whose face is black; canvas: share whose scene shows nothing.
        film: weight of film frames within their class.
    """

    epochs: int = 5
    batch: tuple[int, int, int] = (128, 128, 192)
    lr: float = 1e-3
    classifier_lr: float = 0.3
    fusion_lr: float = 0.0
    attention_lr: float = 0.2
    face_first: float = 0.85
    scene_gain: float = 1.0
    sharpness: float = 2.0
    doubt: float = 0.7
    hard: tuple[float, float] = (0.5, 0.7)
    blank: float = 0.15
    canvas: float = 0.15
    film: float = 2.0
    smoothing: float = 0.1
    averaging: float = 0.995


class Draws:
    """Random batches: scenes, faces beside scenes of the same label, faces beside scenes that show nothing."""

    def __init__(self, vectors: Vectors, shown: Tensor, course: Course, rng: torch.Generator) -> None:
        self.vectors, self.shown, self.course, self.rng = vectors, shown, course, rng
        self.weights = scene_weights(vectors, course)
        self.plain = torch.from_numpy(vectors.sources == STOCK)
        classes, told = shown.shape[1], tells(vectors)
        self.scenes_of = [told[vectors.labels[told] == label] for label in range(classes)]
        self.faces_of = [(vectors.lone_labels == label).nonzero()[:, 0] for label in range(classes)]
        self.targets = smoothed(vectors.targets, course.smoothing)
        self.lone_targets = smoothed(F.one_hot(vectors.lone_labels, classes).float(), course.smoothing)

    def batch(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return face vectors, evidence and targets."""
        parts = (self._scenes(), self._pairs(), self._alone())
        faces, shown, targets = (torch.cat([part[i] for part in parts]) for i in range(3))
        faces = faces + 0.1 * self.vectors.faces.std(dim=0) * torch.randn(faces.shape, generator=self.rng)
        shown = shown + 0.1 * torch.randn(shown.shape, generator=self.rng)
        heard = self._some(shown.shape[0] * shown.shape[1], 0.9).view(*shown.shape[:2], 1, 1)
        return faces, shown * heard / 0.9, targets

    def _scenes(self) -> tuple[Tensor, Tensor, Tensor]:
        count = self.course.batch[0]
        drawn = torch.multinomial(self.weights, count, replacement=True, generator=self.rng)
        hard = self._some(count, self.course.hard[0])
        faces = torch.where(hard[:, None], self.vectors.degraded[drawn], self.vectors.faces[drawn])
        blank = self._some(count, self.course.blank) & ~self.plain[drawn]
        empty = (self._some(count, self.course.canvas) | self.plain[drawn]) & ~blank
        shown = torch.where(empty.view(-1, 1, 1, 1), self._canvases(count), self.shown[drawn])
        return torch.where(blank[:, None], self.vectors.black, faces), shown, self.targets[drawn]

    def _pairs(self) -> tuple[Tensor, Tensor, Tensor]:
        count = self.course.batch[1]
        labels = torch.randint(0, len(self.faces_of), (count,), generator=self.rng)
        face, scene = self._of(self.faces_of, labels), self._of(self.scenes_of, labels)
        hard = self._some(count, self.course.hard[1])
        faces = torch.where(hard[:, None], self.vectors.lone_degraded[face], self.vectors.lone[face])
        return faces, self.shown[scene], (self.lone_targets[face] + self.targets[scene]) / 2

    def _alone(self) -> tuple[Tensor, Tensor, Tensor]:
        count = self.course.batch[2]
        drawn = torch.randint(0, len(self.lone_targets), (count,), generator=self.rng)
        hard = self._some(count, self.course.hard[0])
        faces = torch.where(hard[:, None], self.vectors.lone_degraded[drawn], self.vectors.lone[drawn])
        return faces, self._canvases(count), self.lone_targets[drawn]

    def _canvases(self, count: int) -> Tensor:
        return self.vectors.canvases[torch.randint(0, len(self.vectors.canvases), (count,), generator=self.rng)]

    def _of(self, pools: list[Tensor], labels: Tensor) -> Tensor:
        return torch.stack([self._one_of(pools[label]) for label in labels.tolist()])

    def _one_of(self, pool: Tensor) -> Tensor:
        return pool[torch.randint(0, len(pool), (), generator=self.rng)]

    def _some(self, count: int, share: float) -> Tensor:
        return torch.rand(count, generator=self.rng) < share


def scene_weights(vectors: Vectors, course: Course) -> Tensor:
    """Return the weight of each scene, (N,) float64: every class alike."""
    return balanced_weights(vectors.labels.numpy(), np.where(vectors.sources == FILM, course.film, 1.0))


def tells(vectors: Vectors) -> Tensor:
    """Return the indices of scenes that may say something."""
    return torch.from_numpy(np.flatnonzero(vectors.sources != STOCK))


def smoothed(targets: Tensor, smoothing: float) -> Tensor:
    """Return (N, K) targets of which ``smoothing`` is spread over all classes."""
    return targets * (1 - smoothing) + smoothing / targets.shape[1]
