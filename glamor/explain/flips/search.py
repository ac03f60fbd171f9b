"""What would change its mind: the smallest changes that turn the label, each with how exactly it is the smallest.

Nothing here is an attribution: each answer is a pass of the network, with a part or a cell missing, another weight, or
a blurred face.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from glamor.explain.flips.found import BlurFlip, CellsFlip, Flips, FusionFlip, PartsFlip, SceneFlip
from glamor.explain.fusion import Floats, fusion_curve, probabilities
from glamor.explain.guard import reading
from glamor.explain.inputs import input_pair
from glamor.explain.intervene import Encoded, encode, recombine
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.explain.parts import Parts
    from glamor.prepare import Prepared

MOST_PAIRED = 64  # cells of a scene of which all pairs are tried: about 2,000 passes of the network's quick half
# Standard deviations of the Gaussian that are tried, in shares of the face input's side; and how finely the first that
# turns the label is told from the last before it, in its pixels.
BLURS, FINEST = tuple(map(float, np.geomspace(1 / 128, 1 / 4, 10).round(4))), 0.05


def find_flips(
    model: GLAMORNet, prepared: Prepared, parts: Parts | None = None, scenes: Mapping[str, Prepared] | None = None
) -> Flips:
    """Return the smallest changes that turn the label of one face.

    The caller holds the predictor's lock; the model is left untouched.

    Args:
        model: the network.
        prepared: the inputs of the face.
        parts: of the same face, None if it has none.
        scenes: of other people, by name, among which to look for one that turns the label.
    """
    encoded, names = encode(model, prepared), model.config.class_names
    plain = recombine(model, encoded)
    return Flips(
        emotion=names[int(plain.logits[0].argmax())],
        parts=None if parts is None else flip_by_parts(parts, names, model.config.temperature),
        cells=flip_by_cells(model, encoded),
        fusion=flip_by_fusion(model, encoded),
        blur=flip_by_blur(model, prepared),
        scene=flip_by_scene(model, encoded, scenes or {}),
        scenes=len(scenes or {}),
        parts_asked=parts is not None,
        cells_asked=plain.attention[0].numel(),
    )


def flip_by_parts(parts: Parts, class_names: Sequence[str], temperature: float = 1.0) -> PartsFlip | None:
    """Return the fewest parts without which the label is another; None if there are none, which is exact."""
    logits, combination = parts.outcomes, np.arange(len(parts.outcomes))
    label, count = int(logits[-1].argmax()), len(parts.parts)
    turned = combination[logits.argmax(axis=1) != label]
    if not len(turned):
        return None
    missing = count - np.bitwise_count(turned).astype(int)
    fewest = turned[missing == missing.min()]
    found = int(fewest[_margins(logits[fewest], label).argmin()])
    chances = torch.from_numpy(logits[found] / temperature).softmax(dim=0)
    names = tuple(parts.parts[i].name for i in range(count) if not found >> i & 1)
    return PartsFlip(names, class_names[int(chances.argmax())], float(chances.max()))


def flip_by_cells(model: GLAMORNet, encoded: Encoded) -> CellsFlip | None:
    """Return few cells without whose attention the label is another; exact if these are one or two."""
    with reading(model):  # once: it takes longer than a question does
        return _flip_by_cells(model, encoded)


def _flip_by_cells(model: GLAMORNet, encoded: Encoded) -> CellsFlip | None:
    plain = recombine(model, encoded)
    learned, label = plain.attention[0], int(plain.logits[0].argmax())
    cells, paired = learned.numel(), learned.numel() <= MOST_PAIRED

    def ask(sets: Sequence[tuple[int, ...]]) -> Floats:
        return _without_cells(model, encoded, learned, sets)

    tried: list[list[tuple[int, ...]]] = [
        [(cell,) for cell in range(cells)],
        [*combinations(range(cells), 2)] if paired else [],
    ]
    for sets in filter(None, tried):
        logits = ask(sets)
        best = int(_margins(logits, label).argmin())
        if int(logits[best].argmax()) != label:
            return _cells_flip(model, logits[best], sets[best], learned.shape[1], len(sets[best]))
    found = _greedy(ask, label, cells)
    if found is None:
        return None
    return _cells_flip(model, ask([found])[0], found, learned.shape[1], 3 if paired else 2)


def flip_by_fusion(model: GLAMORNet, encoded: Encoded) -> FusionFlip | None:
    """Return the nearest fusion weight beyond which the label is another; None if there is none, which is exact."""
    curve = fusion_curve(model, recombine(model, encoded))
    if not curve.flips:
        return None
    learned = curve.learned_w_face
    flip = min(curve.flips, key=lambda flip: abs(flip.w_face - learned))
    beyond = flip.after if flip.w_face >= learned else flip.before
    return FusionFlip(flip.w_face, learned, model.config.class_names[beyond])


def flip_by_blur(model: GLAMORNet, prepared: Prepared) -> BlurFlip | None:
    """Return the least blur of the face with which the label is another, of those that are tried."""
    with reading(model):
        quick, (face, context) = fuse_batchnorm(model), input_pair(model, prepared)
        scene = quick.encode_context(context)

        def ask(sigmas: Sequence[float]) -> Tensor:
            faces = torch.cat([_blurred(face, sigma) for sigma in sigmas])
            return quick.combine(quick.encode_face(faces), scene.expand(len(faces), -1, -1, -1)).logits

        label = int(ask([0.0])[0].argmax())
        below = 0.0
        step, sigma = 0, 0.0
        for share in BLURS:
            step, sigma = step + 1, share * face.shape[-1]
            if int(ask([sigma])[0].argmax()) != label:
                break
            below = sigma
        else:
            return None
        while sigma - below > FINEST:
            middle = (below + sigma) / 2
            below, sigma = (below, middle) if int(ask([middle])[0].argmax()) != label else (middle, sigma)
        chances = probabilities(model, ask([sigma])[0])
    return BlurFlip(sigma, below, step, model.config.class_names[int(chances.argmax())], float(chances.max()))


def flip_by_scene(model: GLAMORNet, encoded: Encoded, scenes: Mapping[str, Prepared]) -> SceneFlip | None:
    """Return the nearest of some scenes before which the label of a face is another; None if there is none."""
    label = int(recombine(model, encoded).logits[0].argmax())
    found = []
    for name, prepared in scenes.items():
        other = replace(encoded, context_map=encode(model, prepared).context_map)
        logits = recombine(model, other).logits[0]
        if int(logits.argmax()) != label:
            means = [each.context_map.double().mean(dim=(0, 2, 3)).cpu() for each in (encoded, other)]
            chances = probabilities(model, logits)
            best = int(chances.argmax())
            distance = float((means[0] - means[1]).norm())
            found.append(SceneFlip(name, distance, model.config.class_names[best], float(chances[best])))
    return min(found, key=lambda flip: flip.distance, default=None)


def _blurred(face: Tensor, sigma: float) -> Tensor:
    from scipy.ndimage import gaussian_filter  # takes a third of a second to import

    return torch.from_numpy(gaussian_filter(face.cpu().numpy(), sigma, mode="nearest", axes=(2, 3))).to(face)


def _without_cells(model: GLAMORNet, encoded: Encoded, learned: Tensor, sets: Sequence[tuple[int, ...]]) -> Floats:
    """Return the logits without the attention of each set of cells: (sets, classes)."""
    device = next(model.parameters()).device
    weights, cells = _lowered(learned, sets).to(device).flatten(1), encoded.context_map.to(device)[0].flatten(1).T
    scenes = weights @ cells  # (sets, C): each goes in as a scene of one cell, which gets all of the attention
    if model.context_norm is not None:
        scenes = scenes / len(cells)  # CAER-Net-S pools by the mean
    faces = encoded.face_map.to(device).expand(len(sets), -1, -1, -1)
    return model.combine(faces, scenes[..., None, None]).logits.double().cpu().numpy()


def _lowered(learned: Tensor, sets: Sequence[tuple[int, ...]]) -> Tensor:
    """Return attention without each set of cells, made to add up to 1 again; as it is if nothing would be left.

    (h, w) -> (sets, h, w)
    """
    left = learned.double().flatten().repeat(len(sets), 1)
    for row, cells in zip(left, sets, strict=True):
        row[list(cells)] = 0
    total = left.sum(dim=1, keepdim=True)
    lowered = torch.where(total > 0, left / total, learned.double().flatten())
    return lowered.view(-1, *learned.shape).to(learned)


def _greedy(ask: Callable[[Sequence[tuple[int, ...]]], Floats], label: int, cells: int) -> tuple[int, ...] | None:
    """Take away the cell that costs the label most, again and again, then put back what need not be away."""
    away: tuple[int, ...] = ()
    while len(away) < cells - 1:
        sets = [(*away, cell) for cell in range(cells) if cell not in away]
        logits = ask(sets)
        best = int(_margins(logits, label).argmin())
        away = sets[best]
        if int(logits[best].argmax()) != label:
            break
    else:
        return None
    for cell in away:
        fewer = tuple(other for other in away if other != cell)
        if fewer and int(ask([fewer])[0].argmax()) != label:
            away = fewer
    return tuple(sorted(away))


def _cells_flip(model: GLAMORNet, logits: Floats, cells: tuple[int, ...], columns: int, at_least: int) -> CellsFlip:
    chances = probabilities(model, torch.from_numpy(logits))
    places = tuple(divmod(cell, columns) for cell in cells)
    return CellsFlip(places, model.config.class_names[int(chances.argmax())], float(chances.max()), at_least)


def _margins(logits: Floats, label: int) -> Floats:
    """Return by how much the label leads; below 0 another one does: (N, classes) -> (N,)."""
    margins: Floats = logits[:, label] - np.delete(logits, label, axis=1).max(axis=1)
    return margins
