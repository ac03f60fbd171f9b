"""Class-balanced batches of views to train on, and scores on the validation split."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from glamor.config import ModelConfig
from glamor.evaluation.metrics import macro_recall
from glamor.model import Trace
from glamor.training.augment import BLACKED_OUT_SOURCES, TIGHT_SOURCES, face_views, scene_views, to_float
from glamor.training.data import PATCH_SCALE, balanced_weights, list_samples, load_faces, load_scenes, prepare_sample
from glamor.training.degrade import canvases, degraded
from glamor.training.losses import FaceBatch, SceneBatch, TrainingNet
from glamor.training.recipe import Phase, Recipe
from glamor.training.softlabels import soft_targets

VALIDATION_BATCH = 128
FACE_STRIDE = 3  # every third validation face is enough to choose an epoch


@dataclass(frozen=True)
class Scores:
    """Macro recall on the validation split, in [0, 1]; nan where it does not apply.

    Attributes:
        faces: faces alone (black scene in the scene stage).
        scenes: all scenes.
        film: scenes of the source ``film``.
        film_face_only: the same with a black scene.
        scenes_no_face: all scenes with a black face.
        w_face_std: standard deviation of the face's fusion weight over all scenes.
    """

    faces: float = float("nan")
    scenes: float = float("nan")
    film: float = float("nan")
    film_face_only: float = float("nan")
    scenes_no_face: float = float("nan")
    w_face_std: float = float("nan")

    @property
    def selection(self) -> float:
        """One number to choose an epoch by: the mean of all that applies but the spread."""
        return float(np.nanmean([self.faces, self.scenes, self.film, self.scenes_no_face]))

    def to_dict(self) -> dict[str, float]:
        """Return the scores that apply, rounded to four digits."""
        return {name: round(value, 4) for name, value in asdict(self).items() if value == value}


class Sampler:
    """Draws class-balanced random views for training and scores a network on validation."""

    def __init__(
        self,
        recipe: Recipe,
        config: ModelConfig,
        faces: Path | None,
        scenes: tuple[Path, ...],
        cache: Path,
        seed: int,
    ) -> None:
        self.recipe, self.config, self.seed = recipe, config, seed
        self.rng = torch.Generator().manual_seed(seed)
        names = config.class_names
        if faces is not None:
            self.face_train = load_faces(list_samples(faces, "train", names), config.face_size, cache)
            self.face_val = load_faces(list_samples(faces, "val", names), config.face_size, cache)
            self.face_weights = balanced_weights(self.face_train.labels)
        parts = [(root, list_samples(root, "train", names)) for root in scenes]
        self.scene_train = load_scenes([sample for _, samples in parts for sample in samples], cache)
        self.scene_targets = torch.cat([soft_targets(root, "train", samples, names) for root, samples in parts])
        self.sceneless = torch.from_numpy(np.isin(self.scene_train.sources, recipe.sceneless))
        importance = dict(recipe.source_weights)
        self.scene_weights = balanced_weights(
            self.scene_train.labels, np.array([importance.get(s, 1.0) for s in self.scene_train.sources])
        )
        self.scene_val = list_samples(scenes[0], "val", names)
        self.distilled: Tensor | None = None  # (training faces, classes): the teachers' probabilities
        self._val_inputs: tuple[Tensor, Tensor] | None = None

    def reseed(self, name: str) -> None:
        """Make the draws to come depend on the seed and ``name`` alone, so that a run can resume."""
        digest = hashlib.sha256(f"{self.seed}-{name}".encode()).digest()
        seed = int.from_bytes(digest[:4], "little")
        self.rng.manual_seed(seed)
        torch.manual_seed(seed)
        np.random.seed(seed)  # timm's mixup draws from the global generator

    def steps(self, phase: Phase) -> int:
        """Return the steps of an epoch; ``draws`` 0 means as many as there are scenes."""
        draws = phase.draws or (len(self.scene_train.labels) if phase.with_scenes else len(self.face_train.labels))
        return max(1, draws // phase.batch)

    def faces(self, phase: Phase) -> FaceBatch:
        """Draw one batch of faces, mixed up if the recipe says so and there are no teachers."""
        views, chosen = self._draw_faces(phase, phase.batch)
        if not self.recipe.mixup or self.distilled is not None:
            return FaceBatch(views, self._face_targets(chosen))
        from timm.data import Mixup

        classes, smoothing = len(self.config.class_names), self.recipe.label_smoothing
        mix = Mixup(self.recipe.mixup, prob=0.5, label_smoothing=smoothing, num_classes=classes)
        views, targets = mix(views, torch.from_numpy(self.face_train.labels)[chosen])
        return FaceBatch(views, targets)

    def scenes(self, phase: Phase) -> SceneBatch:
        """Draw one batch of scenes, some with a black branch, and the faces that go with it."""
        arrays, count = self.scene_train, phase.batch
        chosen = torch.multinomial(self.scene_weights, count, replacement=True, generator=self.rng).numpy()
        face, context = scene_views(
            torch.from_numpy(arrays.patches[chosen]),
            torch.from_numpy(arrays.photos[chosen]),
            torch.from_numpy(arrays.boxes[chosen]),
            PATCH_SCALE,
            self.config,
            phase.jitter,
            self.rng,
        )
        draw = torch.rand(count, generator=self.rng)
        sees_face = (draw >= self.recipe.face_blank) | self.sceneless[chosen]
        sees_context = (draw < 1 - self.recipe.context_blank) & ~self.sceneless[chosen]
        face = degraded(face, self.recipe.degraded, self.rng) * sees_face.view(-1, 1, 1, 1)
        empty = canvases(self.recipe.canvases, self.config.context_size, self.rng)
        stand_in = empty[torch.randint(len(empty), (count,), generator=self.rng)]
        lone, lone_chosen = self._draw_faces(phase, phase.lone_faces)
        return SceneBatch(
            face=_channels_last(face),
            context=_channels_last(torch.where(sees_context.view(-1, 1, 1, 1), context, stand_in)),
            targets=self._softened(self.scene_targets[chosen]),
            sees_face=sees_face,
            sees_context=sees_context,
            lone_faces=lone,
            lone_targets=self._face_targets(lone_chosen),
            canvases=_channels_last(empty),
        )

    def validate(self, model: TrainingNet, size: int, with_scenes: bool) -> Scores:
        """Score ``model`` (in eval mode) on the validation split."""
        with torch.inference_mode():
            faces = self._score_faces(model, size, with_scenes) if self._has_faces() else float("nan")
            return self._score_scenes(model, faces) if with_scenes else Scores(faces=faces)

    def _has_faces(self) -> bool:
        return hasattr(self, "face_val")

    def _draw_faces(self, phase: Phase, count: int) -> tuple[Tensor, Tensor]:
        if not count:
            return torch.zeros(0, 3, phase.size, phase.size), torch.zeros(0, dtype=torch.int64)
        arrays = self.face_train
        chosen = torch.multinomial(self.face_weights, count, replacement=True, generator=self.rng)
        images, sources = torch.from_numpy(arrays.images[chosen.numpy()]), arrays.sources[chosen.numpy()]
        tight, blacked_out = (torch.from_numpy(np.isin(sources, s)) for s in (TIGHT_SOURCES, BLACKED_OUT_SOURCES))
        views = face_views(images, tight, blacked_out, phase.size, phase.jitter, self.rng)
        views = degraded(views, self.recipe.degraded, self.rng)
        return _channels_last(views), chosen

    def _face_targets(self, chosen: Tensor) -> Tensor:
        """Return (N, classes): the smoothed labels of training faces, half of them the teachers' probabilities."""
        if not len(chosen):
            return torch.zeros(0, len(self.config.class_names))
        if self.distilled is None:
            return self._smoothed(self.face_train.labels[chosen.numpy()])
        labels = torch.from_numpy(self.face_train.labels)[chosen]
        return (F.one_hot(labels, len(self.config.class_names)) + self.distilled[chosen]) / 2

    def _smoothed(self, labels: NDArray[np.int64]) -> Tensor:
        return self._softened(F.one_hot(torch.from_numpy(labels), len(self.config.class_names)))

    def _softened(self, targets: Tensor) -> Tensor:
        smoothing = self.recipe.label_smoothing
        return targets * (1 - smoothing) + smoothing / targets.shape[1]

    def _score_faces(self, model: TrainingNet, size: int, main_head: bool) -> float:
        images, labels = self.face_val.images[::FACE_STRIDE], self.face_val.labels[::FACE_STRIDE]
        side = self.config.context_size
        predicted = []
        for start in range(0, len(labels), VALIDATION_BATCH):
            faces = to_float(torch.from_numpy(images[start : start + VALIDATION_BATCH]))
            if main_head:
                logits = _traced(model, faces, torch.zeros(1, 3, side, side)).logits
            else:
                logits = model.face_logits(F.interpolate(faces, (size, size), mode="bilinear", antialias=True))
            predicted.append(logits.argmax(dim=1))
        return self._macro_recall(labels, torch.cat(predicted))

    def _score_scenes(self, model: TrainingNet, faces: float) -> Scores:
        face, context = self._scene_inputs()
        labels = np.array([sample.label for sample in self.scene_val])
        film = np.array([sample.source == "film" for sample in self.scene_val])
        plain = _traced(model, face, context)
        fused = plain.logits.argmax(dim=1)
        no_context = _traced(model, face, torch.zeros_like(context)).logits.argmax(dim=1)
        no_face = _traced(model, torch.zeros_like(face), context).logits.argmax(dim=1)
        return Scores(
            faces=faces,
            scenes=self._macro_recall(labels, fused),
            film=self._macro_recall(labels[film], fused[film]) if film.any() else float("nan"),
            film_face_only=self._macro_recall(labels[film], no_context[film]) if film.any() else float("nan"),
            scenes_no_face=self._macro_recall(labels, no_face),
            w_face_std=float(plain.fusion_weights[:, 0].float().std()),
        )

    def _scene_inputs(self) -> tuple[Tensor, Tensor]:
        if self._val_inputs is None:
            faces, contexts = zip(*(prepare_sample(sample, self.config) for sample in self.scene_val), strict=True)
            self._val_inputs = torch.stack(faces), torch.stack(contexts)
        return self._val_inputs

    def _macro_recall(self, labels: NDArray[np.int64], predicted: Tensor) -> float:
        return macro_recall(labels, predicted.cpu().numpy(), len(self.config.class_names))


def _traced(model: TrainingNet, face: Tensor, context: Tensor) -> Trace:
    """Run ``model`` on its device; one context may stand for all faces."""
    device = next(model.parameters()).device
    face_map = model.net.encode_face(_channels_last(face.to(device)))
    context_map = model.net.encode_context(_channels_last(context.to(device)))
    return model.net.combine(face_map, context_map.expand(len(face_map), -1, -1, -1))


def _channels_last(images: Tensor) -> Tensor:
    return images.contiguous(memory_format=torch.channels_last)
