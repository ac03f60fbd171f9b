"""The numbers of an analysis: written as JSON and NPZ, and read back into what they were."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from glamor.explain import METHODS, Explanation
from glamor.explain.parameters import parameters_of
from glamor.faces import Face
from glamor.familiar import Familiarity
from glamor.images import chw_to_hwc
from glamor.predictor import Prediction, Provenance
from glamor.prepare import Geometry, Prepared
from glamor.remarks import NO_FACE_IN_BOX
from glamor.serialise import explanation_to_dict, flips_to_dict, parts_to_dict, prediction_to_dict
from glamor.sets import PredictionSet
from glamor.turned import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glamor.explain.flips import Flips
    from glamor.explain.parts import NoParts, Parts
    from glamor.photo import Photo

ANALYSIS, ARRAYS = "analysis.json", "arrays.npz"
FORMAT = 1

# What the archive holds, and as what: S and T are the sides of the two inputs, C the classes, h and w the cells.
DTYPES: Mapping[str, str] = {
    "face_input": "float32",  # (S, S, 3) RGB in [0, 1]
    "context_input": "float32",  # (T, T, 3) RGB in [0, 1]
    "probabilities": "float64",  # (C,)
    "logits": "float64",  # (C,)
    "attention": "float64",  # (h, w)
    "face_attribution": "float32",  # (S, S)
    "context_attribution": "float32",  # (T, T)
    "context_scored": "bool",  # (T, T)
}
Arrays = Mapping[str, "NDArray[Any]"]


def analysis(
    photo: Photo,
    predictions: Sequence[Prediction],
    selected: int,
    explanation: Explanation,
    sha256: str,
    blurred: bool,
    parts: Parts | NoParts | None = None,
    flips: Flips | None = None,
) -> dict[str, Any]:
    """Return every number of an analysis as JSON-ready plain values.

    Args:
        photo: (H, W, 3) uint8 RGB.
        predictions: of every face in the photo, left to right.
        selected: index of the face that was explained.
        explanation: of that face.
        sha256: of the photo, see :func:`sha256_of`.
        blurred: whether the other faces are blurred in the pictures, the inputs and the maps.
        parts: of that face, or why it has none; None: nobody asked.
        flips: what would turn its label; None: nobody asked.

    Returns:
        ``format``; ``photo``: ``hw`` in pixels and the ``sha256`` of its RGB bytes, by which a photo at hand can
        be recognised; ``others_blurred``; ``faces``, as :func:`~glamor.serialise.prediction_to_dict` writes them,
        provenance included; ``geometry`` of each face in photo pixels, the detector's rectangle and landmarks
        included; ``selected``, an index; ``method``: its name, its paper and what it was set to; ``explanation``, as
        :func:`~glamor.serialise.explanation_to_dict` writes it; ``python``, the interpreter's version; ``parts``, as
        :func:`~glamor.serialise.parts_to_dict` writes them, and ``flips``, as
        :func:`~glamor.serialise.flips_to_dict` does, if somebody asked.
    """
    method = METHODS[explanation.method]
    return {
        "format": FORMAT,
        "photo": {"hw": list(photo.shape[:2]), "sha256": sha256},
        "others_blurred": blurred,
        "faces": [prediction_to_dict(prediction) for prediction in predictions],
        "geometry": [_geometry(prediction.prepared.geometry, prediction.detected) for prediction in predictions],
        "selected": selected,
        "method": {
            "key": method.key,
            "name": method.name,
            "source": method.source,
            "parameters": parameters_of(explanation),
        },
        "explanation": explanation_to_dict(explanation),
        "python": platform.python_version(),
        **({} if parts is None else {"parts": parts_to_dict(parts)}),
        **({} if flips is None else {"flips": flips_to_dict(flips)}),
    }


def sha256_of(photo: Photo) -> str:
    """Return the sha256 of a photo's RGB bytes, rows first."""
    return hashlib.sha256(photo.tobytes()).hexdigest()


def as_json(values: Mapping[str, Any]) -> bytes:
    """Return plain values as a JSON file, floats in full."""
    return (json.dumps(values, allow_nan=False) + "\n").encode()


def as_npz(prediction: Prediction, explanation: Explanation) -> bytes:
    """Return the raw arrays of the explained face as one compressed archive."""
    buffer = BytesIO()
    arrays: dict[str, Any] = {
        "face_input": chw_to_hwc(prediction.prepared.face),
        "context_input": chw_to_hwc(prediction.prepared.context),
        "probabilities": prediction.probabilities,
        "logits": prediction.logits,
        "attention": prediction.attention,
        "face_attribution": explanation.face,
        "context_attribution": explanation.context,
        "context_scored": explanation.scored,
    }
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def read_prediction(values: Mapping[str, Any], arrays: Arrays) -> Prediction:
    """Return the prediction of the explained face.

    Args:
        values: what :func:`analysis` returned.
        arrays: what :func:`as_npz` wrote.

    Raises:
        LookupError, TypeError, ValueError: if they are not what was written.
    """
    index = values["selected"]
    said, where = values["faces"][index], values["geometry"][index]
    made, weights = said["provenance"], said["fusion_weights"]
    geometry = Geometry(tuple(where["photo_hw"]), tuple(where["face_box_xyxy"]), tuple(where["context_region_xyxy"]))
    return Prediction(
        emotion=said["emotion"],
        class_names=tuple(said["probabilities"]),
        probabilities=arrays["probabilities"],
        prediction_set=_prediction_set(said.get("prediction_set")),  # which earlier versions did not write
        logits=arrays["logits"],
        face_box_xyxy=tuple(said["face_box_xyxy"]),
        face_score=said["face_score"],
        attention=arrays["attention"],
        attention_region_xyxy=tuple(said["attention_region_xyxy"]),
        fusion_weights=(weights["face"], weights["context"]),
        prepared=Prepared(_channels_first(arrays["face_input"]), _channels_first(arrays["context_input"]), geometry),
        provenance=Provenance(**{**made, "versions": tuple(made["versions"].items())}),
        pose=_pose(said.get("roll_degrees"), said.get("remarks", ())),  # which earlier versions did not write
        familiarity=_familiarity(said.get("familiarity")),  # likewise
        detected=_detected(where.get("detected_box_xyxy"), where.get("landmarks_xy"), said["face_score"]),  # likewise
    )


def read_explanation(values: Mapping[str, Any], arrays: Arrays) -> Explanation:
    """Return the explanation; arguments and errors as for :func:`read_prediction`."""
    told = values["explanation"]
    maps = {"face": "face_attribution", "context": "context_attribution", "scored": "context_scored"}
    return Explanation(**{**told, **{field: arrays[name] for field, name in maps.items()}})


def _pose(roll: float | None, remarks: Sequence[str]) -> Pose | None:
    return None if roll is None and NO_FACE_IN_BOX not in remarks else Pose(roll)


def _prediction_set(given: Mapping[str, Any] | None) -> PredictionSet | None:
    if given is None:
        return None
    low_high = given["measured"]
    return PredictionSet(tuple(given["labels"]), given["level"], None if low_high is None else tuple(low_high))


def _familiarity(given: Mapping[str, Any] | None) -> Familiarity | None:
    if given is None:
        return None
    face, scene = float(given["face"]), float(given["scene"])
    if not (0 <= face <= 1 and 0 <= scene <= 1):
        raise ValueError("familiarity is a share from 0 to 1")
    return Familiarity(face, scene, tuple((label, int(count)) for label, count in given["neighbours"].items()))


def _detected(
    box_xyxy: Sequence[float] | None, landmarks_xy: Sequence[Sequence[float]] | None, score: float
) -> Face | None:
    if box_xyxy is None:
        return None
    x1, y1, x2, y2 = map(float, box_xyxy)
    points = None if landmarks_xy is None else tuple((float(x), float(y)) for x, y in landmarks_xy)
    return Face((x1, y1, x2, y2), float(score), points)


def _channels_first(image: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))


def _geometry(geometry: Geometry, detected: Face | None) -> dict[str, Any]:
    return {
        "photo_hw": list(geometry.photo_hw),
        "face_box_xyxy": list(geometry.face_box_xyxy),
        "context_region_xyxy": list(geometry.context_region_xyxy),
        "detected_box_xyxy": detected and list(detected.box_xyxy),
        "landmarks_xy": detected and detected.landmarks_xy and [list(point) for point in detected.landmarks_xy],
    }
