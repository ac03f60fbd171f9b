"""Teachers: networks of earlier phases whose joint opinion softens noisy labels.

People agree on about two in three of these labels; a small network fits the mean opinion of two networks, seen in both
mirror images, better than labels that contradict each other (Hinton et al. 2015, "Distilling the knowledge in a neural
network"; Furlanello et al. 2018, "Born-again neural networks").
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from glamor.augment import to_float
from glamor.folded import folded
from glamor.losses import TrainingNet

BATCH = 256


def opinion(teachers: Sequence[tuple[TrainingNet, int]], images: NDArray[np.uint8]) -> Tensor:
    """Return what teachers together say of faces.

    Args:
        teachers: networks, each with the side of the views it learned on, pixels.
        images: (N, S, S, 3) RGB.

    Returns:
        (N, classes) float32, the mean of the auxiliary face heads' probabilities over teachers and both mirror images.
    """
    batches = np.array_split(images, max(1, len(images) // BATCH))
    opinions = [_opinion_of_one(net, size, batches) for net, size in teachers]
    return torch.stack(opinions).mean(dim=0)


@torch.inference_mode()
def _opinion_of_one(net: TrainingNet, size: int, batches: Sequence[NDArray[np.uint8]]) -> Tensor:
    net = net.eval()
    net.net = folded(net.net)
    device = next(net.parameters()).device
    said = []
    for batch in batches:
        faces = to_float(torch.from_numpy(batch).to(device))
        views = F.interpolate(faces, (size, size), mode="bilinear", antialias=True)
        views = torch.cat((views, views.flip(3))).contiguous(memory_format=torch.channels_last)
        said.append(torch.stack(net.face_logits(views).float().softmax(dim=1).chunk(2)).mean(dim=0).cpu())
    return torch.cat(said)
