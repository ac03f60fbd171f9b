"""One analysis as a folder: the figures, the raw arrays, every number, and last a manifest of them all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from torch import Tensor

from glamor import figures
from glamor.serialise import explanation_to_dict, prediction_to_dict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glamor.explain import Explanation
    from glamor.photo import Photo
    from glamor.predictor import Prediction

MANIFEST = "manifest.json"


def write_report(
    folder: Path, photo: Photo, predictions: Sequence[Prediction], selected: int, explanation: Explanation
) -> Path:
    """Write everything about one face of a photo.

    Args:
        folder: made if it is not there; files of an earlier report in it are replaced.
        photo: (H, W, 3) uint8 RGB.
        predictions: of every face in the photo, left to right.
        selected: index of the face that was explained.
        explanation: of that face.

    Returns:
        The path of the manifest, which names every other file with its sha256. It is written last, so a
        folder with a manifest is a whole report.

    Raises:
        OSError: if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    manifest.unlink(missing_ok=True)
    prediction = predictions[selected]
    files = {
        "analysis.json": _analysis(predictions, selected, explanation),
        "arrays.npz": _arrays(prediction, explanation),
        "boxes.png": _boxes(photo, predictions, selected),
        **_panels(photo, prediction, explanation),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    manifest.write_bytes(
        _json({"files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}})
    )
    return manifest


def _analysis(predictions: Sequence[Prediction], selected: int, explanation: Explanation) -> bytes:
    faces = [prediction_to_dict(prediction) for prediction in predictions]
    return _json({"faces": faces, "selected": selected, "explanation": explanation_to_dict(explanation)})


def _json(values: dict[str, Any]) -> bytes:
    return (json.dumps(values, allow_nan=False) + "\n").encode()


def _arrays(prediction: Prediction, explanation: Explanation) -> bytes:
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        face_input=_pixels(prediction.prepared.face),
        context_input=_pixels(prediction.prepared.context),
        probabilities=prediction.probabilities,
        logits=prediction.logits,
        attention=prediction.attention,
        face_attribution=explanation.face,
        context_attribution=explanation.context,
        context_scored=explanation.scored,
    )
    return buffer.getvalue()


def _pixels(image: Tensor) -> NDArray[np.float32]:
    pixels: NDArray[np.float32] = image.permute(1, 2, 0).cpu().numpy()  # (3, S, S) -> (S, S, 3)
    return pixels


def _boxes(photo: Photo, predictions: Sequence[Prediction], selected: int) -> bytes:
    buffer = BytesIO()
    drawn = figures.draw_boxes(photo, [prediction.face_box_xyxy for prediction in predictions], selected)
    Image.fromarray(drawn).save(buffer, format="PNG")
    return buffer.getvalue()


def _panels(photo: Photo, prediction: Prediction, explanation: Explanation) -> dict[str, bytes]:
    face, context = _pixels(prediction.prepared.face), _pixels(prediction.prepared.context)
    panels = {
        "saw.png": figures.saw_figure(face, context),
        "attention.png": figures.attention_overlay(
            photo, prediction.attention, prediction.attention_region_xyxy, prediction.face_box_xyxy
        ),
        "fusion.png": figures.fusion_bar(prediction.fusion_weights),
        "probabilities.png": figures.probability_bar(prediction.class_names, prediction.probabilities),
        "attributions.png": figures.attribution_overlay(
            face,
            context,
            explanation.face,
            explanation.context,
            explanation.scored,
            target_name=explanation.target_name,
        ),
    }
    return {name: figures.to_png(figure) for name, figure in panels.items()}
