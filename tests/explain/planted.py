"""A network that reads red in the scene, each cell by itself, and a scene with planted evidence."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glamor.config import ModelConfig
from glamor.model import KERAS_BATCH_NORM_EPS, GLAMORNet
from glamor.prepare import Geometry, Prepared

GRID, CELL = 7, 16
TARGET = 4
PLANTED = (2, 5)
CONFIG = ModelConfig(
    filters=(2, 2, 2, 2, 2), hidden=2, face_size=16, context_resize_hw=(112, 112), context_size=112, temperature=1.0
)


def planted_net(attends: str, attention_gain: float, logit_gain: float) -> GLAMORNet:
    """A network built by hand; the face does nothing.

    Each cell's two features are max(red - 1/2, 0) and blue. The attention score is
    ``attention_gain`` times one of them, fusion is (1/2, 1/2), and the only logit that is not
    zero is that of ``TARGET``: ``logit_gain`` times the attended first feature.

    Args:
        attends: ``"red"``, where the evidence is, or ``"blue"``, where it is not.
        attention_gain: of the score.
        logit_gain: of the logit.
    """
    model = GLAMORNet(CONFIG).eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.fill_(1.0 - KERAS_BATCH_NORM_EPS if name.endswith("running_var") else 0.0)
        for i, block in enumerate(model.context_encoder):
            block[1].weight.fill_(1.0)
            for feature, channel in enumerate((0, 2) if i == 0 else (0, 1)):
                block[0].weight[feature, channel, 1, 1] = 1.0
        model.context_encoder[0][0].bias[0] = -0.5
        model.attention.fc1.weight[0, 2 + (0 if attends == "red" else 1)] = 1.0
        model.attention.norm.weight.fill_(1.0)
        model.attention.fc2.weight[0, 0] = attention_gain
        model.head[0].weight[0, 2] = 2.0  # undoes the fusion weight of 1/2
        model.head[3].weight[TARGET, 0] = logit_gain
    return model


def scene(
    red: NDArray[np.floating], blue: NDArray[np.floating], hole: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> Prepared:
    """Return a person before a scene whose cells have the given red and blue: (7, 7) each, in [0, 1]."""
    tiles = np.stack((red, np.zeros_like(red), blue)).astype(np.float32)
    context: Tensor = torch.from_numpy(tiles).repeat_interleave(CELL, dim=1).repeat_interleave(CELL, dim=2)
    x1, y1, x2, y2 = hole
    context[:, y1:y2, x1:x2] = 0
    return Prepared(torch.zeros(3, 16, 16), context, Geometry((112, 112), hole, (0.0, 0.0, 112.0, 112.0)))


def one_red_cell() -> Prepared:
    """Return a black scene with one red cell at ``PLANTED``."""
    red = np.zeros((GRID, GRID))
    red[PLANTED] = 1.0
    return scene(red, np.zeros_like(red))


def random_scene(seed: int) -> Prepared:
    """Return a scene with ten red cells and blue of random strength everywhere, one unrelated to the other."""
    rng = np.random.default_rng(seed)
    red = rng.permutation(np.repeat((1.0, 0.0), (10, GRID * GRID - 10))).reshape(GRID, GRID)
    return scene(red, rng.random((GRID, GRID)))
