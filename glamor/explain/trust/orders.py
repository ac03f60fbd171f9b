"""Orders in which cells are removed, and what chance alone would give.

Everything here is arithmetic on small arrays; no network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Orders = NDArray[np.intp]  # (R, cells), each row a permutation: the cell that goes first stands first

RANDOM_ORDERS = 40  # the fewest of which one, 1 in 40, is the outer 2.5 %
BAND = (0.025, 0.975)


@dataclass(frozen=True)
class Band:
    """What 95 % of random orders give.

    Attributes:
        mean: of all random orders.
        low: 2.5 % of random orders give less.
        high: 2.5 % give more.
    """

    mean: float
    low: float
    high: float


def random_orders(cells: int, seed: int, count: int = RANDOM_ORDERS) -> Orders:
    """Return independent, uniformly random permutations.

    Args:
        cells: how many cells there are.
        seed: of the draws.
        count: how many orders.

    Returns:
        (count, cells).
    """
    in_order = np.tile(np.arange(cells), (count, 1))
    return np.random.default_rng(seed).permuted(in_order, axis=1)


def descending(values: Floats, seed: int) -> Orders:
    """Return the cells from the highest value to the lowest, ties in random order: (cells,)."""
    shuffled = np.random.default_rng(seed).permutation(len(values))  # else ties would favour the upper left
    return shuffled[np.argsort(-values[shuffled], kind="stable")]


def every_count(cells: int) -> NDArray[np.intp]:
    """Return after how many removed cells to look: after each one, from none to all."""
    return np.arange(cells + 1)


def few_counts(cells: int) -> NDArray[np.intp]:
    """Return few of these: both ends of a curve, where a good order shows, and its middle; as in reverse."""
    eighth = cells // 8
    return np.unique([0, min(1, cells), eighth, cells // 2, cells - eighth, max(cells - 1, 0), cells])


def kept_cells(orders: Orders, counts: NDArray[np.intp] | None = None) -> NDArray[np.bool_]:
    """Return which cells are left after the first k of each order are gone.

    Args:
        orders: (R, cells).
        counts: (K,), each k; None: 0 ... cells.

    Returns:
        (R, K, cells).
    """
    ranks = np.argsort(orders, axis=1)  # (R, cells): when each cell goes
    return ranks[:, None, :] >= (every_count(orders.shape[1]) if counts is None else counts)[:, None]


def area(curves: Floats, counts: NDArray[np.intp] | None = None) -> Floats:
    """Return the mean height of curves over k, which are as in :func:`kept_cells`: (..., K) -> (...)."""
    at = every_count(curves.shape[-1] - 1) if counts is None else counts
    return np.asarray(np.trapezoid(curves, at, axis=-1) / at[-1])


def band_of(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, lower and upper bound over the first axis: (R, ...) -> three of (...).

    The bounds are Weibull's plotting positions: whatever the distribution, the chance that
    one more random order falls outside is 5 % (numpy's default would leave out about 10 %).
    """
    low, high = np.quantile(values, BAND, axis=0, method="weibull")
    return values.mean(axis=0), low, high


def cell_of_pixels(pixels: int, cells: int) -> NDArray[np.intp]:
    """Return which of ``cells`` equal tiles each of ``pixels`` belongs to, along one side."""
    return np.arange(pixels) * cells // pixels


def cell_sums(values: NDArray[np.floating] | NDArray[np.bool_], grid_hw: tuple[int, int]) -> Floats:
    """Return the sum in each tile: (H, W) -> (h, w)."""
    rows, columns = (cell_of_pixels(side, cells) for side, cells in zip(values.shape, grid_hw, strict=True))
    sums = np.zeros(grid_hw)
    np.add.at(sums, (rows[:, None], columns[None, :]), values)
    return sums
