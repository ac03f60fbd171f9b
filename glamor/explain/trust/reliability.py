"""How far each map can be trusted, with a warning in words where it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glamor.explain.result import Explanation
from glamor.explain.trust.cascade import cascade
from glamor.explain.trust.faithfulness import common_target, map_label
from glamor.explain.trust.noise import infidelity, sensitivity
from glamor.explain.trust.orders import Floats
from glamor.explain.trust.progress import Progress, ignore, parts
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.prepare import Prepared

# Sundararajan et al. 2017, section 5: take more steps until the sum is within 5 % of the difference.
CONVERGENCE_LIMIT = 0.05
# A change as long as the map itself: what is drawn is then as much the noise as the photo.
SENSITIVITY_LIMIT = 1.0
# Half of the drawn structure is still there when nothing of what was learned is left: much of the
# map shows the photo or the architecture (in Adebayo et al. 2018 guided backprop stays above it).
SANITY_LIMIT = 0.5


@dataclass(frozen=True)
class Reliability:
    """The figures of one map; a warning for each that is bad.

    Attributes:
        key, name: as in ``Curves``.
        convergence: |sum of all attributions - logit difference| / |logit difference|; None for
            methods whose attributions need not add up.
        sensitivity: length of the largest change under unseen noise over the map's length.
        infidelity: error in predicting what removals cost, from 0 (none) to 1 (a map without
            information); None if no removal changes the logit.
        flat_infidelity: of a map on which every pixel counts the same, to compare with.
        stages: parts of the network that are randomised one after the other, first ``"trained"``.
        similarity: (stages,), SSIM with the trained network's map.
        warnings: one sentence for each figure beyond its limit.
    """

    key: str
    name: str
    convergence: float | None
    sensitivity: float
    infidelity: float | None
    flat_infidelity: float | None
    stages: tuple[str, ...]
    similarity: Floats
    warnings: tuple[str, ...]


def reliability(
    model: GLAMORNet,
    prepared: Prepared,
    explanations: Sequence[Explanation],
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[Reliability, ...]:
    """Check every map: completeness gap, sensitivity, infidelity, and similarity after cascading randomisation.

    The caller holds the predictor's lock; the model is left untouched. Makes each map 15 times
    again (Integrated Gradients with fewer steps, Occlusion without overlap).

    Args:
        model: the network.
        prepared: the inputs of one person.
        explanations: maps of one class of this person.
        seed: of all random draws.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        One result a map, in their order.

    Raises:
        ExplainError: if the maps are not all of one class.
    """
    common_target(explanations, None)
    if not explanations:
        return ()
    forgetting, removing, *trembling = parts(
        progress or ignore, (9.0, 2.0, *(6 / len(explanations),) * len(explanations))
    )
    curves = cascade(model, prepared, explanations, seed=seed, progress=forgetting)
    errors = infidelity(model, prepared, explanations, seed=seed, progress=removing)
    return tuple(
        _checked(
            explanation,
            sensitivity(model, prepared, explanation, seed=seed, progress=trembling[i]),
            errors.maps[i],
            errors.flat,
            curves.stages,
            curves.similarity[i],
        )
        for i, explanation in enumerate(explanations)
    )


def relative_delta(explanation: Explanation) -> float | None:
    """Return |convergence delta| / |logit difference|; None for methods that need not add up."""
    if explanation.convergence_delta is None or explanation.baseline_logit is None:
        return None
    gained, missing = abs(explanation.logit - explanation.baseline_logit), abs(explanation.convergence_delta)
    return missing / gained if gained > 0 else (0.0 if missing == 0 else float("inf"))


def _checked(
    explanation: Explanation,
    trembles: float,
    error: float | None,
    flat_error: float | None,
    stages: tuple[str, ...],
    similarity: Floats,
) -> Reliability:
    key, name = map_label(explanation)
    convergence = relative_delta(explanation)
    warnings = (
        _convergence_warning(name, convergence),
        _sensitivity_warning(name, trembles),
        _infidelity_warning(name, error, flat_error),
        _sanity_warning(name, float(similarity[-1])),
    )
    return Reliability(
        key, name, convergence, trembles, error, flat_error, stages, similarity, tuple(w for w in warnings if w)
    )


def _convergence_warning(name: str, value: float | None) -> str:
    if value is None or value <= CONVERGENCE_LIMIT:
        return ""
    return (
        f"{name} has a completeness gap of {value:.0%}: its sum misses the logit difference by that share (more than "
        f"{CONVERGENCE_LIMIT:.0%}). Read it as a ranking, not as amounts."
    )


def _sensitivity_warning(name: str, value: float) -> str:
    if value <= SENSITIVITY_LIMIT:
        return ""
    return (
        f"{name} has a sensitivity of {value:.1f}: noise too faint to see changes the map by more than its own length. "
        "Do not read single pixels; try SmoothGrad or a coarser method."
    )


def _infidelity_warning(name: str, value: float | None, flat: float | None) -> str:
    if value is None or flat is None or value < flat:
        return ""
    return (
        f"{name} has an infidelity of {value:.2f}, no better than a flat map ({flat:.2f}). It does not predict what "
        "removing parts costs, so do not take strong colours for strong effects."
    )


def _sanity_warning(name: str, value: float) -> str:
    if value <= SANITY_LIMIT:
        return ""
    return (
        f"{name} hardly depends on what the network has learned: with all weights randomised, the map stays similar "
        f"(SSIM {value:.2f}, more than {SANITY_LIMIT}). It may show the photo's edges rather than reasons."
    )
