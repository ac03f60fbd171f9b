"""The same map once more, on noisy inputs or on another network, and cheaper.

A check compares two maps of the same make, so both may be made with fewer steps: the full
Integrated Gradients and Occlusion would cost a check five times as much and say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from glamor.explain.baselines import draw_baselines
from glamor.explain.guard import seeded, untouched
from glamor.explain.occlusion import PATCH, by_stream
from glamor.explain.registry import find_method
from glamor.explain.result import Explanation
from glamor.explain.task import Logits, Maps, Pair, Steps, Task
from glamor.explain.trust.progress import ignore
from glamor.model import GLAMORNet, Intervention

LIGHT_STEPS = 8  # of Gauss-Legendre, exact for smooth paths; the full method takes 50


def is_repeated(explanation: Explanation) -> bool:
    """Return whether :func:`map_again` repeats how the map was made, and not a cheaper make of it."""
    return explanation.smooth or find_method(explanation.method).key not in LIGHT


def map_again(model: GLAMORNet, explanation: Explanation, inputs: Pair, scored: Tensor) -> Pair:
    """Make an explanation's map for other inputs or another network.

    Args:
        model: the network, left untouched.
        explanation: gives method, class, baseline, smoothing and seed.
        inputs: face (1, 3, H, W) and context (1, 3, h, w) in [0, 1].
        scored: (h, w) bool, False in the face mask.

    Returns:
        Signed maps of the face (H, W) and of the context (h, w), 0 where it is not scored.
    """
    entry = find_method(explanation.method)
    run = entry.run if is_repeated(explanation) else LIGHT[entry.key]
    face, context = (image.detach().clone().requires_grad_() for image in inputs)
    pair = (face, context)
    seed = explanation.seed if entry.draws(explanation.baseline, explanation.smooth) else None
    with untouched(model), seeded(seed), torch.enable_grad():
        drawn = draw_baselines(explanation.baseline, pair, scored) if explanation.baseline else (pair,)
        maps = [run(_task(model, explanation, pair, references, scored)) for references in drawn]
    faces, contexts = (
        torch.stack(column).mean(dim=0) for column in zip(*((m.face, m.context) for m in maps), strict=True)
    )
    return faces, contexts * scored


def _task(model: GLAMORNet, explanation: Explanation, inputs: Pair, baselines: Pair, scored: Tensor) -> Task:
    return Task(model, inputs, baselines, scored, explanation.target, Intervention(), explanation.smooth, Steps(ignore))


def _light_integrated_gradients(task: Task) -> Maps:
    from captum.attr import IntegratedGradients

    face, context = IntegratedGradients(Logits(task)).attribute(
        task.inputs, baselines=task.baselines, target=task.target, n_steps=LIGHT_STEPS
    )
    return Maps(face.detach()[0].sum(dim=0), context.detach()[0].sum(dim=0))  # (1, 3, H, W) -> (H, W)


def _light_occlusion(task: Task) -> Maps:
    """Cover each tile once instead of four overlapping patches."""
    from captum.attr import Occlusion

    tiles = [(image.shape[-2] // PATCH) * (image.shape[-1] // PATCH) for image in task.inputs]
    window = {"sliding_window_shapes": (3, PATCH, PATCH), "strides": (3, PATCH, PATCH)}
    return by_stream(task, Occlusion, tiles, (window, window))


LIGHT: Mapping[str, Callable[[Task], Maps]] = {
    "integrated_gradients": _light_integrated_gradients,
    "occlusion": _light_occlusion,
}
