"""What each part of a face and the scene add to the answer: exact Shapley values (Shapley 1953), nothing sampled.

Every combination of present and missing parts is asked. The scene is one of the parts, but it never passes the face's
encoder: of 2^7 combinations, 64 need it, the rest is attention, fusion and the head.

Landmarks are off by some per cent of a face, and a rectangle's sharp edge is a shape of its own. So parts shade off
into one another: a pixel belongs to a part to the share of its surroundings, EDGE to all sides, that the part holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import comb

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from glamor.errors import ExplainError
from glamor.explain.baselines import black
from glamor.explain.fusion import Floats, probabilities
from glamor.explain.guard import reading
from glamor.explain.inputs import input_pair, scored_pixels
from glamor.explain.parts.places import SCENE, NoPartsError, Region, named_regions, owners, regions_of
from glamor.explain.parts.said import sentence
from glamor.explain.parts.stand_in import BLURRED, stand_in
from glamor.explain.task import Pair
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction

# Of the face input's side. With it and blurred parts, landmarks that were off by 5 % of a face changed the strongest
# part of none of six faces, and the first two of two; with sharp edges and parts painted anew, of one, and of five. The
# edge was chosen on these very faces: on others it may do less.
EDGE = 0.07
BATCH = 8  # more would not fit the processor's cache


@dataclass(frozen=True)
class Part:
    """One part and what it adds.

    Attributes:
        name: such as ``mouth``; ``scene`` for the scene.
        logit: its Shapley value for the logit of the class, signed.
        probability: likewise for the probability.
        box_xyxy: the rectangle around it, photo pixels; of the scene, what the network sees of it. What an earlier part
            holds is not part of it.
    """

    name: str
    logit: float
    probability: float
    box_xyxy: BoxXyxy


@dataclass(frozen=True)
class Parts:
    """What the parts of one face and its scene add to one class.

    Attributes:
        parts: the face's in the order in which they take their pixels, then the scene; their values add up to what all
            of them together add.
        target: index of the class.
        target_name: its label.
        replacement: what is shown of a missing part, one of ``REPLACEMENTS``; a missing scene is black.
        logit_all: with all parts.
        logit_none: with none.
        probability_all: likewise.
        probability_none: likewise.
        outcomes: (2^parts, classes) float64 logits; part i is there in the combinations whose number has bit i set.
        owner: (S, S), the index of the part that each pixel of the face input belongs to, before the edges are shaded.
        replaced: (S, S, 3) float32 RGB in [0, 1], the face with all of its parts missing.
    """

    parts: tuple[Part, ...]
    target: int
    target_name: str
    replacement: str
    logit_all: float
    logit_none: float
    probability_all: float
    probability_none: float
    outcomes: Floats
    owner: NDArray[np.int8]
    replaced: NDArray[np.float32]

    @property
    def sentence(self) -> str:
        """The strongest parts and the scene in words."""
        return sentence(self.parts, self.target_name)


@dataclass(frozen=True)
class NoParts:
    """A face without parts.

    Attributes:
        sentence: why.
    """

    sentence: str


def explain_parts(
    model: GLAMORNet,
    prediction: Prediction,
    target: int | None = None,
    *,
    replacement: str = BLURRED,
    regions: Mapping[str, BoxXyxy] | None = None,
) -> Parts | NoParts:
    """Return what each part of a face and the scene add to the score of a class.

    The caller holds the predictor's lock; the model is left untouched.

    Args:
        model: the network, on any device.
        prediction: of the face.
        target: index of the class; None for the predicted one.
        replacement: what is shown of a missing part, one of ``REPLACEMENTS``.
        regions: a person's own parts, at most ``MOST_REGIONS`` rectangles by name, in photo pixels, within the picture
            of the face; None: brows, eyes, nose, mouth, the rest of the face, hair and outline.

    Returns:
        The parts, or why there are none: of their own they come from the detector's landmarks of an upright face.

    Raises:
        ExplainError: for a class, a replacement or a region that cannot be used.
    """
    names, geometry = model.config.class_names, prediction.prepared.geometry
    target = int(prediction.logits.argmax()) if target is None else target
    if not 0 <= target < len(names):
        raise ExplainError(f"There is no class {target}; choose one from 0 to {len(names) - 1} ({', '.join(names)}).")
    try:
        places = regions_of(prediction) if regions is None else named_regions(regions, geometry)
    except NoPartsError as reason:
        return NoParts(str(reason))
    places, owner = _with_pixels(places, owners(places, geometry, prediction.prepared.face.shape[-1]))
    with reading(model):
        inputs = input_pair(model, prediction.prepared)
        scored = scored_pixels(prediction.prepared).to(inputs[1].device)
        missing = stand_in(inputs[0], owner, replacement), torch.where(scored, black(inputs[1], scored), inputs[1])
        outcomes = _outcomes(fuse_batchnorm(model), inputs, missing, owner, len(places))
    chances = probabilities(model, outcomes)[:, target]
    logits = outcomes[:, target].numpy()
    scene = Region(SCENE, geometry.context_region_xyxy)
    values = zip((*places, scene), shapley(logits), shapley(chances), strict=True)
    return Parts(
        parts=tuple(Part(place.name, float(logit), float(chance), place.box_xyxy) for place, logit, chance in values),
        target=target,
        target_name=names[target],
        replacement=replacement,
        logit_all=float(logits[-1]),
        logit_none=float(logits[0]),
        probability_all=float(chances[-1]),
        probability_none=float(chances[0]),
        outcomes=outcomes.numpy(),
        owner=owner,
        replaced=missing[0][0].permute(1, 2, 0).cpu().numpy(),
    )


def shapley(worth: Floats) -> Floats:
    """Return the Shapley value of each player of a game.

    Args:
        worth: (2^n,), what each coalition is worth; player i is in those whose number has bit i set.

    Returns:
        (n,): the mean, over all orders of joining, of what the player adds when it joins.
    """
    players = len(worth).bit_length() - 1
    number = np.arange(len(worth))
    size = np.bitwise_count(number)
    values = []
    for player in range(players):
        without = number[number >> player & 1 == 0]
        share = np.array([1 / (players * comb(players - 1, int(others))) for others in size[without]])
        values.append(share @ (worth[without | 1 << player] - worth[without]))
    return np.array(values)


def _with_pixels(places: tuple[Region, ...], owner: NDArray[np.int8]) -> tuple[tuple[Region, ...], NDArray[np.int8]]:
    """Leave out regions without a pixel in the picture of the face, such as a chin's below the photo's edge."""
    kept, renumbered = np.unique(owner, return_inverse=True)
    return tuple(places[i] for i in kept), renumbered.reshape(owner.shape).astype(np.int8)


def _outcomes(model: GLAMORNet, inputs: Pair, missing: Pair, owner: NDArray[np.int8], regions: int) -> Tensor:
    """Return the logits of every combination: (2^(regions + 1), classes) float64 on the CPU."""
    scenes = [model.encode_context(pair[1]) for pair in (missing, inputs)]
    without: list[Tensor] = []
    with_scene: list[Tensor] = []
    for faces in _faces(inputs[0], missing[0], owner, regions):
        face_map = model.encode_face(faces)
        for scene, logits in zip(scenes, (without, with_scene), strict=True):
            logits.append(model.combine(face_map, scene.expand(len(faces), -1, -1, -1)).logits.double().cpu())
    return torch.cat((*without, *with_scene))


def _faces(face: Tensor, missing: Tensor, owner: NDArray[np.int8], regions: int) -> Iterator[Tensor]:
    """Yield the face with every combination of its parts, in batches: (N, 3, S, S)."""
    shares = _shares(owner, regions).to(face)
    for start in range(0, 2**regions, BATCH):
        number = torch.arange(start, min(start + BATCH, 2**regions))
        there = (number[:, None] >> torch.arange(regions)) & 1  # (N, regions)
        shown = torch.einsum("nr,rhw->nhw", there.to(shares), shares).unsqueeze(1)
        yield missing + (face - missing) * shown


def _shares(owner: NDArray[np.int8], regions: int) -> Tensor:
    """Return to which share each pixel belongs to each region: (regions, S, S), adding up to 1."""
    reach = round(EDGE * len(owner))
    masks = torch.from_numpy(owner == np.arange(regions)[:, None, None]).float()
    return F.avg_pool2d(masks, 2 * reach + 1, stride=1, padding=reach, count_include_pad=False)
