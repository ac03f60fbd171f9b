"""The answer as a function of how much the face counts (paper section 3.4, eq. 6)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glamor.model import GLAMORNet, Trace

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flip:
    """Where the predicted label changes along the fusion curve.

    Attributes:
        w_face: the face's weight at which both labels are equally probable, in [0, 1].
        before: class index for slightly smaller weights.
        after: class index for slightly larger weights.
    """

    w_face: float
    before: int
    after: int


@dataclass(frozen=True)
class FusionCurve:
    """Probabilities for every weight of the face, the scene weighing the rest.

    Attributes:
        w_face: (steps,) from 0 to 1.
        probabilities: (steps, classes), each row sums to 1.
        learned_w_face: the weight that the network chose itself.
        flips: every change of label from w_face = 0 to 1, in order.
    """

    w_face: Floats
    probabilities: Floats
    learned_w_face: float
    flips: tuple[Flip, ...]


def fusion_curve(model: GLAMORNet, trace: Trace, steps: int = 101) -> FusionCurve:
    """Return the curve of one person from one trace: nothing is encoded again.

    Args:
        model: the network that made the trace.
        trace: of one forward pass with N = 1.
        steps: number of weights from 0 to 1, at least 2.

    Returns:
        The curve. Its flips are exact, not read off the steps: between two weights at
        which a hidden unit of the head switches on or off, every logit is a straight line.
    """
    head = deepcopy(model.head).cpu().double().eval()
    w_face = torch.linspace(0, 1, steps, dtype=torch.float64)
    with torch.no_grad():
        knots = _knots(head, trace)
        logits = head(_fused(trace, w_face))
        flips = _flips(knots.numpy(), head(_fused(trace, knots)).numpy())
    return FusionCurve(
        w_face=w_face.numpy(),
        probabilities=probabilities(model, logits),
        learned_w_face=float(trace.fusion_weights[0, 0]),
        flips=flips,
    )


def probabilities(model: GLAMORNet, logits: Tensor) -> Floats:
    """Return softmax at the checkpoint's temperature: (..., classes) -> (..., classes) float64."""
    return (logits.detach().cpu().double() / model.config.temperature).softmax(dim=-1).numpy()


def _fused(trace: Trace, w_face: Tensor) -> Tensor:
    """Return what the head sees for each weight: (steps,) -> (steps, 2C)."""
    face, context = (vector.detach().cpu().double() for vector in (trace.face_vector, trace.context_vector))
    weight = w_face.unsqueeze(1)  # (steps, 1)
    return torch.cat((weight * face, (1 - weight) * context), dim=1)


def _knots(head: nn.Module, trace: Trace) -> Tensor:
    """Return 0, 1 and, between them, every weight at which a hidden unit crosses zero."""
    ends = torch.tensor([0.0, 1.0], dtype=torch.float64)
    first: nn.Module = head.get_submodule("0")
    at_zero, at_one = first(_fused(trace, ends))  # (hidden,) each
    crossing = at_zero * at_one < 0
    inside = at_zero[crossing] / (at_zero[crossing] - at_one[crossing])
    return torch.cat((ends, inside)).sort().values


def _flips(knots: Floats, logits: Floats) -> tuple[Flip, ...]:
    """Follow the largest of several piecewise straight lines: (knots,), (knots, classes)."""
    flips: list[Flip] = []
    leader = int(logits[0].argmax())
    for i in range(len(knots) - 1):
        along = 0.0  # share of this piece that is done
        while (overtaking := _next_leader(logits[i], logits[i + 1] - logits[i], leader, along)) is not None:
            along, after = overtaking
            flips.append(Flip(float(knots[i] + along * (knots[i + 1] - knots[i])), leader, after))
            leader = after
    return tuple(flips)


def _next_leader(start: Floats, rise: Floats, leader: int, along: float) -> tuple[float, int] | None:
    """Return when and by whom the leading line is overtaken on the rest of a piece."""
    steeper = np.flatnonzero(rise > rise[leader])
    meets = (start[leader] - start[steeper]) / (rise[steeper] - rise[leader])
    meets = np.maximum(meets, along)  # a tie may lie before the piece by rounding
    if not len(meets) or meets.min() >= 1:
        return None
    return float(meets.min()), int(steeper[meets.argmin()])
