"""How much a map changes under faint noise, and how well it predicts what removing parts does.

Both measures from Yeh et al.: On the (in)fidelity and sensitivity of explanations, NeurIPS
2019, as Captum computes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from glamor.explain.guard import reading
from glamor.explain.inputs import input_pair, scored_pixels
from glamor.explain.result import Explanation
from glamor.explain.task import Pair
from glamor.explain.trust.again import map_again
from glamor.explain.trust.orders import Floats, cell_sums
from glamor.explain.trust.progress import Progress, ignore, rising
from glamor.explain.trust.scene import filled, in_batches, mixed
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.prepare import Prepared

RADIUS = 0.02  # of inputs in [0, 1]: 5 of 255 grey levels, which nobody sees
NOISE_SAMPLES = 5
REMOVALS = 64
TILE = 16  # pixels: one cell of the encoders' grids


@dataclass(frozen=True)
class Infidelity:
    """How badly maps predict the logit that is lost when random tiles of both inputs are removed.

    Each figure is the mean squared error of the best multiple of the map, as a share of the mean
    squared loss: 0 predicts every loss, 1 predicts nothing.

    Attributes:
        maps: one figure a map; None if no removal changes the logit.
        flat: of a map on which every scored pixel counts the same, which knows only how much
            was removed; None likewise.
    """

    maps: tuple[float | None, ...]
    flat: float | None


def sensitivity(
    model: GLAMORNet,
    prepared: Prepared,
    explanation: Explanation,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> float:
    """Return the largest change of a map under noise too faint to see (Captum's ``sensitivity_max``).

    The caller holds the predictor's lock; the model is left untouched. Uniform noise of at most
    ``RADIUS`` is added to both inputs, kept in [0, 1]; the face mask stays black.

    Args:
        model: the network.
        prepared: the inputs of one person.
        explanation: whose map to make again; its own random draws are the same each time.
        seed: of the noise.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        Length of the largest change over ``NOISE_SAMPLES`` draws as a multiple of the map's
        length (both as vectors): 0 for a map that does not move.
    """
    from captum.metrics import sensitivity_max

    report, generator, calls = progress or ignore, torch.Generator().manual_seed(seed), 0
    inputs, scored, network = input_pair(model, prepared), scored_pixels(prepared), fuse_batchnorm(model)
    scored = scored.to(inputs[1].device)

    def noisy(pair: Pair, radius: float) -> Pair:
        face, context = ((image + _uniform(image, radius, generator)).clamp(0, 1) for image in pair)
        return face, torch.where(scored, context, pair[1])

    def maps(pair: Pair) -> Pair:
        nonlocal calls
        report(calls / (1 + NOISE_SAMPLES))
        calls += 1
        face, context = map_again(network, explanation, pair, scored)
        return face.double().unsqueeze(0), context.double().unsqueeze(0)

    change: Tensor = sensitivity_max(
        maps, inputs, noisy, RADIUS, n_perturb_samples=NOISE_SAMPLES, max_examples_per_batch=1
    )
    report(1.0)
    return float(change)


def infidelity(
    model: GLAMORNet,
    prepared: Prepared,
    explanations: Sequence[Explanation],
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Infidelity:
    """Compare what maps predict with what is lost (Captum's ``infidelity``, normalised).

    The caller holds the predictor's lock; the model is left untouched. Random tiles of the face
    and of the context, from none to all, show the input's mean colour instead.

    Args:
        model: the network.
        prepared: the inputs of one person.
        explanations: maps of one class of this person, at least one.
        seed: of the removals, the same for all maps.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        One figure a map and that of a flat map.
    """
    from captum.metrics import infidelity as captum_infidelity

    report = rising(progress or ignore)  # Captum asks for the plain answer after the others
    with reading(model):
        inputs, scored, network = input_pair(model, prepared), scored_pixels(prepared), fuse_batchnorm(model)
        fills, target = filled(inputs, prepared), explanations[0].target
        grids = [(image.shape[-2] // TILE, image.shape[-1] // TILE) for image in inputs]
        split = grids[0][0] * grids[0][1]

        def logits(kept: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Tensor:
            columns = (kept[:, :split], kept[:, split:])
            images = [mixed(inputs[i], fills[i], columns[i], grids[i]) for i in range(2)]
            return network(*images).logits

        def forward(kept: Tensor) -> Tensor:
            return in_batches(logits, kept.numpy() > 0, report)[:, target]

        removed = _random_subsets(split + grids[1][0] * grids[1][1], seed)

        def remove(kept: Tensor) -> tuple[Tensor, Tensor]:
            gone = removed.repeat(len(kept) // REMOVALS, 1)  # the same removals for every map
            return gone, kept - gone

        rows = [_tiles(explanation.face, explanation.context, grids) for explanation in explanations]
        flat = _tiles(np.ones(prepared.face.shape[1:]), scored.double().numpy(), grids)
        maps = torch.from_numpy(np.stack([*rows, flat, np.zeros_like(flat)]))  # zero: the mean squared loss
        errors = captum_infidelity(
            forward, remove, torch.ones_like(maps), maps, n_perturb_samples=REMOVALS, normalize=True
        ).tolist()
    report(1.0)
    shares = [max(error, 0.0) / errors[-1] if errors[-1] > 0 else None for error in errors[:-1]]
    return Infidelity(tuple(shares[:-1]), shares[-1])


def _uniform(image: Tensor, radius: float, generator: torch.Generator) -> Tensor:
    """Return noise in [-radius, radius], drawn on the CPU: the same on every device."""
    return ((2 * torch.rand(image.shape, generator=generator) - 1) * radius).to(image)


def _random_subsets(cells: int, seed: int) -> Tensor:
    """Return which cells each removal takes, any number of them equally likely: (REMOVALS, cells) of 0 or 1."""
    rng = np.random.default_rng(seed)
    share = rng.random((REMOVALS, 1))
    return torch.from_numpy((rng.random((REMOVALS, cells)) < share).astype(np.float64))


def _tiles(
    face: np.typing.NDArray[np.floating], context: np.typing.NDArray[np.floating], grids: Sequence[tuple[int, int]]
) -> Floats:
    return np.concatenate(
        [cell_sums(values, grid).ravel() for values, grid in zip((face, context), grids, strict=True)]
    )
