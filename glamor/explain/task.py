"""What every attribution method is given and what it gives back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor, nn

from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet, Intervention

Pair = tuple[Tensor, Tensor]  # (face, context)


class Steps:
    """Turns forward calls into progress; the callback cancels by raising.

    Args:
        report: called with the fraction done, from 0 to 1.
    """

    def __init__(self, report: Callable[[float], None]) -> None:
        self.report = report
        self.expected = 1
        self.done = 0

    def expect(self, calls: int) -> None:
        """Say how many forward calls there will be."""
        self.expected = calls

    def tick(self) -> None:
        """Count one forward call; raises whatever the callback raises."""
        self.report(min(self.done / self.expected, 1.0))
        self.done += 1


@dataclass(frozen=True)
class Task:
    """One attribution to compute.

    Attributes:
        model: the network, in eval mode, its parameters frozen.
        inputs: face (1, 3, H, W) and context (1, 3, h, w) in [0, 1], asking for gradients.
        baselines: the inputs without evidence, same shapes.
        scored: (h, w) bool, False in the face mask.
        target: index of the logit to attribute.
        forced: fusion weights or attention to force in every pass.
        smooth: whether to average over noisy copies of the inputs.
        steps: counts forward calls.
    """

    model: GLAMORNet
    inputs: Pair
    baselines: Pair
    scored: Tensor
    target: int
    forced: Intervention
    smooth: bool
    steps: Steps

    @property
    def encoders(self) -> tuple[nn.Module, nn.Module]:
        """The face's and the context's encoder; their outputs are their last blocks' maps."""
        return self.model.face_encoder, self.model.context_encoder

    def fused(self) -> Task:
        """Return the task on the network with BatchNorm fused in: the same up to rounding, and quicker.

        Not for a single pass, which takes no longer than fusing does, nor for methods with their own rules for what a
        ReLU passes on: in the fused network it stands behind the max-pool.
        """
        return replace(self, model=fuse_batchnorm(self.model))


@dataclass(frozen=True)
class Maps:
    """Raw answer of one method.

    Attributes:
        face: (H, W), signed.
        context: (h, w), signed.
        total: sum of all attributions as the method counts them, None if they need not add up.
    """

    face: Tensor
    context: Tensor
    total: float | None = None


class Logits(nn.Module):
    """The network as Captum wants it: two images in, logits out.

    Args:
        task: gives the model, what to force and the counter.
    """

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.model, self.forced, self.steps = task.model, task.forced, task.steps

    def forward(self, face: Tensor, context: Tensor) -> Tensor:
        self.steps.tick()
        return self.model(face, context, self.forced).logits  # (N, classes)


def batches(items: int, size: int) -> int:
    """Return how many batches of ``size`` hold that many items."""
    return math.ceil(items / size)
