"""What each cell of a scene shows by itself: a linear map of a resting encoder's channels (Alain & Bengio 2016)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

FOLDS = 5
DECAY = 0.1  # of the map's squared weights, on channels of unit variance
STEPS = 60
LOOKS = 20  # groups of films, by look: their frames' names do not say which film they are from


@dataclass(frozen=True)
class Evidence:
    """A linear map from C channels to K labels.

    Attributes:
        mean: (C,) of the channels over the pictures that it was fitted on.
        weights: (C, K), of channels less their mean.
    """

    mean: Tensor
    weights: Tensor

    def of(self, cells: Tensor) -> Tensor:
        """Return what cells show: (N, C, h, w) -> (N, K, h, w), 0 where a cell is like the mean."""
        return torch.einsum("nchw,ck->nkhw", cells.float() - self.mean.view(-1, 1, 1), self.weights)


def fit(pictures: Tensor, targets: Tensor, weights: Tensor) -> Evidence:
    """Fit softmax regression to whole pictures, so that it can be asked of each cell.

    Args:
        pictures: (N, C), each the mean of its cells.
        targets: (N, K), rows sum to 1.
        weights: (N,) of the pictures, not negative.
    """
    mean, spread = pictures.mean(dim=0), pictures.std(dim=0) + 1e-6
    scaled = (pictures - mean) / spread
    slopes = torch.zeros(pictures.shape[1], targets.shape[1], requires_grad=True)
    offsets = torch.zeros(targets.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([slopes, offsets], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        fits = (targets * (scaled @ slopes + offsets).log_softmax(dim=1)).sum(dim=1)
        cost: Tensor = DECAY * slopes.square().sum() - (weights * fits).sum() / weights.sum()
        cost.backward()
        return cost

    optimizer.step(loss)
    return Evidence(mean, slopes.detach() / spread[:, None])


def cross_fit(cells: Tensor, targets: Tensor, weights: Tensor, folds: Tensor) -> tuple[Tensor, Evidence]:
    """Return what cells show to maps that have not seen their pictures, and the map of all pictures.

    What a map shows of pictures that it was fitted on is too good to be true, and a network that learns on it would
    trust scenes too much.

    Args:
        cells: (N, C, h, w).
        targets: (N, K), rows sum to 1.
        weights: (N,) of the pictures; to those of weight 0 nothing is fitted.
        folds: (N,), the fold of each picture.

    Returns:
        (N, K, h, w), and the map; both scaled so that whole pictures of the first vary by 1.
    """
    pictures = cells.float().mean(dim=(2, 3))
    unseen = torch.zeros(len(cells), targets.shape[1], *cells.shape[2:])
    for fold in folds.unique():
        held = folds == fold
        fitted = (~held) & (weights > 0)
        unseen[held] = fit(pictures[fitted], targets[fitted], weights[fitted]).of(cells[held])
    spread = unseen.mean(dim=(2, 3)).std()
    used = weights > 0
    whole = fit(pictures[used], targets[used], weights[used])
    return unseen / spread, Evidence(whole.mean, whole.weights / spread)


def looks(pictures: Tensor, groups: int, rng: torch.Generator) -> Tensor:
    """Return the group of each picture, (N,), by k-means: pictures of one film look alike.

    Args:
        pictures: (N, C), N at least ``groups``.
        groups: how many there are at most.
        rng: source of randomness.
    """
    scaled = (pictures - pictures.mean(dim=0)) / pictures.std(dim=0)
    centres = scaled[torch.randperm(len(scaled), generator=rng)[:groups]].clone()
    for _ in range(20):
        nearest = torch.cdist(scaled, centres).argmin(dim=1)
        for group in nearest.unique():
            centres[group] = scaled[nearest == group].mean(dim=0)
    return nearest
