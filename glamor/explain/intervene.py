"""Make the network look, weigh or see otherwise, and read its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from glamor.errors import ExplainError
from glamor.explain.baselines import draw_baselines
from glamor.explain.guard import reading, seeded
from glamor.explain.inputs import input_pair, scored_pixels
from glamor.model import GLAMORNet, Intervention, Trace

if TYPE_CHECKING:
    from glamor.prepare import Prepared

Grid = tuple[int, int]  # (rows, columns)


@dataclass(frozen=True)
class Encoded:
    """Both encoded inputs of one person: all that attention, fusion and the head go by.

    Encoding is nearly all of a pass; with these at hand, other weights are tried in a millisecond.

    Attributes:
        face_map: (1, C, H/16, W/16), of :meth:`GLAMORNet.encode_face`.
        context_map: (1, C, h, w), of :meth:`GLAMORNet.encode_context`.
    """

    face_map: Tensor
    context_map: Tensor


def intervene(model: GLAMORNet, prepared: Prepared, intervention: Intervention) -> Trace:
    """Run the network with something forced.

    Args:
        model: the network, left untouched.
        prepared: the inputs of one person.
        intervention: ``fusion`` (face, context), non-negative, adding up to 1;
            ``attention`` any non-negative grid of the network's size, made to add up to 1;
            ``face`` and ``context`` stand in for the prepared ones, same shapes.

    Returns:
        The trace of the pass, N = 1.

    Raises:
        ExplainError: if the intervention is not as above.
    """
    return recombine(model, encode(model, prepared, intervention), intervention)


def encode(model: GLAMORNet, prepared: Prepared, intervention: Intervention | None = None) -> Encoded:
    """Run the slow half of the network, once for all questions about its weights.

    Args:
        model: the network, left untouched.
        prepared: the inputs of one person.
        intervention: its ``face`` and ``context`` stand in for the prepared ones, same shapes.

    Returns:
        Both maps, on the model's device.

    Raises:
        ExplainError: if a stand-in has another shape.
    """
    with reading(model):
        face, context = input_pair(model, prepared, intervention)
        return Encoded(model.encode_face(face), model.encode_context(context))


def recombine(model: GLAMORNet, encoded: Encoded, intervention: Intervention | None = None) -> Trace:
    """Run the quick half of the network: attend, fuse, classify.

    Args:
        model: the network that encoded, left untouched.
        encoded: both maps of one person, on any device.
        intervention: its ``fusion`` and ``attention`` are forced, as in :func:`intervene`.

    Returns:
        The trace of the pass, N = 1.

    Raises:
        ExplainError: for weights or a grid that cannot be used.
    """
    device = next(model.parameters()).device
    face_map, context_map = encoded.face_map.to(device), encoded.context_map.to(device)
    grid = (context_map.shape[2], context_map.shape[3])
    with reading(model):
        return model.combine(face_map, context_map, valid_forces(intervention or Intervention(), grid))


def edit_attention(model: GLAMORNet, prepared: Prepared, keep: ArrayLike) -> Trace:
    """Let the network look only at some of the cells that it looks at.

    Args:
        model: the network, left untouched.
        prepared: the inputs of one person.
        keep: (h, w) bool, the cells whose learned attention stays.

    Returns:
        The trace of the pass, N = 1.

    Raises:
        ExplainError: if no attention is left or the grid has another size.
    """
    encoded = encode(model, prepared)
    learned = recombine(model, encoded).attention[0]  # (h, w)
    return recombine(model, encoded, Intervention(attention=only_cells(learned, keep)))


def only_cells(attention: Tensor, keep: ArrayLike) -> Tensor:
    """Return a map without some of its cells: what stays is made to add up to 1 again.

    Args:
        attention: (h, w), non-negative.
        keep: (h, w) bool, the cells that stay.

    Returns:
        (h, w), sums to 1.

    Raises:
        ExplainError: if no attention is left or the grid has another size.
    """
    kept = _grid(keep, (attention.shape[0], attention.shape[1])).to(attention) != 0
    return _normalised(attention * kept)


def uniform(grid: Grid) -> Tensor:
    """Return the same attention on every cell: (h, w), sums to 1."""
    return torch.full(grid, 1 / (grid[0] * grid[1]))


def one_cell(grid: Grid, row: int, column: int) -> Tensor:
    """Return all attention on one cell: (h, w), sums to 1.

    Raises:
        ExplainError: if the cell is not on the grid.
    """
    if not (0 <= row < grid[0] and 0 <= column < grid[1]):
        raise ExplainError(f"Cell ({row}, {column}) is not on the grid of {grid[0]} rows and {grid[1]} columns.")
    attention = torch.zeros(grid)
    attention[row, column] = 1.0
    return attention


def permuted(attention: Tensor, seed: int) -> Tensor:
    """Return the same attention values on other cells: (h, w) -> (h, w)."""
    order = np.random.default_rng(seed).permutation(attention.numel())
    return attention.flatten()[torch.from_numpy(order).to(attention.device)].view_as(attention)


def without_evidence(prepared: Prepared, name: str, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return stand-ins for both inputs, for instance black or blurred ones.

    Args:
        prepared: the inputs of one person.
        name: key of ``BASELINES``.
        seed: of the noise.

    Returns:
        Face (3, H, W) and context (3, h, w) in [0, 1]; the face mask stays as it is.

    Raises:
        ExplainError: for an unknown name.
    """
    pair = prepared.face.unsqueeze(0), prepared.context.unsqueeze(0)
    with seeded(seed if name == "noise" else None):
        face, context = draw_baselines(name, pair, scored_pixels(prepared))[0]
    return face[0], context[0]


@torch.no_grad()
def grid_hw(model: GLAMORNet, context: Tensor) -> Grid:
    """Return the attention grid's rows and columns for a context input (1, 3, H, W)."""
    rows, columns = model.encode_context(context).shape[-2:]
    return rows, columns


def valid_forces(intervention: Intervention, grid: Grid) -> Intervention:
    """Return the fusion and attention of an intervention, checked and normalised.

    Args:
        intervention: as a person gave it.
        grid: rows and columns of the network's attention.

    Raises:
        ExplainError: for weights or a grid that cannot be used.
    """
    fusion, attention = intervention.fusion, intervention.attention
    return Intervention(
        fusion=None if fusion is None else _fusion(fusion),
        attention=None if attention is None else _normalised(_grid(attention, grid)),
    )


def _fusion(weights: ArrayLike | Tensor) -> Tensor:
    pair = torch.as_tensor(weights, dtype=torch.float32).detach().flatten()
    if pair.numel() != 2 or not bool((pair >= 0).all()) or abs(float(pair.sum()) - 1) > 1e-4:
        raise ExplainError(
            f"The fusion weights are {pair.tolist()}; give two numbers (face, context) from 0 to 1 that add up to 1."
        )
    return pair


def _grid(values: ArrayLike | Tensor, grid: Grid) -> Tensor:
    attention = torch.as_tensor(values, dtype=torch.float32).detach()
    if attention.ndim == 3 and len(attention) == 1:  # as a trace holds it: (1, h, w) -> (h, w)
        attention = attention[0]
    if tuple(attention.shape) != grid:
        raise ExplainError(
            f"The attention grid has shape {tuple(attention.shape)}; this network's has {grid[0]} rows and "
            f"{grid[1]} columns."
        )
    if not bool(torch.isfinite(attention).all()) or bool((attention < 0).any()):
        raise ExplainError("The attention grid holds negative or unusable numbers; give numbers that are 0 or more.")
    return attention


def _normalised(attention: Tensor) -> Tensor:
    total = attention.double().sum()  # in double precision no sum of floats is infinite
    if float(total) <= 0:
        raise ExplainError("No attention is left because every cell is removed or 0; keep at least one cell.")
    # The network's own map adds up to 1 but for rounding: forced, it is to give the network's own answer bit by bit.
    return attention if abs(float(total) - 1) < 1e-6 else (attention.double() / total).to(attention)
