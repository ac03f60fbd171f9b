"""What one photo contributes to an audit of many: one row of plain numbers for each map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glamor.explain.registry import METHODS
from glamor.explain.result import Explanation
from glamor.explain.run import explain
from glamor.explain.trust.cascade import cascade
from glamor.explain.trust.faithfulness import Faithfulness, faithfulness
from glamor.explain.trust.noise import Infidelity, infidelity
from glamor.explain.trust.orders import Floats
from glamor.explain.trust.progress import Progress, parts
from glamor.explain.trust.reliability import relative_delta
from glamor.explain.trust.reliance import Reliance, reliance
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.prepare import Prepared

INTEGRATED = "integrated_gradients"
STAGE = "block 1"  # the last to be randomised: nothing that was learned is left


@dataclass(frozen=True)
class MapRow:
    """One map of one photo; see ``Curves`` and ``Reliability``. None: not defined for this map.

    Attributes:
        answer: the predicted class, which is explained.
        key, name: of the map.
        deletion_auc, insertion_auc: by removed pixels, in [0, 1].
        random_auc: mean of random orders.
        deletion_gain: ``random_auc - deletion_auc``, positive if better than random.
        insertion_gain: ``insertion_auc - random_auc``, likewise.
        outcome: of the band of random orders; ``weights_outcome`` by removed weights.
        agreement: Spearman's rank correlation with attention.
        infidelity: over that of a flat map: below 1 the map predicts better than a flat one.
        similarity: SSIM after all weights are randomised.
        convergence: relative convergence delta.
    """

    answer: str
    key: str
    name: str
    deletion_auc: float
    insertion_auc: float
    random_auc: float
    deletion_gain: float
    insertion_gain: float
    outcome: str
    weights_outcome: str
    agreement: float | None
    infidelity: float | None
    similarity: float | None
    convergence: float | None


def survey(
    model: GLAMORNet, prepared: Prepared, methods: Sequence[str], *, thorough: bool = True, progress: Progress
) -> tuple[tuple[MapRow, ...], Reliance | None]:
    """Check attention and methods on the predicted class of one person.

    The model is left untouched.

    Args:
        model: the network.
        prepared: the inputs of one person.
        methods: keys of ``METHODS``, each once.
        thorough: whether to measure infidelity, similarity after randomisation, which takes all maps again, and the
            reliance also without Integrated Gradients among the methods, which tell it.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        Attention's row, then each method's, and the reliance; None if it was not asked.
    """
    making, removing, forgetting = parts(progress, (0.4, 0.3, 0.3))
    steps = parts(making, tuple(float(METHODS[key].cost) for key in methods)) if methods else ()
    maps = [explain(model, prepared, key, progress=step) for key, step in zip(methods, steps, strict=True)]
    faith = faithfulness(model, prepared, maps, few=True, progress=removing)
    errors = infidelity(model, prepared, maps) if thorough and maps else None
    forgotten = None
    if thorough and maps:
        forgotten = cascade(model, prepared, maps, wanted=(STAGE,), progress=forgetting).similarity[:, -1]
    integrated = next((made for made in maps if made.method == INTEGRATED), None)
    if thorough and integrated is None:
        integrated = explain(model, prepared, INTEGRATED)
    relies = None if integrated is None else reliance(model, prepared, integrated)
    return _rows(faith, maps, errors, forgotten), relies


def _rows(
    faith: Faithfulness, maps: Sequence[Explanation], errors: Infidelity | None, forgotten: Floats | None
) -> tuple[MapRow, ...]:
    random = faith.pixels.random_auc.mean
    rows = []
    for i, (pixels, weights) in enumerate(zip(faith.pixels.curves, faith.weights.curves, strict=True)):
        method = i - 1  # the first is attention, which is no method
        rows.append(
            MapRow(
                answer=faith.target_name,
                key=pixels.key,
                name=pixels.name,
                deletion_auc=pixels.deletion_auc,
                insertion_auc=pixels.insertion_auc,
                random_auc=random,
                deletion_gain=random - pixels.deletion_auc,
                insertion_gain=pixels.insertion_auc - random,
                outcome=pixels.outcome,
                weights_outcome=weights.outcome,
                agreement=faith.agreement[method] if i else None,
                infidelity=_ratio(errors.maps[method], errors.flat) if i and errors else None,
                similarity=float(forgotten[method]) if i and forgotten is not None else None,
                convergence=relative_delta(maps[method]) if i else None,
            )
        )
    return tuple(rows)


def _ratio(error: float | None, flat: float | None) -> float | None:
    return error / flat if error is not None and flat else None
