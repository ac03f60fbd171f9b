"""Faces whose parts are known: a grey picture of 96 pixels with landmarks where an upright face has them."""

from __future__ import annotations

import numpy as np
import torch

from glamor.faces import Face
from glamor.model import GLAMORNet
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction, Provenance, run_batch
from glamor.prepare import Geometry, Prepared
from glamor.turned import Pose

# Of the crop 0, 0, 96, 96: eyes 32 apart and 32 above the mouth, so a unit of 32.
LANDMARKS = ((32.0, 36.0), (64.0, 36.0), (48.0, 54.0), (38.0, 68.0), (58.0, 68.0))
FACE = Face((16.0, 8.0, 80.0, 88.0), 0.95, LANDMARKS)
MOUTH_XY, CHEEK_XY = (48, 70), (24, 58)


def grey_person(face_size: int, context_size: int) -> Prepared:
    """Return grey inputs; the face is cut out at (0, 0, 96, 96) of a photo of 192 x 192, all of it seen."""
    geometry = Geometry((192, 192), (0, 0, 96, 96), (0.0, 0.0, 192.0, 192.0))
    context = torch.full((3, context_size, context_size), 0.5)
    context[:, : context_size // 2, : context_size // 2] = 0
    return Prepared(torch.full((3, face_size, face_size), 0.5), context, geometry)


def predicted(
    model: GLAMORNet, prepared: Prepared, face: Face | None = FACE, pose: Pose | None = None, box: BoxXyxy | None = None
) -> Prediction:
    """Return a network's answer to inputs, as a detector that found ``face`` would have it."""
    trace = run_batch(model, [prepared])
    logits = trace.logits[0].double().numpy()
    chances = np.exp(logits / model.config.temperature)
    return Prediction(
        emotion=model.config.class_names[int(logits.argmax())],
        class_names=model.config.class_names,
        probabilities=chances / chances.sum(),
        prediction_set=None,
        logits=logits,
        face_box_xyxy=box or (0.0, 0.0, 96.0, 96.0),
        face_score=None if face is None else face.score,
        attention=trace.attention[0].double().numpy(),
        attention_region_xyxy=prepared.geometry.context_region_xyxy,
        fusion_weights=(0.5, 0.5),
        prepared=prepared,
        provenance=Provenance("nothing", None, "", "cpu", ()),
        pose=pose,
        detected=face,
    )
