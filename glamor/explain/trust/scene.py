"""The target's probability when only some cells of the scene are left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glamor.explain.baselines import draw_baselines
from glamor.explain.fusion import probabilities
from glamor.explain.inputs import input_pair, scored_pixels
from glamor.explain.task import Pair
from glamor.explain.trust.orders import Floats, cell_of_pixels
from glamor.explain.trust.progress import Progress
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet, Intervention, Trace

if TYPE_CHECKING:
    from glamor.prepare import Prepared

# What a removed tile shows: the mean colour of the scored pixels. A black tile would be a shape
# of its own, because a black rectangle is how this network is shown where the face was.
FILL = "mean"
BATCH = 8  # more would not fit the processor's cache


@dataclass(frozen=True)
class Scene:
    """One person before one scene, encoded once.

    Attributes:
        model: the network with BatchNorm fused in.
        face_map: (1, C, H/16, W/16).
        context: (1, 3, H, W) in [0, 1].
        fill: (1, 3, H, W), the context with all its tiles removed; the face mask stays.
        context_map: (1, C, h, w).
        plain: the trace of the untouched pair.
        target: index of the class whose probability is read.
    """

    model: GLAMORNet
    face_map: Tensor
    context: Tensor
    fill: Tensor
    context_map: Tensor
    plain: Trace
    target: int

    @property
    def attention(self) -> Floats:
        """The learned attention: (h, w), sums to 1."""
        return self.plain.attention[0].cpu().double().numpy()

    @property
    def grid_hw(self) -> tuple[int, int]:
        """Rows and columns of the attention grid."""
        return self.plain.attention.shape[1], self.plain.attention.shape[2]

    def probability(self, logits: Tensor) -> Floats:
        """Return the target's probability: (N, classes) -> (N,)."""
        return probabilities(self.model, logits)[:, self.target]


def open_scene(model: GLAMORNet, prepared: Prepared, target: int | None) -> Scene:
    """Encode one person; to be called inside ``reading(model)``.

    Args:
        model: the network.
        prepared: the inputs of one person.
        target: index of the class; None for the predicted one.
    """
    model = fuse_batchnorm(model)  # thousands of scenes will be encoded
    face, context = input_pair(model, prepared)
    face_map, context_map = model.encode_face(face), model.encode_context(context)
    plain = model.combine(face_map, context_map)
    return Scene(
        model=model,
        face_map=face_map,
        context=context,
        fill=filled((face, context), prepared)[1],
        context_map=context_map,
        plain=plain,
        target=int(plain.logits[0].argmax()) if target is None else target,
    )


def filled(inputs: Pair, prepared: Prepared) -> Pair:
    """Return both inputs with all of the photo removed: what a removed tile shows."""
    return draw_baselines(FILL, inputs, scored_pixels(prepared).to(inputs[1].device))[0]


def without_pixels(scene: Scene, kept: NDArray[np.bool_], report: Progress) -> Floats:
    """Return the target's probability with the pixels of some cells replaced by the fill.

    Args:
        scene: the person and the scene.
        kept: (S, h * w), False for the cells that are removed.
        report: told the fraction done after each batch.

    Returns:
        (S,), in [0, 1].
    """

    def logits(rows: NDArray[np.bool_]) -> Tensor:
        context_map = scene.model.encode_context(mixed(scene.context, scene.fill, rows, scene.grid_hw))
        return scene.model.combine(scene.face_map.expand(len(rows), -1, -1, -1), context_map).logits

    return scene.probability(in_batches(logits, kept, report))


def without_weights(scene: Scene, kept: NDArray[np.bool_], report: Progress) -> Floats:
    """Return the target's probability with the attention of some cells set to 0.

    What is left of the attention is made to add up to 1 again; when nothing is left, nothing of
    the scene reaches the network (the attended context is 0).

    Args:
        scene: the person and the scene.
        kept: (S, h * w), False for the cells that are removed.
        report: told the fraction done after each batch.

    Returns:
        (S,), in [0, 1].
    """
    learned = scene.attention

    def logits(rows: NDArray[np.bool_]) -> Tensor:
        weights = learned * rows.reshape(-1, *scene.grid_hw)  # (N, h, w)
        total = weights.sum(axis=(1, 2), keepdims=True)
        weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
        people, scenes = (part.expand(len(rows), -1, -1, -1) for part in (scene.face_map, scene.context_map))
        return scene.model.combine(people, scenes, Intervention(attention=torch.from_numpy(weights))).logits

    return scene.probability(in_batches(logits, kept, report))


def mixed(image: Tensor, fill: Tensor, kept: NDArray[np.bool_], grid_hw: tuple[int, int]) -> Tensor:
    """Return the image with its removed tiles filled.

    Args:
        image: (1, 3, H, W).
        fill: likewise; what a removed tile shows.
        kept: (N, h * w), False for the tiles that are removed.
        grid_hw: (h, w).

    Returns:
        (N, 3, H, W).
    """
    rows, columns = (cell_of_pixels(side, cells) for side, cells in zip(image.shape[2:], grid_hw, strict=True))
    tiles = kept.reshape(-1, *grid_hw)  # (N, h, w)
    mask = torch.from_numpy(tiles[:, rows[:, None], columns[None, :]]).unsqueeze(1).to(image.device)  # (N, 1, H, W)
    return torch.where(mask, image, fill)


def in_batches(logits: Callable[[NDArray[np.bool_]], Tensor], kept: NDArray[np.bool_], report: Progress) -> Tensor:
    """Run ``logits`` on every different row of ``kept`` once: (S, cells) -> (S, classes) on the CPU."""
    different, inverse = np.unique(kept, axis=0, return_inverse=True)
    answers = []
    for start in range(0, len(different), BATCH):
        report(start / len(different))
        answers.append(logits(different[start : start + BATCH]).double().cpu())
    return torch.cat(answers)[torch.from_numpy(inverse.reshape(-1))]
