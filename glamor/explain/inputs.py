"""From a prepared person to what the network and Captum take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from glamor.errors import ExplainError
from glamor.explain.task import Pair
from glamor.model import GLAMORNet, Intervention

if TYPE_CHECKING:
    from glamor.prepare import Prepared


def input_pair(model: GLAMORNet, prepared: Prepared, intervention: Intervention | None = None) -> Pair:
    """Return copies of both inputs, or of what stands in for them, on the model's device.

    Args:
        model: gives the device.
        prepared: the inputs of one person.
        intervention: its ``face`` and ``context`` stand in for the prepared ones.

    Returns:
        Face (1, 3, H, W) and context (1, 3, h, w) float32.

    Raises:
        ExplainError: if a stand-in has another shape than what it stands in for.
    """
    forced, device = intervention or Intervention(), next(model.parameters()).device
    face = _stand_in(forced.face, prepared.face, "face")
    context = _stand_in(forced.context, prepared.context, "context")
    return face.to(device, torch.float32, copy=True), context.to(device, torch.float32, copy=True)


def scored_pixels(prepared: Prepared) -> Tensor:
    """Return which context pixels hold something of the photo.

    Args:
        prepared: its geometry knows the rectangle that was painted black.

    Returns:
        (h, w) bool, False where a pixel's centre lies in the face mask.
    """
    height, width = prepared.context.shape[-2:]
    x1, y1, x2, y2 = prepared.geometry.face_mask_in_context(width)
    rows, columns = torch.arange(height) + 0.5, torch.arange(width) + 0.5
    return ~torch.outer((rows >= y1) & (rows < y2), (columns >= x1) & (columns < x2))


def _stand_in(forced: Tensor | None, own: Tensor, name: str) -> Tensor:
    image = own if forced is None else forced
    if tuple(image.shape) not in (tuple(own.shape), (1, *own.shape)):
        raise ExplainError(
            f"The replacement {name} has shape {tuple(image.shape)}; give one of shape {tuple(own.shape)}."
        )
    return image.detach().reshape(1, *own.shape)
