"""Everything about the trust in one face's explanations, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glamor.explain.registry import Method, find_method
from glamor.explain.result import Explanation
from glamor.explain.run import explain
from glamor.explain.trust.faithfulness import Faithfulness, faithfulness
from glamor.explain.trust.progress import Progress, ignore, parts
from glamor.explain.trust.reliability import Reliability, reliability
from glamor.explain.trust.reliance import Reliance, reliance
from glamor.explain.trust.stability import Stability, stability
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.photo import BoxXyxy, Photo

DEFAULT_METHODS = ("integrated_gradients", "grad_cam", "occlusion")
INTEGRATED = "integrated_gradients"


@dataclass(frozen=True)
class Trust:
    """All checks of one face; see each part.

    Attributes:
        explanations: the maps that were checked.
        faithfulness: does attention, does each map say where the evidence is?
        reliance: stated against effective reliance on face and scene.
        reliability: one a map.
        stability: does the answer survive small changes?
    """

    explanations: tuple[Explanation, ...]
    faithfulness: Faithfulness
    reliance: Reliance
    reliability: tuple[Reliability, ...]
    stability: Stability


def passes_of(entries: Sequence[Method], smooth: bool = False) -> float:
    """Return the price of all checks of these methods' maps, in forward passes of one person."""
    return sum(_passes(entries, smooth))


def examine(
    model: GLAMORNet,
    photo: Photo,
    face_box_xyxy: BoxXyxy,
    methods: Sequence[str] = DEFAULT_METHODS,
    target: int | None = None,
    *,
    baseline: str = "black",
    smooth: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Trust:
    """Run every check on one face.

    The caller holds the predictor's lock; the model is left untouched, also when cancelled.

    Args:
        model: the network; its configuration prepares the inputs.
        photo: (H, W, 3) uint8 RGB.
        face_box_xyxy: the box of the prediction, photo pixels.
        methods: keys or aliases of the maps to check.
        target: index of the class; None for the predicted one.
        baseline: of the methods that need one, and what a blanked branch shows.
        smooth: average the maps of the methods that can over noisy inputs.
        seed: of all random draws; the same seed gives the same numbers.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        All results.

    Raises:
        ExplainError: for an unknown method, class or baseline.
        FaceError: if the box cannot be used.
    """
    from glamor.prepare import prepare

    entries = tuple(dict.fromkeys(find_method(name) for name in methods))  # once each, in order
    prepared = prepare(photo, face_box_xyxy, model.config)
    report = progress or ignore
    *mapping, integrating, removing, checking, varying = parts(report, _passes(entries, smooth))

    def make(method: str, smoothed: bool, told: Progress) -> Explanation:
        return explain(model, prepared, method, target, baseline=baseline, smooth=smoothed, seed=seed, progress=told)

    maps = tuple(
        make(entry.key, smooth and entry.can_smooth, told) for entry, told in zip(entries, mapping, strict=True)
    )
    plain = next(
        (explanation for explanation in maps if explanation.method == INTEGRATED and not explanation.smooth), None
    )
    integrated = plain or make(INTEGRATED, False, integrating)
    result = Trust(
        explanations=maps,
        faithfulness=faithfulness(model, prepared, maps, integrated.target, seed=seed, progress=removing),
        reliance=reliance(model, prepared, integrated),
        reliability=reliability(model, prepared, maps, seed=seed, progress=checking),
        stability=stability(model, photo, face_box_xyxy, progress=varying),
    )
    report(1.0)
    return result


def _passes(entries: Sequence[Method], smooth: bool) -> tuple[float, ...]:
    # The maps, Integrated Gradients for reliance, 2,400 scenes, 15 maps again, the variants of the photo.
    costs = [entry.passes(smooth=smooth) for entry in entries]
    return (*costs, 150.0, 1300.0, 100 + 4 * sum(costs), 20.0)
