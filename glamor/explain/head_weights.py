"""All that the network does after its encoders, in numbers: so that it can be asked again without it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from glamor.explain.guard import reading
from glamor.explain.pack import pack
from glamor.explain.walk import Numbers, numbers
from glamor.model import GLAMORNet, GlobalLocalAttention


@dataclass(frozen=True)
class Dense:
    """A dense layer: weight @ input + bias.

    Attributes:
        weight: (outputs, inputs).
        bias: (outputs,).
    """

    weight: Numbers
    bias: Numbers


@dataclass(frozen=True)
class Affine:
    """A BatchNorm in eval mode: scale * input + shift, both (width,)."""

    scale: Numbers
    shift: Numbers


@dataclass(frozen=True)
class Scorer:
    """What scores one cell for one face: score @ ReLU(norm(ReLU(face @ face mean + cell @ cell + bias))) (eq. 3).

    Attributes:
        face: (hidden, C of the face), the half of the first layer that hears the face.
        cell: (hidden, C of the scene), the half that hears the cell.
        bias: (hidden,), of that layer.
        norm: of width hidden, between two ReLUs.
        score: (1, hidden).
    """

    face: Numbers
    cell: Numbers
    bias: Numbers
    norm: Affine
    score: Dense


@dataclass(frozen=True)
class Blank:
    """What the encoders make of black inputs: the face or the scene taken away, the same for everybody.

    (``Setting(scene=BLACK)`` of :mod:`glamor.explain.what_if` also leaves what JPEG and resizing put into the face's
    mask along its rim; that moves a logit by 0.001.)

    Attributes:
        face_mean, cells, attention_scores: as in :class:`~glamor.explain.walk.Walk`; the scores are those of black
            before black.
    """

    face_mean: Numbers
    cells: Numbers
    attention_scores: Numbers


@dataclass(frozen=True)
class HeadWeights:
    """Everything after the encoders, float32 and ready to be computed with; one for each checkpoint.

    Attributes:
        scorer: None where the scene alone says where to look: its scores are the same whatever is changed here, and
            stand in each walk.
        face_norm, context_norm: through which the vectors go before they are weighed, None if the network has none.
            Where there are any, the attended cells are divided by their number first.
        face_score, context_score: two layers with a ReLU between them, down to one number (eq. 6).
        head: two layers with a ReLU between them, from [w_face * face vector; w_context * context vector] to logits.
        blank: black inputs, encoded.
        class_names: label of each logit.
        temperature: divides the logits before the last softmax.
    """

    scorer: Scorer | None
    face_norm: Affine | None
    context_norm: Affine | None
    face_score: tuple[Dense, Dense]
    context_score: tuple[Dense, Dense]
    head: tuple[Dense, Dense]
    blank: Blank
    class_names: tuple[str, ...]
    temperature: float

    def to_bytes(self) -> bytes:
        """Return all of it for a browser, see :func:`glamor.explain.pack.pack`; 0.85 MB for the published network."""
        return pack(self)


def head_weights(model: GLAMORNet) -> HeadWeights:
    """Read everything after the encoders out of a network.

    Numbers stay float32: in half precision they move a logit by 0.0002 and a score of attention by 0.0006.

    Args:
        model: the network, left untouched.
    """
    norms = [None if norm is None else _affine(norm) for norm in (model.face_norm, model.context_norm)]
    return HeadWeights(
        scorer=_scorer(model.attention, model.face_encoder.channels),
        face_norm=norms[0],
        context_norm=norms[1],
        face_score=_two_layers(model.face_score),
        context_score=_two_layers(model.context_score),
        head=_two_layers(model.head),
        blank=_blank(model),
        class_names=model.config.class_names,
        temperature=model.config.temperature,
    )


def switching_units(weights: HeadWeights, face_mean: Numbers, cells: Numbers) -> NDArray[np.bool_]:
    """Return through which hidden units of the scorer the face says where to look.

    The score of a cell follows a hidden unit as long as both ReLUs let it through; then it changes with the unit's
    first value at the slope score weight * BatchNorm scale, else not at all. The face adds the same to that first
    value in every cell, and what is added to all scores alike the softmax takes away again: so through a unit with
    one and the same slope in all cells the face moves nothing. Those that switch have two: they let the face through
    in some cells and not in others. (So much for small changes of the face; a large one may make other units switch.)

    Args:
        weights: of the network.
        face_mean: (C of the face,), of the face that asks.
        cells: (h, w, C of the scene).

    Returns:
        (hidden,) True for each unit that switches; (0,) where the scene alone says where to look.
    """
    scorer = weights.scorer
    if scorer is None:
        return np.zeros(0, np.bool_)
    face = scorer.face.astype(np.float64) @ face_mean + scorer.bias  # (hidden,)
    first = cells.reshape(-1, cells.shape[-1]).astype(np.float64) @ scorer.cell.T + face  # (h*w, hidden)
    passes = (first > 0) & (first * scorer.norm.scale + scorer.norm.shift > 0)
    slopes = np.where(passes, scorer.score.weight[0] * scorer.norm.scale, 0)
    switches: NDArray[np.bool_] = slopes.min(axis=0) != slopes.max(axis=0)
    return switches


def _scorer(attention: nn.Module, face_channels: int) -> Scorer | None:
    if not isinstance(attention, GlobalLocalAttention):
        return None
    first = _dense(attention.fc1)
    return Scorer(
        face=first.weight[:, :face_channels],
        cell=first.weight[:, face_channels:],
        bias=first.bias,
        norm=_affine(attention.norm),
        score=_dense(attention.fc2),
    )


def _blank(model: GLAMORNet) -> Blank:
    device, config = next(model.parameters()).device, model.config
    with reading(model):
        face = model.encode_face(torch.zeros(1, 3, config.face_size, config.face_size, device=device))
        context = model.encode_context(torch.zeros(1, 3, config.context_size, config.context_size, device=device))
        scores = model.combine(face, context).attention_scores[0]
    return Blank(numbers(face[0].mean(dim=(1, 2))), numbers(context[0].permute(1, 2, 0)), numbers(scores))


def _two_layers(layers: nn.Sequential) -> tuple[Dense, Dense]:
    first, second = (layer for layer in layers if isinstance(layer, nn.Linear))
    return _dense(first), _dense(second)


def _dense(layer: nn.Linear) -> Dense:
    return Dense(numbers(layer.weight), numbers(layer.bias))


def _affine(norm: nn.BatchNorm1d) -> Affine:
    """Return a BatchNorm's scale and shift at inference: what it makes of 0, and of 1 beyond that."""
    inference = deepcopy(norm).double().cpu().eval()
    ends = torch.tensor([0.0, 1.0], dtype=torch.float64).unsqueeze(1).expand(2, norm.num_features)
    with torch.no_grad():
        at_zero, at_one = inference(ends)
    return Affine(numbers(at_one - at_zero), numbers(at_zero))
