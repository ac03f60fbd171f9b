"""Does a map say where the evidence is? Remove what it ranks first and watch the answer.

Deletion and insertion curves as in Petsiuk, Das, Saenko: RISE, BMVC 2018, over the cells of the
attention grid; attention against attribution as in Jain, Wallace: Attention is not
explanation, NAACL 2019.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glamor.errors import ExplainError
from glamor.explain.guard import reading
from glamor.explain.registry import METHODS
from glamor.explain.result import Explanation
from glamor.explain.trust.orders import (
    RANDOM_ORDERS,
    Band,
    Floats,
    area,
    band_of,
    cell_sums,
    descending,
    every_count,
    few_counts,
    kept_cells,
    random_orders,
)
from glamor.explain.trust.progress import Progress, ignore, part
from glamor.explain.trust.scene import Scene, open_scene, without_pixels, without_weights
from glamor.explain.trust.verdict import Outcome, judge, sentence
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.prepare import Prepared

ATTENTION = "attention"
PIXELS_SHARE = 0.95  # of the time; the weights need no encoder


@dataclass(frozen=True)
class Curves:
    """What happens to the target's probability when cells go in the order of one map.

    Attributes:
        key: ``"attention"`` or the method's key, with ``"+smooth"`` if it was smoothed.
        name: for people.
        deletion: (K,), with the k highest-ranked cells removed, k = 0 ... cells.
        insertion: (K,), with only the k highest-ranked cells shown.
        deletion_auc: mean height of ``deletion``, in [0, 1]; low means the evidence goes first.
        insertion_auc: mean height of ``insertion``, in [0, 1]; high means it comes first.
        outcome: what the band of random orders decides.
        verdict: the same in one sentence with its numbers.
    """

    key: str
    name: str
    deletion: Floats
    insertion: Floats
    deletion_auc: float
    insertion_auc: float
    outcome: Outcome
    verdict: str

    @property
    def least_first(self) -> Floats:
        """(K,), with the k lowest-ranked cells removed: insertion read backwards."""
        return self.insertion[::-1]


@dataclass(frozen=True)
class Removal:
    """One way to remove cells, for every map and for random orders.

    Deletion in one order is insertion in the reversed order read backwards, and a reversed random
    order is a random order; so one band serves both areas.

    Attributes:
        how: ``"pixels"`` (the cells' tiles of the context input show its mean colour) or
            ``"weights"`` (the cells' attention is 0, the rest made to add up to 1 again).
        curves: attention's first, then each explanation's.
        random_mean, random_low, random_high: (K,), mean and pointwise 95 % band of
            random deletion; read backwards, of random insertion.
        random_auc: mean and 95 % band of the random orders' areas.
    """

    how: str
    curves: tuple[Curves, ...]
    random_mean: Floats
    random_low: Floats
    random_high: Floats
    random_auc: Band


@dataclass(frozen=True)
class Faithfulness:
    """Whether attention and each attribution map say where the scene's evidence is.

    Attributes:
        target: index of the class whose probability is followed.
        target_name: its label.
        attention: (h, w), sums to 1.
        cells: (maps, h, w), each explanation's signed sum in the pixels of each cell.
        scored: (h, w) bool, the cells that hold anything of the photo.
        pixels: removal from the context input.
        weights: removal from the attention.
        agreement: Spearman's rank correlation of attention with each explanation over the
            scored cells, in [-1, 1]; None where one of the two is the same everywhere.
        random_orders: how many random orders there were.
        seed: of these orders and of ties.
    """

    target: int
    target_name: str
    attention: Floats
    cells: Floats
    scored: NDArray[np.bool_]
    pixels: Removal
    weights: Removal
    agreement: tuple[float | None, ...]
    random_orders: int
    seed: int

    @property
    def verdict(self) -> str:
        """One sentence on attention, by removed pixels, with its numbers."""
        return self.pixels.curves[0].verdict


def faithfulness(
    model: GLAMORNet,
    prepared: Prepared,
    explanations: Sequence[Explanation],
    target: int | None = None,
    *,
    seed: int = 0,
    few: bool = False,
    progress: Progress | None = None,
) -> Faithfulness:
    """Remove the scene's cells in the order of each map and follow one class's probability.

    The caller holds the predictor's lock; the model is left untouched. The face is encoded once;
    about 2,000 masked scenes are encoded in batches, each different one once.

    Args:
        model: the network.
        prepared: the inputs of one person.
        explanations: maps of the same person and class; may be empty.
        target: index of the class; None for that of the explanations, or the predicted one.
        seed: of the random orders and of ties.
        few: whether to look after a few numbers of removed cells only, see :func:`few_counts`; a tenth of the work.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        Curves, areas, bands, rank agreement and verdicts.

    Raises:
        ExplainError: if the explanations are not all of this class.
    """
    report = progress or ignore
    target = common_target(explanations, target)
    with reading(model):
        scene = open_scene(model, prepared, target)
        common_target(explanations, scene.target)
        cells = np.array([cell_sums(explanation.context, scene.grid_hw) for explanation in explanations])
        cells = cells.reshape(len(explanations), *scene.grid_hw)
        maps = np.concatenate((scene.attention[None], cells)).reshape(1 + len(explanations), -1)
        labels = [(ATTENTION, "Attention"), *(map_label(explanation) for explanation in explanations)]
        pixels = _removal("pixels", without_pixels, scene, labels, maps, seed, part(report, 0, PIXELS_SHARE), few)
        weights = _removal("weights", without_weights, scene, labels, maps, seed, part(report, PIXELS_SHARE, 1), few)
    report(1.0)
    scored = cell_sums(_scored(prepared), scene.grid_hw) > 0
    return Faithfulness(
        target=scene.target,
        target_name=model.config.class_names[scene.target],
        attention=scene.attention,
        cells=cells,
        scored=scored,
        pixels=pixels,
        weights=weights,
        agreement=tuple(rank_agreement(scene.attention[scored], map_cells[scored]) for map_cells in cells),
        random_orders=RANDOM_ORDERS,
        seed=seed,
    )


def rank_agreement(first: Floats, second: Floats) -> float | None:
    """Return Spearman's rank correlation, in [-1, 1]; None if either is the same everywhere."""
    from scipy.stats import spearmanr

    if not len(first) or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(spearmanr(first.ravel(), second.ravel()).statistic)


def common_target(explanations: Sequence[Explanation], target: int | None) -> int | None:
    """Return the class that all explanations are of, ``target`` itself if there are none.

    Raises:
        ExplainError: if they are not all of one class, or not of ``target``.
    """
    found = {explanation.target for explanation in explanations} | (set() if target is None else {target})
    if len(found) > 1:
        raise ExplainError(f"The maps are of different classes, {sorted(found)}; explain again for one class.")
    return found.pop() if found else None


def map_label(explanation: Explanation) -> tuple[str, str]:
    """Return a map's key and its name for people."""
    name = METHODS[explanation.method].name
    return (f"{explanation.method}+smooth", f"{name}, smooth") if explanation.smooth else (explanation.method, name)


def _scored(prepared: Prepared) -> NDArray[np.bool_]:
    from glamor.explain.inputs import scored_pixels

    return scored_pixels(prepared).numpy()


def _removal(
    how: str,
    play: Callable[[Scene, NDArray[np.bool_], Progress], Floats],
    scene: Scene,
    labels: Sequence[tuple[str, str]],
    maps: Floats,
    seed: int,
    report: Progress,
    few: bool = False,
) -> Removal:
    """Remove cells in the order of each map (R, cells), in its reverse, and at random."""
    ranked = np.stack([descending(values, seed) for values in maps])
    orders = np.concatenate((ranked, ranked[:, ::-1], random_orders(maps.shape[1], seed)))
    counts = few_counts(maps.shape[1]) if few else every_count(maps.shape[1])
    kept = kept_cells(orders, counts)
    curves = play(scene, kept.reshape(-1, maps.shape[1]), report).reshape(kept.shape[:2])
    first, last, random = np.split(curves, [len(maps), 2 * len(maps)])
    mean, low, high = band_of(random)
    band = Band(*(float(value) for value in band_of(area(random, counts))))
    effect = float(np.ptp(curves))
    pairs = zip(labels, first, last[:, ::-1], strict=True)
    return Removal(
        how=how,
        curves=tuple(_curves(label, pair, counts, band, effect) for label, *pair in pairs),
        random_mean=mean,
        random_low=low,
        random_high=high,
        random_auc=band,
    )


def _curves(
    label: tuple[str, str], pair: Sequence[Floats], counts: NDArray[np.intp], band: Band, effect: float
) -> Curves:
    areas = float(area(pair[0], counts)), float(area(pair[1], counts))
    outcome = judge(*areas, band, effect)
    return Curves(*label, pair[0], pair[1], *areas, outcome, sentence(label[1], outcome, *areas, band))
