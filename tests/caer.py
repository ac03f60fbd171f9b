"""The seeded weights and inputs for which tests/golden/caer_forward_golden.npz was computed (see its README)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from glamor.config import CONTEXT_ONLY, ModelConfig
from glamor.model import KERAS_BATCH_NORM_EPS
from tests.seeded import GOLDEN

CAER = ModelConfig(attention=CONTEXT_ONLY, vector_norm=True)
EPS = 1e-5  # of the reference's BatchNorms


def shapes() -> dict[str, tuple[int, ...]]:
    """Return name and shape of all 92 arrays, in the file's order."""
    rows = (GOLDEN / "caer_variables.tsv").read_text().splitlines()
    pairs = (row.split("\t") for row in rows)
    return {name: tuple(int(side) for side in shape.strip("(), ").split(",")) for name, shape in pairs}


def tensors() -> dict[str, Tensor]:
    """Return the seeded weights under our names."""
    rng = np.random.default_rng(13)
    drawn = {name: _draw(name, shape, rng) for name, shape in shapes().items()}
    return dict(_ours(name, value) for name, value in drawn.items())


def inputs() -> tuple[Tensor, Tensor]:
    """Return the seeded face (4, 3, 96, 96) and context (4, 3, 112, 112), in [0, 1]."""
    rng = np.random.default_rng(103)
    face = rng.random((4, 3, 96, 96)).astype(np.float32)
    context = rng.random((4, 3, 112, 112)).astype(np.float32)
    return torch.from_numpy(face), torch.from_numpy(context)


def _draw(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> Tensor:
    z = rng.standard_normal(shape)
    leaf = name.rsplit(".", 1)[-1]
    if leaf == "running_var":
        value = 0.5 + np.abs(z)
    elif leaf == "weight" and len(shape) == 1:
        value = 1 + 0.1 * z
    elif leaf == "weight":
        value = z * np.sqrt(2 / np.prod(shape[1:]))
    else:
        value = 0.1 * z
    return torch.from_numpy(value.astype(np.float32))


def _ours(name: str, value: Tensor) -> tuple[str, Tensor]:
    part, layer, *rest = name.split(".")
    if part == "fusion_net":
        return f"{_FUSION[layer]}.{rest[0]}", value
    kind, number, leaf = rest
    if layer == "attention_inference_module":
        return f"attention.{'conv' if kind == 'convs' else 'norm'}{int(number) + 1}.{leaf}", value
    if leaf == "running_var":  # the same function with the published network's larger epsilon
        value = value + EPS - KERAS_BATCH_NORM_EPS
    encoder = layer.removesuffix("_encoding_module")
    return f"{encoder}_encoder.{number}.{0 if kind == 'convs' else 1}.{leaf}", value


_FUSION = {
    "face_1": "face_score.0",
    "face_2": "face_score.2",
    "context_1": "context_score.0",
    "context_2": "context_score.2",
    "face_bn": "face_norm",
    "context_bn": "context_norm",
    "fc1": "head.0",
    "fc2": "head.3",
}
