"""Does a map show what the network has learned? Randomise it, layer by layer, and look again.

Cascading randomisation of Adebayo et al.: Sanity checks for saliency maps, NeurIPS 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glamor.explain.inputs import input_pair, scored_pixels
from glamor.explain.result import Explanation
from glamor.explain.trust.again import is_repeated, map_again
from glamor.explain.trust.orders import Floats
from glamor.explain.trust.progress import Progress, ignore
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.prepare import Prepared

TRAINED = "trained"
# What a figure of the map shows: its colours are full at the magnitude that this share exceeds.
CLIPPED_SHARE = 0.005


@dataclass(frozen=True)
class Cascade:
    """How similar each map stays while the network is randomised from its output to its input.

    Attributes:
        stages: ``"trained"``, then the part that is randomised in addition at each stage.
        similarity: (maps, stages), SSIM with the trained network's map, mean of face and scene,
            at most 1; about 0 for unrelated maps.
    """

    stages: tuple[str, ...]
    similarity: Floats


def cascade(
    model: GLAMORNet,
    prepared: Prepared,
    explanations: Sequence[Explanation],
    *,
    seed: int = 0,
    wanted: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Cascade:
    """Randomise a copy of the network from the top and compare each map with what it was.

    A layer is randomised by shuffling the numbers of each of its tensors: what it has learned is
    gone, their sizes stay, so the signal neither dies nor explodes on its way.

    Args:
        model: the network; only a deep copy is changed.
        prepared: the inputs of one person.
        explanations: whose maps to make again.
        seed: of the shuffles.
        wanted: the stages at which to compare; None for all.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        One curve a map.
    """
    report, copy = progress or ignore, deepcopy(model)
    stages = [(name, modules) for name, modules in layers_from_top(copy)]
    shown = [name for name, _ in stages if wanted is None or name in wanted]
    inputs, scored = input_pair(model, prepared), scored_pixels(prepared)
    steps, done = (1 + len(shown)) * len(explanations), 0

    def look(forgotten: bool = True) -> list[tuple[Floats, Floats]]:
        nonlocal done
        maps, network = [], fuse_batchnorm(copy)
        for explanation in explanations:
            report(done / steps)
            done += 1
            if forgotten or not is_repeated(explanation):
                face, context = map_again(network, explanation, inputs, scored.to(inputs[1].device))
                maps.append((face.double().cpu().numpy(), context.double().cpu().numpy()))
            else:
                maps.append((explanation.face.astype(np.float64), explanation.context.astype(np.float64)))
        return maps

    columns, generator = [look(forgotten=False)], torch.Generator().manual_seed(seed)
    for name, modules in stages:
        shuffle(modules, generator)
        if name in shown:
            columns.append(look())
    everywhere = np.ones(prepared.face.shape[1:], dtype=bool)
    masks = (everywhere, scored.numpy())
    similarity = [
        [
            np.mean([ssim(was[i], now[i], masks[i]) for i in range(2)])
            for was, now in zip(columns[0], column, strict=True)
        ]
        for column in columns
    ]
    report(1.0)
    return Cascade((TRAINED, *shown), np.array(similarity).reshape(len(columns), len(explanations)).T)


def layers_from_top(model: GLAMORNet) -> tuple[tuple[str, tuple[nn.Module, ...]], ...]:
    """Return the parts of a network from its output to its inputs; blocks of both encoders together."""
    pairs = zip_longest(reversed(_blocks(model.face_encoder)), reversed(_blocks(model.context_encoder)))
    blocks = [tuple(block for block in pair if block is not None) for pair in pairs]  # the deeper encoder's first alone
    norms = [norm for norm in (model.face_norm, model.context_norm) if norm is not None]
    return (
        ("head", (model.head,)),
        ("fusion", (*norms, model.face_score, model.context_score)),
        ("attention", (model.attention,)),
        *((f"block {len(blocks) - i}", pair) for i, pair in enumerate(blocks)),
    )


def shuffle(modules: Sequence[nn.Module], generator: torch.Generator) -> None:
    """Shuffle the numbers of each parameter and of each of BatchNorm's statistics in place."""
    tensors: list[Tensor] = [t for module in modules for t in (*module.parameters(), *module.buffers())]
    with torch.no_grad():
        for tensor in tensors:
            order = torch.randperm(tensor.numel(), generator=generator).to(tensor.device)
            tensor.copy_(tensor.flatten()[order].view(tensor.shape))


def ssim(first: Floats, second: Floats, scored: NDArray[np.bool_]) -> float:
    """Return the structural similarity of two signed maps as a figure would show them.

    Args:
        first: (H, W), drawn as grey from 0 to 1: its own 99.5 % magnitude is white, minus that black.
        second: likewise.
        scored: (H, W) bool, the pixels over which the mean is taken.

    Returns:
        At most 1 (the same picture); 1 too if nothing is scored.
    """
    from skimage.metrics import structural_similarity

    if not scored.any():
        return 1.0
    pair = (_shown(first, scored), _shown(second, scored))
    _, local = structural_similarity(*pair, data_range=1.0, full=True)
    return float(local[scored].mean())


def _shown(values: Floats, scored: NDArray[np.bool_]) -> Floats:
    magnitudes = np.abs(values[scored])
    limit = float(np.quantile(magnitudes, 1 - CLIPPED_SHARE, method="higher")) or float(magnitudes.max())
    # Grey from 0 to 1 and not signed: SSIM multiplies means, so a map and its negative would agree.
    return (np.clip(values / limit, -1, 1) + 1) / 2 if limit > 0 else np.full_like(values, 0.5)


def _blocks(encoder: nn.Module) -> tuple[nn.Module, ...]:
    """Return an encoder's parts that have weights, from its input up."""
    parts = list(encoder.children())
    while len(parts) == 1:  # a wrapper around somebody else's network
        parts = list(parts[0].children())
    return tuple(part for part in parts if any(True for _ in part.parameters()))
