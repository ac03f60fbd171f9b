"""What training minimises: the network with two auxiliary heads, and its losses.

The auxiliary heads exist in training only; a checkpoint holds the published network alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from glamor.model import GLAMORNet
from glamor.training.recipe import Recipe

MASKED_SCORE = -1e4  # a score whose softmax beside 0 is exactly 0


class Ablation(Enum):
    """A twin that is trained without one part of the network."""

    NONE = "none"
    NO_CONTEXT = "no-context"
    NO_ATTENTION = "no-attention"


@dataclass(frozen=True)
class FaceBatch:
    """Faces (N, 3, S, S) in [0, 1] and their targets (N, classes), rows sum to 1."""

    faces: Tensor
    targets: Tensor

    def to(self, device: torch.device) -> Self:
        """Return the batch on ``device``."""
        return type(self)(*(getattr(self, field.name).to(device) for field in fields(self)))


@dataclass(frozen=True)
class SceneBatch:
    """Scenes mixed with faces alone.

    Attributes:
        face, context: (N, 3, S, S) in [0, 1]; black where the branch is blanked.
        targets: (N, classes), rows sum to 1.
        sees_face, sees_context: (N,) bool, False where the branch is blanked.
        lone_faces: (M, 3, S, S), faces without a scene; M may be 0.
        lone_targets: (M, classes), rows sum to 1.
        canvases: (K, 3, S, S), scenes in which nothing is to be seen, beside which the lone faces stand.
    """

    face: Tensor
    context: Tensor
    targets: Tensor
    sees_face: Tensor
    sees_context: Tensor
    lone_faces: Tensor
    lone_targets: Tensor
    canvases: Tensor

    def to(self, device: torch.device) -> Self:
        """Return the batch on ``device``."""
        return type(self)(*(getattr(self, field.name).to(device) for field in fields(self)))


class TrainingNet(nn.Module):
    """GLAMOR-Net with an auxiliary head on each branch; its forward pass returns the loss."""

    def __init__(self, net: GLAMORNet, recipe: Recipe) -> None:
        super().__init__()
        self.net = net
        self.recipe = recipe
        classes = len(net.config.class_names)
        self.face_head = nn.Sequential(nn.Dropout(0.3), nn.Linear(net.face_encoder.channels, classes))
        self.context_head = nn.Sequential(nn.Dropout(0.3), nn.Linear(net.context_encoder.channels, classes))

    def forward(self, batch: FaceBatch | SceneBatch) -> Tensor:
        """Return the loss of a batch, a scalar."""
        return self._scene_loss(batch) if isinstance(batch, SceneBatch) else self._face_loss(batch)

    def face_logits(self, faces: Tensor) -> Tensor:
        """Return the auxiliary face head's logits: (N, 3, S, S) -> (N, classes)."""
        logits: Tensor = self.face_head(self.net.encode_face(faces).mean(dim=(2, 3)))
        return logits

    def _face_loss(self, batch: FaceBatch) -> Tensor:
        return F.cross_entropy(self.face_logits(batch.faces).float(), batch.targets)

    def _scene_loss(self, batch: SceneBatch) -> Tensor:
        count, weight = len(batch.face), self.recipe.auxiliary
        face_maps = self.net.encode_face(torch.cat((batch.face, batch.lone_faces)))
        context_maps = self.net.encode_context(torch.cat((batch.context, batch.canvases)))
        trace = self.net.combine(face_maps[:count], context_maps[:count])
        loss = self._cross_entropy(trace.logits, batch.targets)

        entropy = -(trace.fusion_weights * trace.fusion_weights.clamp_min(1e-6).log()).sum(dim=1).mean()
        loss = loss - self.recipe.fusion_entropy * entropy
        lone_vectors = face_maps[count:].mean(dim=(2, 3))
        if weight:
            vectors = torch.cat((trace.face_vector[batch.sees_face], lone_vectors))
            targets = torch.cat((batch.targets[batch.sees_face], batch.lone_targets))
            loss = loss + weight * self._cross_entropy(self.face_head(vectors), targets)
            seen = batch.sees_context
            # Of all cells alike: attended ones tell of the face that steers attention, even in a black scene.
            context_logits = self.context_head(context_maps[:count][seen].mean(dim=(2, 3)))
            loss = loss + weight * self._cross_entropy(context_logits, batch.targets[seen])
        if len(lone_vectors):
            logits = self._lone_logits(lone_vectors, _anywhere(context_maps[count:], len(lone_vectors)))
            loss = loss + self._cross_entropy(logits, batch.lone_targets)
        return loss

    def _lone_logits(self, face_vectors: Tensor, empty_vectors: Tensor) -> Tensor:
        """Classify faces beside an empty scene, both (M, C), through the main head.

        Of the two fusion scores the scene's alone learns from it, and only that a canvas says nothing: thousands of
        faces without a scene would teach the face's score that the scene never counts.
        """
        scores = torch.cat((self.net.face_score(face_vectors).detach(), self.net.context_score(empty_vectors)), dim=1)
        w_face, w_context = scores.softmax(dim=1).split(1, dim=1)
        logits: Tensor = self.net.head(torch.cat((w_face * face_vectors, w_context * empty_vectors), dim=1))
        return logits

    def _cross_entropy(self, logits: Tensor, targets: Tensor) -> Tensor:
        if not len(targets):
            return logits.sum() * 0.0  # a batch in which every sample is blanked
        return F.cross_entropy(logits.float(), targets)


def _anywhere(canvas_maps: Tensor, count: int) -> Tensor:
    """Return (count, C): canvases (K, C, h, w) in turn, attended at random: the face's attention would tell of it."""
    cells = canvas_maps.detach().flatten(2).transpose(1, 2)  # (K, h*w, C)
    shares = (3 * torch.randn(count, cells.shape[1], device=cells.device)).softmax(dim=1).to(cells)
    return torch.einsum("nk,nkc->nc", shares, cells[torch.arange(count) % len(cells)])


def ablate(ablation: Ablation, net: GLAMORNet) -> None:
    """Fix the scores that decide on a part so that it is out: no weight for the scene, or uniform attention.

    The twin is a GLAMOR-Net like any other, so its checkpoint needs no mark to be used right.

    Args:
        ablation: which part.
        net: changed in place; the fixed scores learn no more.
    """
    if ablation is Ablation.NO_CONTEXT:
        _fix(net.face_score, 0.0)
        _fix(net.context_score, MASKED_SCORE)
    elif ablation is Ablation.NO_ATTENTION:
        _fix(net.attention.scorer, 0.0)


def _fix(score: nn.Module, value: float) -> None:
    """Make linear layers say ``value`` to everything, for good."""
    *weights, last_bias = score.parameters()
    for weight in weights:
        nn.init.zeros_(weight)
    nn.init.constant_(last_bias, value)
    score.requires_grad_(False)
