"""The seeded weights and inputs for which tests/golden/forward_golden.npz was computed (see its README)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

GOLDEN = Path(__file__).parent / "golden"
SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"


def tf_shapes() -> dict[str, tuple[int, ...]]:
    """Return full name and shape of all 80 variables of the released TensorFlow checkpoint."""
    rows = (GOLDEN / "tf_variables.tsv").read_text().splitlines()[1:]
    return {name: tuple(map(int, shape.split("x"))) for name, shape in (row.split("\t") for row in rows)}


def tf_variables() -> dict[str, NDArray[np.float32]]:
    """Return the seeded TensorFlow variables by full name."""
    rng = np.random.default_rng(11)
    shapes = tf_shapes()
    return {name: _draw(name.removesuffix(SUFFIX), shapes[name], rng) for name in sorted(shapes)}


def _draw(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    z = rng.standard_normal(shape)
    if name.endswith("kernel"):
        value = z * np.sqrt(2 / np.prod(shape[:-1]))
        if name.startswith(("attention_fc2", "final_classify")):
            value = value * 2
        if name.startswith(("face_weight2", "context_weight2")):
            value = value * 0.5
    elif name.endswith("moving_variance"):
        value = 0.5 + np.abs(z)
    elif name.endswith("gamma"):
        value = 1 + 0.1 * z
    else:
        value = 0.1 * z
    return value.astype(np.float32)


def inputs() -> tuple[Tensor, Tensor]:
    """Return the seeded face (4, 3, 96, 96) and context (4, 3, 112, 112), in [0, 1]."""
    rng = np.random.default_rng(101)
    face = rng.random((4, 96, 96, 3)).astype(np.float32)
    context = rng.random((4, 112, 112, 3)).astype(np.float32)
    return torch.from_numpy(face).permute(0, 3, 1, 2), torch.from_numpy(context).permute(0, 3, 1, 2)
