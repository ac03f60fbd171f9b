"""What a network said in one pass, in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from glamor.explain.fusion import Floats, probabilities
from glamor.model import GLAMORNet, Trace


@dataclass(frozen=True)
class Answer:
    """The answer for one face, with or without something forced.

    Attributes:
        emotion: the most probable class.
        class_names: label of each probability.
        probabilities: (classes,) float64, sum to 1, after the checkpoint's temperature.
        logits: (classes,) float64, raw, before the temperature.
        attention: (h, w) float64, sums to 1; the forced map if one was forced.
        fusion_weights: (face, context), sum to 1; the forced ones if they were forced.
    """

    emotion: str
    class_names: tuple[str, ...]
    probabilities: Floats
    logits: Floats
    attention: Floats
    fusion_weights: tuple[float, float]


def read_answer(model: GLAMORNet, trace: Trace) -> Answer:
    """Return the answer that stands in a trace.

    Args:
        model: the network that made the trace; gives the class names and the temperature.
        trace: of one forward pass with N = 1.
    """
    classes = probabilities(model, trace.logits[0])
    w_face, w_context = trace.fusion_weights[0].tolist()
    return Answer(
        emotion=model.config.class_names[int(classes.argmax())],
        class_names=model.config.class_names,
        probabilities=classes,
        logits=_array(trace.logits[0]),
        attention=_array(trace.attention[0]),
        fusion_weights=(w_face, w_context),
    )


def _array(tensor: Tensor) -> NDArray[np.float64]:
    return tensor.detach().cpu().double().numpy()
