"""Small networks whose answers can be worked out by hand, and people to look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from glamor.config import ModelConfig
from glamor.model import KERAS_BATCH_NORM_EPS, GLAMORNet
from glamor.prepare import Geometry, Prepared

CELL = 16
FACE_SIZE, CONTEXT_SIZE = 48, 64  # 3 x 3 and 4 x 4 cells
TARGET = 2

SMALL = ModelConfig(
    filters=(4, 6, 8, 8, 8),
    hidden=8,
    face_size=FACE_SIZE,
    context_resize_hw=(CONTEXT_SIZE, CONTEXT_SIZE),
    context_size=CONTEXT_SIZE,
)

People = Callable[[int], Prepared]
RedPerson = Callable[[tuple[int, int], tuple[int, int]], Prepared]
RedDetector = Callable[..., GLAMORNet]


@pytest.fixture
def small_net() -> GLAMORNet:
    """A random network whose BatchNorms and biases are not trivial, its logits spread out."""
    torch.manual_seed(3)
    model = GLAMORNet(SMALL).eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.05, 0.2)
    nn.init.normal_(model.head[3].weight, std=2.0)
    return model


@pytest.fixture
def person() -> Prepared:
    return _person(0)


@pytest.fixture
def people() -> People:
    return _person


@pytest.fixture
def red_person() -> RedPerson:
    return _red_person


@pytest.fixture
def red_detector() -> RedDetector:
    return _red_detector


def _person(seed: int) -> Prepared:
    """Random inputs; the face was painted black on context pixels x 8 to 24, y 16 to 40."""
    generator = torch.Generator().manual_seed(seed)
    context = torch.rand(3, CONTEXT_SIZE, CONTEXT_SIZE, generator=generator)
    context[:, 16:40, 8:24] = 0
    geometry = Geometry((128, 128), (16, 32, 48, 80), (0.0, 0.0, 128.0, 128.0))
    return Prepared(torch.rand(3, FACE_SIZE, FACE_SIZE, generator=generator), context, geometry)


def _red_person(face_cell: tuple[int, int], context_cell: tuple[int, int]) -> Prepared:
    """Grey inputs, nothing masked, one red square of 6 x 6 pixels inside one cell of each."""
    face, context = _red_square(FACE_SIZE, face_cell), _red_square(CONTEXT_SIZE, context_cell)
    return Prepared(face, context, Geometry((128, 128), (0, 0, 0, 0), (0.0, 0.0, 128.0, 128.0)))


def _red_square(size: int, cell: tuple[int, int]) -> Tensor:
    image = torch.full((3, size, size), 0.5)
    top, left = cell[0] * CELL + 5, cell[1] * CELL + 5
    image[:, top : top + 6, left : left + 6] = torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1)
    return image


def _red_detector(threshold: float = 0.0, face_gain: float = 9.0, scene_gain: float = 3.0) -> GLAMORNet:
    """A network built by hand that sees nothing but red, each cell by itself.

    Redness r = max over the cell of ReLU(R - G / 2 - B / 2 - threshold). Attention scores are
    8 r, fusion is (1/2, 1/2), and only the logit of ``TARGET`` is not zero:
    (face_gain * mean of r over the face's cells + scene_gain * attended r of the scene) / 2.
    """
    model = GLAMORNet(SMALL).eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.fill_(1.0 - KERAS_BATCH_NORM_EPS if name.endswith("running_var") else 0.0)
        for encoder in (model.face_encoder, model.context_encoder):
            for i, block in enumerate(encoder):
                block[1].weight.fill_(1.0)
                block[0].weight[0, :3, 1, 1] = torch.tensor([1.0, -0.5, -0.5] if i == 0 else [1.0, 0.0, 0.0])
            encoder[0][0].bias[0] = -threshold
        channels = model.face_encoder.channels
        model.attention.fc1.weight[0, channels] = 1.0
        model.attention.norm.weight.fill_(1.0)
        model.attention.fc2.weight[0, 0] = 8.0
        model.head[0].weight[0, 0] = 1.0
        model.head[0].weight[1, channels] = 1.0
        model.head[3].weight[TARGET, :2] = torch.tensor([face_gain, scene_gain])
    return model
