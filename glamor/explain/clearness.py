"""A face that can be read less well: what is left of it, and what the face's encoder makes of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from glamor.degradations import degrade
from glamor.explain.walk import Numbers, numbers
from glamor.model import GLAMORNet

if TYPE_CHECKING:
    from torch import Tensor

    from glamor.prepare import Prepared


@dataclass(frozen=True)
class DegradedFace:
    """One face, degraded; with the walk of the clear one, all that asks the network again.

    Attributes:
        face: (3, S, S) float32 RGB in [0, 1], as the encoder gets it.
        face_mean: as in :class:`~glamor.explain.walk.Walk`.
    """

    face: Tensor
    face_mean: Numbers


def degraded_face(model: GLAMORNet, prepared: Prepared, kind: str, strength: float) -> DegradedFace:
    """Encode a face anew after degrading it; the scene is not asked.

    Args:
        model: the network, in eval mode; several threads may ask it at once.
        prepared: the inputs of one person.
        kind: as in :func:`glamor.degradations.degrade`.
        strength: as there.
    """
    face = degrade(prepared.face[None].cpu(), kind, strength)
    with torch.inference_mode():
        face_map = model.encode_face(face.to(next(model.parameters()).device))  # (1, C, h, w)
    return DegradedFace(face[0], numbers(face_map[0].mean(dim=(1, 2))))
