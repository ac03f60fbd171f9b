"""A prediction or an explanation as plain JSON values, for the page, the API, the shell and the report alike.

Nothing is rounded here: whoever shows a number rounds it, so that all of them start from the same one.
"""

from __future__ import annotations

from typing import Any

from glamor.explain import Answer, Explanation
from glamor.predictor import Prediction, Provenance


def prediction_to_dict(prediction: Prediction) -> dict[str, Any]:
    """Return what the network said about one face.

    Args:
        prediction: the answer for one face.

    Returns:
        ``emotion``; ``uncertain``, whether the two best classes are too close to tell;
        ``probabilities`` in [0, 1] and ``logits``, by class name in class order;
        ``face_box_xyxy`` in photo pixels, ``face_score`` in [0, 1] (None: a person gave the box);
        ``attention``, rows of cells that sum to 1, and ``attention_region_xyxy``, the part of the photo
        they cover; ``fusion_weights`` of ``face`` and ``context``, which sum to 1; ``photo_hw`` in pixels;
        ``provenance``: checkpoint, revision, sha256, device, versions.
    """
    w_face, w_context = prediction.fusion_weights
    return {
        "emotion": prediction.emotion,
        "uncertain": prediction.uncertain,
        "probabilities": dict(zip(prediction.class_names, prediction.probabilities.tolist(), strict=True)),
        "logits": dict(zip(prediction.class_names, prediction.logits.tolist(), strict=True)),
        "face_box_xyxy": list(prediction.face_box_xyxy),
        "face_score": prediction.face_score,
        "attention": prediction.attention.tolist(),
        "attention_region_xyxy": list(prediction.attention_region_xyxy),
        "fusion_weights": {"face": w_face, "context": w_context},
        "photo_hw": list(prediction.prepared.geometry.photo_hw),
        "provenance": _provenance(prediction.provenance),
    }


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """Return what the network said about one face with something forced.

    Args:
        answer: the answer of one pass.

    Returns:
        ``emotion``; ``probabilities`` in [0, 1] and ``logits``, by class name in class order; ``attention``,
        rows of cells that sum to 1; ``fusion_weights`` of ``face`` and ``context``, which sum to 1.
    """
    w_face, w_context = answer.fusion_weights
    return {
        "emotion": answer.emotion,
        "probabilities": dict(zip(answer.class_names, answer.probabilities.tolist(), strict=True)),
        "logits": dict(zip(answer.class_names, answer.logits.tolist(), strict=True)),
        "attention": answer.attention.tolist(),
        "fusion_weights": {"face": w_face, "context": w_context},
    }


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """Return what moved one logit, pixel by pixel.

    Args:
        explanation: the maps of one method for one class.

    Returns:
        ``method``, ``baseline`` (None: the method has none), ``smooth`` and ``seed``; ``target`` and
        ``target_name``, the class whose logit is explained; ``logit``, ``baseline_logit`` and
        ``convergence_delta`` in logits (None: the method has none); ``face`` and ``context``, rows of signed
        attributions at the resolution of the inputs; ``scored``, rows of booleans, false where the context
        shows the black hole of the masked face, which no method can score.
    """
    return {
        "method": explanation.method,
        "baseline": explanation.baseline,
        "smooth": explanation.smooth,
        "seed": explanation.seed,
        "target": explanation.target,
        "target_name": explanation.target_name,
        "logit": explanation.logit,
        "baseline_logit": explanation.baseline_logit,
        "convergence_delta": explanation.convergence_delta,
        "face": explanation.face.tolist(),
        "context": explanation.context.tolist(),
        "scored": explanation.scored.tolist(),
    }


def _provenance(provenance: Provenance) -> dict[str, Any]:
    return {
        "checkpoint": provenance.checkpoint,
        "revision": provenance.revision,
        "sha256": provenance.sha256,
        "device": provenance.device,
        "versions": dict(provenance.versions),
    }
