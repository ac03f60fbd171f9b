"""Does the scene speak when the face cannot be read: recall against how much of the face is left.

python -m glamor evaluate data/scenes --split val --out runs/eval
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glamor.checkpoint import Checkpoint
from glamor.degradations import degrade
from glamor.evaluation.scoring import Measure
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet
from glamor.training.data import Sample, list_samples, prepare_sample

Floats = NDArray[np.float64]

BATCH, DRAWS = 64, 1000
CLEAR = "clear"
STRENGTHS: dict[str, tuple[float, ...]] = {  # see degrade
    "blur": (0.01, 0.02, 0.04, 0.06, 0.08),
    "size": (48, 24, 12, 8, 6),
    "cover": (0.3, 0.45, 0.6, 0.75, 0.9),
    "darkness": (0.5, 0.25, 0.12, 0.06, 0.03),
}
FEWEST = 5  # pictures of a class below which its recall says nothing


@dataclass(frozen=True)
class Degradation:
    """What is left of the answers when every face is degraded alike.

    Attributes:
        kind: "clear", or a key of ``STRENGTHS``.
        strength: its unit is that of ``STRENGTHS``; 0 for a clear face.
        fused, blanked, other: macro recall with the scene, with a black one, and with another photo's.
        gain, gain_over_other: fused minus blanked, fused minus other; intervals over the same photos.
        w_face: mean fusion weight of the face with its own scene, in [0, 1].
    """

    kind: str
    strength: float
    fused: Measure
    blanked: Measure
    other: Measure
    gain: Measure
    gain_over_other: Measure
    w_face: float


@dataclass(frozen=True)
class Curves:
    """One dataset's :class:`Degradation` by kind and strength, the clear face first.

    Attributes:
        dataset, split: what was evaluated.
        count: photos.
        classes: that macro recall is the mean over: those with five photos or more, or all if none has.
        rows: one a kind and strength.
    """

    dataset: str
    split: str
    count: int
    classes: tuple[str, ...]
    rows: tuple[Degradation, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready plain values."""
        return asdict(self)


def curves(checkpoint: Checkpoint, dataset: Path, split: str) -> Curves:
    """Measure how recall falls as faces are degraded, with the scene, without it, and with a wrong one.

    Args:
        checkpoint: the network.
        dataset: folder of scenes, in NCAER-S layout.
        split: its sub-folder.

    Returns:
        The curves. Sizes are those of a face of 96 pixels, and go with the side of the network's input.

    Raises:
        DataError: if the dataset cannot be used.
    """
    names = checkpoint.config.class_names
    samples = list_samples(dataset, split, names)
    labels = np.array([sample.label for sample in samples], dtype=np.int64)
    counts = np.bincount(labels, minlength=len(names))
    counted = counts >= (FEWEST if (counts >= FEWEST).any() else 1)
    drawn = _drawn(len(samples))
    rows = tuple(
        _row(kind, strength, told, labels, counted, drawn) for kind, strength, told in _answers(checkpoint, samples)
    )
    return Curves(dataset.name, split, len(samples), tuple(np.array(names)[counted].tolist()), rows)


@dataclass(frozen=True)
class _Told:
    """Answers to N photos, (N,) class indices, with own, black and another's scene; and the face's mean weight."""

    fused: NDArray[np.int64]
    blanked: NDArray[np.int64]
    other: NDArray[np.int64]
    w_face: float


def _answers(checkpoint: Checkpoint, samples: Sequence[Sample]) -> Iterator[tuple[str, float, _Told]]:
    net, device = fuse_batchnorm(checkpoint.model), next(checkpoint.model.parameters()).device
    inputs = [prepare_sample(sample, checkpoint.config) for sample in samples]
    faces, scenes = (torch.stack(column) for column in zip(*inputs, strict=True))
    own = _encoded(net.encode_context, scenes, device)
    black = _encoded(net.encode_context, torch.zeros_like(scenes[:1]), device).expand_as(own)
    order = torch.randperm(len(own), generator=torch.Generator().manual_seed(0))
    other = torch.empty_like(own)
    other[order] = own[order.roll(1)]  # nobody's own, unless there is one photo alone
    for kind, strength in ((CLEAR, 0.0), *((kind, s) for kind, steps in STRENGTHS.items() for s in steps)):
        degraded = _encoded(net.encode_face, degrade(faces, kind, strength), device)
        (fused, w_face), (blanked, _), (elsewhere, _) = (
            _combined(net, degraded, given) for given in (own, black, other)
        )
        yield kind, strength, _Told(fused, blanked, elsewhere, w_face)


@torch.inference_mode()
def _encoded(encode: Any, images: Tensor, device: torch.device) -> Tensor:
    parts = (part.to(device, memory_format=torch.channels_last) for part in images.split(BATCH))
    return torch.cat([encode(part).cpu() for part in parts])


@torch.inference_mode()
def _combined(net: GLAMORNet, faces: Tensor, scenes: Tensor) -> tuple[NDArray[np.int64], float]:
    device = next(net.parameters()).device
    pairs = zip(faces.split(BATCH), scenes.split(BATCH), strict=True)
    traces = [net.combine(face.to(device), scene.to(device)) for face, scene in pairs]
    logits = torch.cat([trace.logits.cpu() for trace in traces])
    return logits.argmax(dim=1).numpy(), float(torch.cat([trace.fusion_weights[:, 0].cpu() for trace in traces]).mean())


def _row(
    kind: str, strength: float, told: _Told, labels: NDArray[np.int64], counted: NDArray[np.bool_], drawn: Floats
) -> Degradation:
    fused, blanked, other = (
        _macro_recalls(labels, answers == labels, counted, drawn) for answers in (told.fused, told.blanked, told.other)
    )
    return Degradation(
        kind,
        strength,
        fused=_measure(fused),
        blanked=_measure(blanked),
        other=_measure(other),
        gain=_measure(fused - blanked),
        gain_over_other=_measure(fused - other),
        w_face=told.w_face,
    )


def _drawn(count: int) -> Floats:
    """Return how often each row counts, (1 + draws, count): once each, then as often as it was drawn again."""
    rng = np.random.default_rng(0)
    draws = [np.bincount(rng.integers(0, count, count), minlength=count) for _ in range(DRAWS)]
    return np.vstack([np.ones(count), *draws])


def _macro_recalls(
    labels: NDArray[np.int64], right: NDArray[np.bool_], counted: NDArray[np.bool_], drawn: Floats
) -> Floats:
    """Return macro recall over the counted classes for each way to count the rows, (1 + draws,)."""
    of_class = np.eye(len(counted))[labels][:, counted]
    there, found = drawn @ of_class, drawn @ (of_class * right[:, None])
    recalls = np.divide(found, there, out=np.full(there.shape, np.nan), where=there > 0)
    return np.asarray(np.nanmean(recalls, axis=1))


def _measure(values: Floats) -> Measure:
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return Measure(float(values[0]), float(low), float(high))


def table(curves: Curves) -> str:
    """Return the curves as a readable table."""
    lines = [
        f"faces degraded, macro recall over {', '.join(curves.classes)}   [95% bootstrap interval, same photos]",
        f"{'face':<16}{'with its scene':<16}{'black scene':<13}{'wrong scene':<13}{'the scene adds':<26}{'w_face':<6}",
    ]
    lines += [
        f"{f'{row.kind} {row.strength:g}' if row.strength else row.kind:<16}{row.fused.value:<16.3f}"
        f"{row.blanked.value:<13.3f}{row.other.value:<13.3f}"
        f"{f'{row.gain.value:+.3f} [{row.gain.low:+.3f}, {row.gain.high:+.3f}]':<26}{row.w_face:.3f}"
        for row in curves.rows
    ]
    return "\n".join(lines)
