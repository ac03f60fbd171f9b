"""GLAMOR-Net: emotion from the face and from the scene that the face attends to.

Le, Nguyen, Nguyen, Le: "Global-local attention for emotion recognition", Neural Computing
and Applications 2021 (arXiv 2111.04129); authors' code: minhnhatvt/glamor-net (MIT).
Shapes: N people, C channels (256), h x w cells of the context map (7 x 7 for 112 x 112).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch import Tensor, nn

from glamor.config import CONTEXT_ONLY, GLAMOR_ENCODER, ModelConfig

KERAS_BATCH_NORM_EPS = 1e-3
STAGES = 3  # of an encoder that its summary tells of: strides 8, 16 and its last


@dataclass(frozen=True)
class Trace:
    """All that one forward pass computes on the way from two images to seven logits.

    Attributes:
        logits: (N, classes), any real number.
        attention: (N, h, w), non-negative, each map sums to 1 (paper eq. 4).
        attention_scores: (N, h, w), before the softmax (eq. 3).
        fusion_weights: (N, 2), (face, context), sum to 1 (eq. 6).
        fusion_scores: (N, 2), before the softmax.
        face_vector: (N, C of the face's encoder), before it is weighed.
        context_vector: (N, C of the scene's encoder), the attended context before it is weighed (eq. 5).
        face_summary, context_summary: (N, summary_channels), None unless asked for: of each of the encoder's last
            stages the mean of every channel, at unit length.
    """

    logits: Tensor
    attention: Tensor
    attention_scores: Tensor
    fusion_weights: Tensor
    fusion_scores: Tensor
    face_vector: Tensor
    context_vector: Tensor
    face_summary: Tensor | None = None
    context_summary: Tensor | None = None


@dataclass(frozen=True)
class Intervention:
    """What to force inside one forward pass; None leaves the network its own way.

    Attributes:
        fusion: (2,) or (N, 2), weights (face, context) that replace the learned ones.
        attention: (h, w) or (N, h, w), a map that replaces the learned one.
        face: (3, H, W) or (N, 3, H, W), stands in for the face input, in [0, 1].
        context: (3, H, W) or (N, 3, H, W), stands in for the context input, in [0, 1].
    """

    fusion: Tensor | None = None
    attention: Tensor | None = None
    face: Tensor | None = None
    context: Tensor | None = None


class ConvEncoder(nn.Sequential):
    """Five 3x3 convolutions with BatchNorm and ReLU, 2x2 max-pool after the first four."""

    channels: int
    summary_channels: int

    def __init__(self, filters: tuple[int, ...]) -> None:
        channels = (3, *filters)
        super().__init__(
            *(conv_block(channels[i], channels[i + 1], pool=i < len(filters) - 1) for i in range(len(filters)))
        )
        self.channels = filters[-1]
        self.summary_channels = sum(filters[-STAGES:])

    def stages(self, images: Tensor) -> list[Tensor]:
        """Return the maps of the last stages; the last one is the encoder's."""
        return [images := block(images) for block in self][-STAGES:]


def conv_block(inputs: int, outputs: int, *, pool: bool) -> nn.Sequential:
    """Return convolution, BatchNorm, ReLU and, if asked for, a 2x2 max-pool."""
    layers = [
        nn.Conv2d(inputs, outputs, kernel_size=3, padding=1),
        nn.BatchNorm2d(outputs, eps=KERAS_BATCH_NORM_EPS),
        nn.ReLU(),
    ]
    return nn.Sequential(*layers, nn.MaxPool2d(2)) if pool else nn.Sequential(*layers)


class TimmEncoder(nn.Module):
    """The last feature map of any timm backbone (the paper's ResNet-18 variant, section 4)."""

    def __init__(self, name: str, *, pretrained: bool) -> None:
        super().__init__()
        import timm  # slow to import, needed by this variant only

        self.backbone = timm.create_model(name, features_only=True, out_indices=(-3, -2, -1), pretrained=pretrained)
        channels: list[int] = cast(Any, self.backbone.feature_info).channels()
        self.channels, self.summary_channels = channels[-1], sum(channels)

    def forward(self, images: Tensor) -> Tensor:
        return self.stages(images)[-1]  # (N, 3, H, W) -> (N, C, h, w)

    def stages(self, images: Tensor) -> list[Tensor]:
        """As of :class:`ConvEncoder`."""
        return list(self.backbone(images))


class GlobalLocalAttention(nn.Module):
    """Scores each context cell by the face: Dense, ReLU, BatchNorm, ReLU, Dense (eq. 3)."""

    def __init__(self, face_channels: int, context_channels: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(face_channels + context_channels, hidden)
        self.relu1 = nn.ReLU()
        self.norm = nn.BatchNorm1d(hidden, eps=KERAS_BATCH_NORM_EPS)
        self.relu2 = nn.ReLU()
        self.fc2 = nn.Linear(hidden, 1)

    @property
    def scorer(self) -> nn.Module:
        """The layer that says the scores: where it is constant, attention is uniform."""
        return self.fc2

    def forward(self, face_vector: Tensor, context_map: Tensor) -> Tensor:
        cells = context_map.flatten(2).transpose(1, 2)  # (N, C, h, w) -> (N, h*w, C)
        queries = face_vector.unsqueeze(1).expand(-1, cells.shape[1], -1)  # (N, Cf) -> (N, h*w, Cf)
        joint = torch.cat((queries, cells), dim=-1).flatten(0, 1)  # (N*h*w, Cf + C)
        hidden = self.relu2(self.norm(self.relu1(self.fc1(joint))))  # (N*h*w, hidden)
        return self.fc2(hidden).view(len(cells), *context_map.shape[2:])  # (N, h, w)


class ContextAttention(nn.Module):
    """Scores each context cell by its surroundings, whoever is asked: CAER-Net-S (Lee et al. 2019).

    Two 3x3 convolutions, each with BatchNorm and ReLU, the last one too, as its public reproduction runs them.
    """

    def __init__(self, context_channels: int, hidden: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(context_channels, hidden, kernel_size=3, padding=1)
        self.norm1 = nn.BatchNorm2d(hidden)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(hidden, 1, kernel_size=3, padding=1)
        self.norm2 = nn.BatchNorm2d(1)
        self.relu2 = nn.ReLU()

    @property
    def scorer(self) -> nn.Module:
        """The layer that says the scores: where it is constant, attention is uniform."""
        return self.conv2

    def forward(self, _face_vector: Tensor, context_map: Tensor) -> Tensor:
        hidden = self.relu1(self.norm1(self.conv1(context_map)))  # (N, C, h, w) -> (N, hidden, h, w)
        return self.relu2(self.norm2(self.conv2(hidden))).squeeze(1)  # (N, h, w)


class Score(nn.Sequential):
    """How much one branch asks to be heard: Dense, ReLU, Dense to one number (eq. 6)."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__(nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, 1))


class GLAMORNet(nn.Module):
    """The whole network.

    Args:
        config: architecture; see :class:`~glamor.config.ModelConfig`.
        pretrained: start timm encoders from their published weights (needs a network).
    """

    def __init__(self, config: ModelConfig, *, pretrained: bool = False) -> None:
        super().__init__()
        self.config = config
        self.face_encoder = _encoder(config.encoder, config, pretrained)
        self.context_encoder = _encoder(config.context_encoder or config.encoder, config, pretrained)
        of_face, of_scene, hidden = self.face_encoder.channels, self.context_encoder.channels, config.hidden
        self.attention = _attention(config, of_face, of_scene)
        self.face_norm = nn.BatchNorm1d(of_face) if config.vector_norm else None
        self.context_norm = nn.BatchNorm1d(of_scene) if config.vector_norm else None
        self.face_score = Score(of_face, hidden)
        self.context_score = Score(of_scene, hidden)
        self.head = nn.Sequential(
            nn.Linear(of_face + of_scene, hidden),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(hidden, len(config.class_names)),
        )
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(config.mean).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(config.std).view(3, 1, 1), persistent=False)

    def forward(
        self, face: Tensor, context: Tensor, intervention: Intervention | None = None, summarise: bool = False
    ) -> Trace:
        """Run the network.

        Args:
            face: (N, 3, H, W) float, RGB in [0, 1], sides multiples of 16 (published: 96).
            context: (N, 3, H, W) float, RGB in [0, 1], the face painted black, sides
                multiples of 16 (published: 112); the attention grid is 1/16 of it.
            intervention: what to force on the way.
            summarise: whether the trace tells what the encoders saw on the way.

        Returns:
            The trace of the pass.

        Raises:
            ValueError: if a shape is not as above.
        """
        forced = intervention or Intervention()
        face = _stand_in(forced.face, face)
        context = _stand_in(forced.context, context)
        if not summarise:
            return self.combine(self.encode_face(face), self.encode_context(context), forced)
        faces = self.face_encoder.stages(self._normalised(face, "face"))
        contexts = self.context_encoder.stages(self._normalised(context, "context"))
        trace = self.combine(faces[-1], contexts[-1], forced)
        return replace(trace, face_summary=_summary(faces), context_summary=_summary(contexts))

    def encode_face(self, face: Tensor) -> Tensor:
        """Return the face map: (N, 3, H, W) in [0, 1] -> (N, C, H/16, W/16)."""
        return self.face_encoder(self._normalised(face, "face"))

    def encode_context(self, context: Tensor) -> Tensor:
        """Return the context map: (N, 3, H, W) in [0, 1] -> (N, C, h, w)."""
        return self.context_encoder(self._normalised(context, "context"))

    def combine(self, face_map: Tensor, context_map: Tensor, intervention: Intervention | None = None) -> Trace:
        """Attend, fuse and classify two encoded maps (paper sections 3.3 and 3.4).

        Args:
            face_map: (N, C, H/16, W/16) of :meth:`encode_face`.
            context_map: (N, C, h, w) of :meth:`encode_context`.
            intervention: its ``fusion`` and ``attention`` replace the learned ones.

        Returns:
            The trace of the pass.

        Raises:
            ValueError: if the two maps are not of the same number of people.
        """
        if len(face_map) != len(context_map):
            raise ValueError(f"{len(face_map)} faces and {len(context_map)} contexts; give as many of each.")
        forced = intervention or Intervention()
        face_vector = face_map.mean(dim=(2, 3))  # (N, C, H/16, W/16) -> (N, C)
        attention_scores = self.attention(face_vector, context_map)  # (N, h, w)
        learned = attention_scores.flatten(1).softmax(dim=1).view_as(attention_scores)
        attention = _stand_in(forced.attention, learned)
        cells = context_map.flatten(2).transpose(1, 2)  # (N, C, h, w) -> (N, h*w, C)
        context_vector = (attention.flatten(1).unsqueeze(1) @ cells).squeeze(1)  # (N, C)
        if self.face_norm is not None and self.context_norm is not None:
            face_vector = self.face_norm(face_vector)
            context_vector = self.context_norm(context_vector / cells.shape[1])  # CAER-Net-S pools by the mean

        fusion_scores = torch.cat((self.face_score(face_vector), self.context_score(context_vector)), dim=1)  # (N, 2)
        fusion_weights = _stand_in(forced.fusion, fusion_scores.softmax(dim=1))
        w_face, w_context = fusion_weights.split(1, dim=1)  # (N, 1) each
        fused = torch.cat((w_face * face_vector, w_context * context_vector), dim=1)  # (N, Cf + C)
        return Trace(
            logits=self.head(fused),
            attention=attention,
            attention_scores=attention_scores,
            fusion_weights=fusion_weights,
            fusion_scores=fusion_scores,
            face_vector=face_vector,
            context_vector=context_vector,
        )

    def _normalised(self, images: Tensor, name: str) -> Tensor:
        sides = images.shape[2:]
        if images.ndim != 4 or images.shape[1] != 3 or any(side == 0 or side % 16 for side in sides):
            raise ValueError(f"{name} is {tuple(images.shape)}; it must be (N, 3, H, W) with H and W multiples of 16.")
        return (images - self.mean) / self.std


def _encoder(name: str, config: ModelConfig, pretrained: bool) -> ConvEncoder | TimmEncoder:
    return ConvEncoder(config.filters) if name == GLAMOR_ENCODER else TimmEncoder(name, pretrained=pretrained)


def _attention(config: ModelConfig, of_face: int, of_scene: int) -> GlobalLocalAttention | ContextAttention:
    if config.attention == CONTEXT_ONLY:
        return ContextAttention(of_scene, config.hidden)
    return GlobalLocalAttention(of_face, of_scene, config.hidden)


def _summary(maps: list[Tensor]) -> Tensor:
    return torch.cat([nn.functional.normalize(stage.mean(dim=(2, 3))) for stage in maps], dim=1)


def _stand_in(forced: Tensor | None, own: Tensor) -> Tensor:
    """Return ``forced`` in the shape, device and precision of ``own``, or ``own`` itself."""
    return own if forced is None else forced.to(own).expand_as(own)
