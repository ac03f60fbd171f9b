"""Does the network rely on face and scene as its fusion weights say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from glamor.errors import ExplainError
from glamor.explain.baselines import draw_baselines
from glamor.explain.fusion import probabilities
from glamor.explain.guard import reading, seeded
from glamor.explain.inputs import input_pair, scored_pixels
from glamor.explain.result import Explanation
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from glamor.prepare import Prepared

Pair = tuple[float, float]  # (face, scene)
SHOWN_AS_NOTHING = 0.005  # of probability: the sentence gives it as 0 %


@dataclass(frozen=True)
class Reliance:
    """What the network says it relies on, and what it does rely on; all pairs are (face, scene).

    Attributes:
        target, target_name: the class.
        fusion_weights: stated, sum to 1 (Le et al. 2021, eq. 6).
        attribution: each input's share of the absolute Integrated Gradients, sum to 1; both 0
            if these are zero everywhere.
        probability: the target's, with both inputs.
        logit: likewise.
        probability_lost: when that input is blanked; negative if the target gains.
        logit_lost: likewise.
        baseline: what a blanked input shows; the same that Integrated Gradients start from.
    """

    target: int
    target_name: str
    fusion_weights: Pair
    attribution: Pair
    probability: float
    logit: float
    probability_lost: Pair
    logit_lost: Pair
    baseline: str

    @property
    def verdict(self) -> str:
        """Stated and effective reliance in short sentences with their numbers."""
        relies = "the face" if self.probability_lost[0] > self.probability_lost[1] else "the scene"
        states = "the face" if self.fusion_weights[0] > self.fusion_weights[1] else "the scene"
        if max(map(abs, self.probability_lost)) < SHOWN_AS_NOTHING:
            agree = "but it cannot be told whether it does. Without either the answer stays the same"
        else:
            agree = "and so it does" if relies == states else f"but the answer depends more on {relies}"
        return (
            f"The network says it listens more to {states} (fusion {self.fusion_weights[0]:.0%} face, "
            f"{self.fusion_weights[1]:.0%} scene), {agree}. Integrated Gradients put {self.attribution[0]:.0%} on the "
            f"face. Without the face, {self.target_name} loses {100 * self.probability_lost[0]:z.0f} percentage "
            f"points, without the scene {100 * self.probability_lost[1]:z.0f}."
        )


def reliance(model: GLAMORNet, prepared: Prepared, integrated: Explanation) -> Reliance:
    """Compare the fusion weights with what each input adds.

    The caller holds the predictor's lock; the model is left untouched.

    Args:
        model: the network.
        prepared: the inputs of one person.
        integrated: their Integrated Gradients; gives the class and the baseline.

    Returns:
        Weights, shares and losses.

    Raises:
        ExplainError: if ``integrated`` is a map of another method.
    """
    if integrated.method != "integrated_gradients" or integrated.baseline is None:
        raise ExplainError(
            f"The map is made by {integrated.method}; reliance is measured with integrated_gradients, so give such a "
            "map."
        )
    target = integrated.target
    with reading(model), seeded(integrated.seed if integrated.baseline == "noise" else None):
        face, context = input_pair(model, prepared)
        scored = scored_pixels(prepared).to(context.device)
        drawn = draw_baselines(integrated.baseline, (face, context), scored)
        no_face, no_context = (torch.cat([pair[i] for pair in drawn]) for i in range(2))
        draws = len(drawn)
        faces = torch.cat((face, no_face, face.expand(draws, -1, -1, -1)))
        contexts = torch.cat((context, context.expand(draws, -1, -1, -1), no_context))
        trace = model(faces, contexts)
    logits = trace.logits[:, target].double().cpu().numpy()
    chances = probabilities(model, trace.logits)[:, target]
    weights = trace.fusion_weights[0].double().cpu().tolist()
    return Reliance(
        target=target,
        target_name=integrated.target_name,
        fusion_weights=(weights[0], weights[1]),
        attribution=_shares(integrated),
        probability=float(chances[0]),
        logit=float(logits[0]),
        probability_lost=_lost(chances, draws),
        logit_lost=_lost(logits, draws),
        baseline=integrated.baseline,
    )


def _lost(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], draws: int) -> Pair:
    """Return the loss without the face and without the scene, averaged over the baseline's draws."""
    face, scene = (values[0] - part.mean() for part in (values[1 : 1 + draws], values[1 + draws :]))
    return float(face), float(scene)


def _shares(integrated: Explanation) -> Pair:
    face, scene = (float(np.abs(values).sum(dtype=np.float64)) for values in (integrated.face, integrated.context))
    total = face + scene
    return (face / total, scene / total) if total > 0 else (0.0, 0.0)
