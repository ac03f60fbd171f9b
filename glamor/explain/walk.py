"""One face's way through the network: all that a picture of it needs, and all that asks it again elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from glamor.explain.fusion import Floats, probabilities
from glamor.explain.guard import reading
from glamor.explain.inputs import input_pair
from glamor.explain.pack import pack
from glamor.model import ConvEncoder, GLAMORNet, TimmEncoder, Trace

if TYPE_CHECKING:
    from glamor.prepare import Geometry, Prepared

Numbers = NDArray[np.float32]

MAPS_A_BLOCK = 4
LARGEST_MAP = 56  # cells along a side, as the published network's first block has them; larger maps are averaged down
LEFT_OVER = 1e-9  # share of the first map's variance under which nothing is left to tell


@dataclass(frozen=True)
class Block:
    """What comes out of one block of an encoder, in its most telling channels.

    The first channel is the one that varies most over the picture; each next one is the one that varies most where
    those before it do not foretell it already (Gram-Schmidt on the centred maps).

    Attributes:
        name: ``block 1`` to ``block 5``, or what timm calls the stage.
        size: number of channels that the block has.
        map_hw: rows and columns of its maps, before large ones are averaged down.
        channels: which channels are shown, from 0, at most ``MAPS_A_BLOCK``; none if all maps are flat.
        maps: (shown, h, w) uint8, for drawing: a byte b stands for low + b / 255 * (high - low).
        low: (shown,) float32, the smallest value of each map.
        high: (shown,) float32, the largest.
    """

    name: str
    size: int
    map_hw: tuple[int, int]
    channels: tuple[int, ...]
    maps: NDArray[np.uint8]
    low: Numbers
    high: Numbers


@dataclass(frozen=True)
class Walk:
    """One face's way through the network, from the encoders' blocks to the answer.

    ``face_mean``, ``cells`` and, where the scene alone says where to look, ``attention_scores`` are what
    :func:`glamor.explain.head_weights` go on from; the rest is what they come to if nothing is forced. All float32
    but ``probabilities``.

    Attributes:
        face_blocks: of the face's encoder, from the first to the last.
        scene_blocks: of the scene's encoder.
        face_mean: (C of the face's encoder,), the mean of the face map, with which the face asks each cell.
        cells: (h, w, C of the scene's encoder), what the face asks.
        attention_scores: (h, w), before the softmax.
        attention: (h, w), sums to 1.
        face_vector: as ``face_mean``, but as it is weighed: after its BatchNorm where the network has one.
        context_vector: the attended cells as they are weighed.
        fusion_scores: (face, context), before the softmax.
        fusion_weights: (face, context), sum to 1.
        logits: (classes,).
        probabilities: (classes,) float64, sum to 1, after the temperature.
        class_names: label of each logit.
        temperature: divides the logits before the last softmax.
        geometry: where on the photo the two inputs come from.
    """

    face_blocks: tuple[Block, ...]
    scene_blocks: tuple[Block, ...]
    face_mean: Numbers
    cells: Numbers
    attention_scores: Numbers
    attention: Numbers
    face_vector: Numbers
    context_vector: Numbers
    fusion_scores: Numbers
    fusion_weights: Numbers
    logits: Numbers
    probabilities: Floats
    class_names: tuple[str, ...]
    temperature: float
    geometry: Geometry

    def to_bytes(self) -> bytes:
        """Return all of it for a browser, see :func:`glamor.explain.pack.pack`; 85 kB for the published network."""
        return pack(self)


def walk(model: GLAMORNet, prepared: Prepared) -> Walk:
    """Follow one face through the network.

    Args:
        model: the network, left untouched; of any encoders and either kind of attention.
        prepared: the inputs of one person.

    Returns:
        What came out of each block, and all that followed from it.
    """
    with reading(model):  # which also takes the hooks away
        face_maps, scene_maps = _kept_maps(model.face_encoder), _kept_maps(model.context_encoder)
        face, context = input_pair(model, prepared)
        face_map, context_map = model.encode_face(face), model.encode_context(context)
        trace = model.combine(face_map, context_map)
    return Walk(
        face_blocks=tuple(_blocks(face_maps, face_map)),
        scene_blocks=tuple(_blocks(scene_maps, context_map)),
        face_mean=numbers(face_map[0].mean(dim=(1, 2))),
        cells=numbers(context_map[0].permute(1, 2, 0)),  # (C, h, w) -> (h, w, C)
        **_traced(trace),
        probabilities=probabilities(model, trace.logits[0]),
        class_names=model.config.class_names,
        temperature=model.config.temperature,
        geometry=prepared.geometry,
    )


def telling_channels(maps: Tensor, count: int = MAPS_A_BLOCK) -> tuple[int, ...]:
    """Return the channels that together tell most of what a block's maps show, the most telling first.

    Args:
        maps: (C, h, w).
        count: how many to return at most.

    Returns:
        Channel numbers by the rule of :class:`Block`; fewer than ``count`` if nothing is left to tell.
    """
    untold = maps.flatten(1).double()  # (C, h, w) -> (C, h*w)
    untold = untold - untold.mean(dim=1, keepdim=True)
    least = LEFT_OVER * float(untold.square().sum(dim=1).max())
    chosen: list[int] = []
    while len(chosen) < count:
        variances = untold.square().sum(dim=1)
        best = int(variances.argmax())
        if float(variances[best]) <= least:
            break
        chosen.append(best)
        told = untold[best] / variances[best].sqrt()
        untold = untold - torch.outer(untold @ told, told)
    return tuple(chosen)


def numbers(tensor: Tensor) -> Numbers:
    """Return a copy of a tensor as float32 numbers on the CPU."""
    return tensor.detach().cpu().float().numpy().copy(order="C")


def _traced(trace: Trace) -> dict[str, Any]:
    """Return the fields that a walk and a trace have in common."""
    return {name: numbers(tensor[0]) for name, tensor in vars(trace).items() if tensor is not None}


def _kept_maps(encoder: ConvEncoder | TimmEncoder) -> dict[str, Tensor]:
    """Return where the maps of the next pass will be found by the names of their blocks, in order."""
    maps: dict[str, Tensor] = {}
    for name, module in _stages(encoder):
        module.register_forward_hook(_keeper(maps, name))
    return maps


def _keeper(maps: dict[str, Tensor], name: str) -> Callable[[nn.Module, object, object], None]:
    def keep(_module: nn.Module, _inputs: object, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4:  # a stage of tokens, or of several branches, has no one map
            maps[name] = output

    return keep


def _stages(encoder: ConvEncoder | TimmEncoder) -> Iterator[tuple[str, nn.Module]]:
    """Yield the blocks of an encoder as its structure has them; of a backbone, those that timm lists and keeps."""
    if isinstance(encoder, ConvEncoder):
        yield from ((f"block {i + 1}", block) for i, block in enumerate(encoder))
        return
    modules = dict(encoder.backbone.named_modules())
    information: Any = encoder.backbone.feature_info
    for name in (stage["module"] for stage in information.info):
        module = modules.get(name, modules.get(name.replace(".", "_")))  # timm flattens most backbones
        if module is not None:
            yield name, module


def _blocks(maps: dict[str, Tensor], last: Tensor) -> Iterator[Block]:
    """Yield the blocks that were kept, and at their end what the encoder gave if that is none of them."""
    if not any(kept is last for kept in maps.values()):
        maps = {**maps, "output": last}
    for name, kept in maps.items():
        yield _block(name, kept[0])


def _block(name: str, maps: Tensor) -> Block:
    size, rows, columns = maps.shape
    small = F.adaptive_avg_pool2d(maps, (min(rows, LARGEST_MAP), min(columns, LARGEST_MAP)))
    channels = telling_channels(small)
    shown = numbers(small[list(channels)])  # (shown, h, w)
    low, high = shown.min(axis=(1, 2)), shown.max(axis=(1, 2))
    bytes_ = np.rint((shown - low[:, None, None]) / (high - low)[:, None, None] * 255).astype(np.uint8)
    return Block(name, size, (rows, columns), channels, bytes_, low, high)
