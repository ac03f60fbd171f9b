"""Knowledge distillation: the mean probabilities of earlier phases' networks, the teachers, soften noisy labels.

People agree on about two in three of these labels; a small network fits the mean probabilities of two networks, over
both mirror images, better than labels that contradict each other (Hinton et al. 2015, "Distilling the knowledge in a
neural network"; Furlanello et al. 2018, "Born-again neural networks").
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from glamor.errors import DataError
from glamor.fused import fuse_batchnorm
from glamor.training.augment import to_float
from glamor.training.losses import TrainingNet
from glamor.training.recipe import Recipe

BATCH = 256


def teacher_probabilities(teachers: Sequence[tuple[TrainingNet, int]], images: NDArray[np.uint8]) -> Tensor:
    """Return the mean class probabilities that teachers give to faces.

    Args:
        teachers: networks, each with the side of the views it learned on, pixels.
        images: (N, S, S, 3) RGB.

    Returns:
        (N, classes) float32, the mean of the auxiliary face heads' probabilities over teachers and both mirror images.
    """
    batches = np.array_split(images, max(1, len(images) // BATCH))
    probabilities = [_probabilities_of_one(net, size, batches) for net, size in teachers]
    return torch.stack(probabilities).mean(dim=0)


def cached_teacher_probabilities(
    run: Path, names: Sequence[str], recipe: Recipe, net: TrainingNet, images: NDArray[np.uint8]
) -> Tensor:
    """Return the :func:`teacher_probabilities` of a run's own teachers, computed once and cached in its folder.

    Args:
        run: folder with ``after-NAME.pt`` of each teacher.
        names: of the phases that they ended.
        recipe: that the phases stand in.
        net: a network of the same form, left untouched.
        images: (N, S, S, 3) RGB.

    Raises:
        DataError: if a teacher's state is missing.
    """
    kept = run / f"taught-by-{'-and-'.join(names)}.pt"
    if not kept.exists():
        sizes = {phase.name: phase.size for phase in recipe.phases}
        torch.save(teacher_probabilities([(teacher(run, name, net), sizes[name]) for name in names], images), kept)
    distilled: Tensor = torch.load(kept, weights_only=True)
    return distilled


def teacher(run: Path, name: str, net: TrainingNet) -> TrainingNet:
    """Return the averaged network that a phase ended with, see :func:`cached_teacher_probabilities`."""
    state = run / f"after-{name}.pt"
    if not state.is_file():
        raise DataError(f"{state} is not there; copy it from the run that phase {name} was part of, or start afresh.")
    copy = deepcopy(net)
    copy.load_state_dict(torch.load(state, map_location="cpu", weights_only=True)["ema"])
    return copy


@torch.inference_mode()
def _probabilities_of_one(net: TrainingNet, size: int, batches: Sequence[NDArray[np.uint8]]) -> Tensor:
    net = net.eval()
    net.net = fuse_batchnorm(net.net)
    device = next(net.parameters()).device
    probabilities = []
    for batch in batches:
        faces = to_float(torch.from_numpy(batch).to(device))
        views = F.interpolate(faces, (size, size), mode="bilinear", antialias=True)
        views = torch.cat((views, views.flip(3))).contiguous(memory_format=torch.channels_last)
        probabilities.append(torch.stack(net.face_logits(views).float().softmax(dim=1).chunk(2)).mean(dim=0).cpu())
    return torch.cat(probabilities)
