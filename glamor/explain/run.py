"""From a prepared photo and a method's name to an explanation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from glamor.errors import ExplainError
from glamor.explain.baselines import draw_baselines
from glamor.explain.guard import seeded, untouched
from glamor.explain.inputs import input_pair, scored_pixels
from glamor.explain.intervene import grid_hw, valid_forces
from glamor.explain.registry import Method, find_method
from glamor.explain.result import Explanation
from glamor.explain.task import Maps, Pair, Steps, Task
from glamor.model import GLAMORNet, Intervention

if TYPE_CHECKING:
    from glamor.prepare import Prepared


def explain(
    model: GLAMORNet,
    prepared: Prepared,
    method: str,
    target: int | None = None,
    *,
    baseline: str = "black",
    smooth: bool = False,
    seed: int = 0,
    intervention: Intervention | None = None,
    progress: Callable[[float], None] | None = None,
) -> Explanation:
    """Attribute one logit to the pixels of both inputs.

    The caller holds the predictor's lock. The model is left untouched (hooks, gradients,
    modes, requires_grad), also when anything raises.

    Args:
        model: the network, on any device.
        prepared: the two input tensors and their geometry.
        method: key of ``METHODS`` or an alias of it.
        target: index of the class; None for the predicted one.
        baseline: key of ``BASELINES``, ignored by methods that need none.
        smooth: average over noisy inputs (SmoothGrad), for the methods that can.
        seed: of all random draws, from 0 to 2**32 - 1.
        intervention: what to force in every pass; its face and context replace the inputs.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        The raw signed maps at input resolution with their figures.

    Raises:
        ExplainError: for an unknown method, class or baseline, smoothing that the method
            does not support, or an intervention that cannot be made.
    """
    entry = find_method(method)
    if smooth and not entry.can_smooth:
        raise ExplainError(f"{entry.name} cannot be smoothed; switch SmoothGrad off or choose a gradient method.")
    report = progress or _ignore
    forced = intervention or Intervention()
    inputs = input_pair(model, prepared, forced)
    scored = scored_pixels(prepared).to(inputs[1].device)
    with untouched(model), seeded(seed if entry.draws(baseline, smooth) else None):
        forced = valid_forces(forced, grid_hw(model, inputs[1]))
        references = draw_baselines(baseline, inputs, scored) if entry.uses_baseline else (inputs,)
        for image in inputs:
            image.requires_grad_()  # or Captum does it, with a warning
        logits = _logits(model, inputs, forced)
        target = _valid_target(target, logits, model.config.class_names)
        maps = [
            entry.run(Task(model, inputs, pair, scored, target, forced, smooth, Steps(_part(report, i, references))))
            for i, pair in enumerate(references)
        ]
        baseline_logit = None
        if entry.uses_baseline:
            baseline_logit = _mean([float(_logits(model, pair, forced)[target]) for pair in references])
    report(1.0)
    return _explanation(
        entry,
        maps,
        scored,
        target=target,
        target_name=model.config.class_names[target],
        logit=float(logits[target]),
        baseline_logit=baseline_logit,
        baseline=baseline if entry.uses_baseline else None,
        smooth=smooth,
        seed=seed,
    )


@torch.no_grad()
def _logits(model: GLAMORNet, inputs: Pair, forced: Intervention) -> Tensor:
    return model(*inputs, forced).logits[0].double()  # (classes,)


def _valid_target(target: int | None, logits: Tensor, names: Sequence[str]) -> int:
    if target is None:
        return int(logits.argmax())
    if not 0 <= target < len(names):
        raise ExplainError(f"There is no class {target}; choose one from 0 to {len(names) - 1} ({', '.join(names)}).")
    return int(target)


def _part(report: Callable[[float], None], index: int, parts: Sequence[object]) -> Callable[[float], None]:
    return lambda done: report((index + done) / len(parts))


def _ignore(done: float) -> None:
    pass


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _explanation(entry: Method, maps: Sequence[Maps], scored: Tensor, **figures: Any) -> Explanation:
    face = torch.stack([result.face for result in maps]).mean(dim=0)
    context = torch.stack([result.context for result in maps]).mean(dim=0) * scored
    totals = [result.total for result in maps if result.total is not None]
    gained = figures["logit"] - (figures["baseline_logit"] or 0.0)
    return Explanation(
        method=entry.key,
        face=face.float().cpu().numpy(),
        context=context.float().cpu().numpy(),
        convergence_delta=_mean(totals) - gained if totals else None,
        scored=scored.cpu().numpy(),
        **figures,
    )
