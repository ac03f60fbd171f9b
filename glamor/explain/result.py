"""What an attribution method answers: one frozen value for every method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Explanation:
    """How much each pixel of both inputs speaks for one class, by one method.

    Attributes:
        method: key of the method in ``METHODS``.
        target: index of the explained class; what is attributed is its logit.
        target_name: label of that class.
        face: (H, W) float32, raw and signed, at the face input's resolution.
        context: (H, W) float32, likewise for the context input; 0 where it is not scored.
        convergence_delta: sum of all attributions minus (``logit`` - ``baseline_logit``);
            None for methods whose attributions are not meant to add up.
        scored: (H, W) bool, the context pixels that are scored; False in the face mask,
            which holds nothing of the photo.
        logit: the explained logit.
        baseline_logit: the same logit for the baseline; None for methods without one.
        baseline: key of the baseline in ``BASELINES``; None for methods without one.
        smooth: whether the map is averaged over noisy copies of the inputs (SmoothGrad).
        seed: what every random draw was seeded with.
    """

    method: str
    target: int
    target_name: str
    face: NDArray[np.float32]
    context: NDArray[np.float32]
    convergence_delta: float | None
    scored: NDArray[np.bool_]
    logit: float = 0.0
    baseline_logit: float | None = None
    baseline: str | None = None
    smooth: bool = False
    seed: int = 0
