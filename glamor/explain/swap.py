"""Whose face, whose scene: every face against every scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from glamor.errors import ExplainError
from glamor.explain.fusion import probabilities
from glamor.explain.guard import reading
from glamor.explain.inputs import input_pair
from glamor.explain.task import Pair
from glamor.model import GLAMORNet, Trace

if TYPE_CHECKING:
    from glamor.prepare import Prepared


@dataclass(frozen=True)
class SwapMatrix:
    """What the network says of n faces (rows) before n scenes (columns).

    A pair tells something if it is swapped and its face and its scene get different labels
    at home (on the diagonal); these pairs are counted.

    Attributes:
        labels: (n, n) int64, predicted class of each pair.
        probabilities: (n, n, classes) float64.
        fusion_weights: (n, n, 2) float64, (face, context).
        attention: (n, n, h, w) float64, over the column's masked scene.
        telling_pairs: swapped pairs whose two home labels differ.
        face_decides: how many of these get the label that the face has at home.
        scene_decides: how many get the label that the scene has at home.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    fusion_weights: NDArray[np.float64]
    attention: NDArray[np.float64]
    telling_pairs: int
    face_decides: int
    scene_decides: int


@dataclass(frozen=True)
class People:
    """How several people attend to one scene.

    Attributes:
        attention: (n, h, w) float64, each face's map over the same masked scene.
        own_attention: (n, h, w) float64, each face's map over the scene with that face
            masked, as in its own prediction.
        distance: (n, n) float64, total variation between the rows of ``attention``: the share
            of attention that would have to move, from 0 (the same map) to 1.
        fusion_weights: (n, 2) float64, (face, context), over the same scene.
    """

    attention: NDArray[np.float64]
    own_attention: NDArray[np.float64]
    distance: NDArray[np.float64]
    fusion_weights: NDArray[np.float64]


def swap_matrix(model: GLAMORNet, people: Sequence[Prepared]) -> SwapMatrix:
    """Combine every face with every scene; each is encoded once.

    Args:
        model: the network, left untouched.
        people: n prepared inputs, from one photo or several.

    Returns:
        The matrix; its diagonal holds the plain predictions.

    Raises:
        ExplainError: if there is nobody.
    """
    n = len(people)
    trace = _all_pairs(model, people)  # N = n * n, row by row
    classes = probabilities(model, trace.logits).reshape(n, n, -1)
    labels = classes.argmax(axis=-1)
    home = labels.diagonal()
    telling = home[:, None] != home[None, :]  # never on the diagonal
    return SwapMatrix(
        labels=labels,
        probabilities=classes,
        fusion_weights=_array(trace.fusion_weights).reshape(n, n, 2),
        attention=_array(trace.attention).reshape(n, n, *trace.attention.shape[1:]),
        telling_pairs=int(telling.sum()),
        face_decides=int((telling & (labels == home[:, None])).sum()),
        scene_decides=int((telling & (labels == home[None, :])).sum()),
    )


def compare_people(model: GLAMORNet, people: Sequence[Prepared], scene: int = 0) -> People:
    """Return how the attention over one scene changes from face to face.

    Args:
        model: the network, left untouched.
        people: n prepared inputs of one photo.
        scene: whose masked scene all of them look at.

    Raises:
        ExplainError: if there is nobody, or no such scene.
    """
    if not 0 <= scene < max(len(people), 1):
        raise ExplainError(f"There is no scene {scene}; choose one from 0 to {len(people) - 1}.")
    matrix = swap_matrix(model, people)
    shared = matrix.attention[:, scene]  # (n, h, w)
    return People(
        attention=shared,
        own_attention=matrix.attention[np.arange(len(people)), np.arange(len(people))],
        distance=np.abs(shared[:, None] - shared[None, :]).sum(axis=(2, 3)) / 2,
        fusion_weights=matrix.fusion_weights[:, scene],
    )


def _all_pairs(model: GLAMORNet, people: Sequence[Prepared]) -> Trace:
    if not people:
        raise ExplainError("There is nobody to swap; give at least one prepared face.")
    with reading(model):
        faces, scenes = _stacked(model, people)
        face_maps, scene_maps = model.encode_face(faces), model.encode_context(scenes)
        rows = face_maps.repeat_interleave(len(people), dim=0)  # (n, ...) -> (n * n, ...)
        columns = scene_maps.repeat(len(people), 1, 1, 1)  # (n, ...) -> (n * n, ...)
        return model.combine(rows, columns)


def _stacked(model: GLAMORNet, people: Sequence[Prepared]) -> Pair:
    faces, scenes = zip(*(input_pair(model, person) for person in people), strict=True)
    return torch.cat(faces), torch.cat(scenes)


def _array(tensor: torch.Tensor) -> NDArray[np.float64]:
    return tensor.cpu().double().numpy()
