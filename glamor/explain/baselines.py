"""Inputs without evidence: what "the photo is not there" means to a method.

Every baseline keeps the face mask as it is: it holds nothing of the photo, so nothing can be taken away from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from glamor.errors import ExplainError
from glamor.explain.task import Pair

NOISE_DRAWS = 4
BLUR_SIGMA_SHARE = 1 / 16  # of the input's side: one cell of the encoder's grid


def black(image: Tensor, known: Tensor) -> Tensor:
    """Return an image of zeros."""
    return torch.zeros_like(image)


def mean_colour(image: Tensor, known: Tensor) -> Tensor:
    """Return an image of one colour, the mean of the known pixels."""
    count = known.sum().clamp(min=1)
    return ((image * known).sum(dim=(2, 3), keepdim=True) / count).expand_as(image)


def blurred(image: Tensor, known: Tensor) -> Tensor:
    """Return the image under a Gaussian that ignores unknown pixels.

    Args:
        image: (1, 3, H, W).
        known: (H, W) bool, False in the face mask, which must not bleed into the photo.

    Returns:
        (1, 3, H, W) in the range of the image.
    """
    sigma = max(image.shape[-2:]) * BLUR_SIGMA_SHARE
    weight = known.to(image).expand(1, 1, *image.shape[-2:])  # (1, 1, H, W)
    return _gaussian(image * weight, sigma) / _gaussian(weight, sigma).clamp(min=1e-6)


def noise(image: Tensor, known: Tensor) -> Tensor:
    """Return uniform noise in [0, 1) from torch's global generator."""
    return torch.rand(image.shape).to(image)  # drawn on the CPU: the same on every device


BASELINES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "black": black,
    "mean": mean_colour,
    "blurred": blurred,
    "noise": noise,
}


@torch.no_grad()
def draw_baselines(name: str, inputs: Pair, scored: Tensor) -> tuple[Pair, ...]:
    """Return the baselines over which a method averages.

    Args:
        name: key of ``BASELINES``.
        inputs: face (1, 3, H, W) and context (1, 3, h, w) in [0, 1].
        scored: (h, w) bool, False in the face mask.

    Returns:
        One pair of the inputs' shapes, for ``"noise"`` ``NOISE_DRAWS`` of them.

    Raises:
        ExplainError: for a name that is not in ``BASELINES``.
    """
    if name not in BASELINES:
        raise ExplainError(f"There is no baseline {name!r}; choose one of {', '.join(BASELINES)}.")
    make, (face, context) = BASELINES[name], inputs
    everywhere = torch.ones(face.shape[-2:], dtype=torch.bool, device=face.device)
    return tuple(
        (make(face, everywhere), torch.where(scored, make(context, scored), context))
        for _ in range(NOISE_DRAWS if name == "noise" else 1)
    )


def _gaussian(image: Tensor, sigma: float) -> Tensor:
    from scipy.ndimage import gaussian_filter  # takes a third of a second to import

    radius = min(int(3 * sigma + 0.5), min(image.shape[-2:]) - 1)  # mirrored at the edges
    soft = gaussian_filter(image.cpu().numpy(), sigma, mode="mirror", radius=radius, axes=(2, 3))
    return torch.from_numpy(soft).to(image)
