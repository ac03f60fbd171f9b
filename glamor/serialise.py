"""A prediction or an explanation as plain JSON values, for the page, the API, the shell and the report alike.

Nothing is rounded here: whoever shows a number rounds it, so that all of them start from the same one.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from glamor.explain import Answer, Explanation
from glamor.explain.flips import Flips, sentences
from glamor.explain.parts import NoParts, Parts
from glamor.explain.trust import Curves, Faithfulness, Reliability, Reliance, Removal, Stability, Trust
from glamor.familiar import Familiarity
from glamor.predictor import Prediction, Provenance
from glamor.remarks import remarks
from glamor.sets import PredictionSet


def prediction_to_dict(prediction: Prediction) -> dict[str, Any]:
    """Return what the network said about one face.

    Args:
        prediction: the answer for one face.

    Returns:
        ``emotion``; ``prediction_set``: ``labels``, among which the right one is with a frequency of ``level``, and
        ``measured``, from and to which frequency it was (None if the checkpoint promises nothing);
        ``probabilities`` in [0, 1] and ``logits``, by class name in class order;
        ``box_xyxy``, the whole photo pixels that were cut out and masked; ``wanted_box_xyxy``, the square that was
        wanted or the box that a person gave, which may reach over the photo's edge (``face_box_xyxy`` is the same, for
        programs that know that name); ``face_score`` in [0, 1] (None: a person gave the box); ``roll_degrees``, how far
        the face is turned clockwise, to about 10 (None: not known); ``familiarity``: of ``face`` and ``scene`` the
        share of validation faces and scenes that are more like those of the training, in [0, 1], and ``neighbours``,
        the labels of the 50 training faces that are nearest, with their counts (None: the checkpoint keeps none);
        ``remarks``, sentences on what makes the label doubtful and on a face outside the scene;
        ``attention``, rows of cells that sum to 1, and ``attention_region_xyxy``, the part of the photo
        they cover; ``fusion_weights`` of ``face`` and ``context``, which sum to 1; ``photo_hw`` in pixels;
        ``provenance``: checkpoint, revision, sha256, device, versions.
    """
    w_face, w_context = prediction.fusion_weights
    return {
        "emotion": prediction.emotion,
        "prediction_set": _prediction_set(prediction.prediction_set),
        "probabilities": dict(zip(prediction.class_names, prediction.probabilities.tolist(), strict=True)),
        "logits": dict(zip(prediction.class_names, prediction.logits.tolist(), strict=True)),
        "box_xyxy": list(prediction.prepared.geometry.face_box_xyxy),
        "wanted_box_xyxy": list(prediction.face_box_xyxy),
        "face_box_xyxy": list(prediction.face_box_xyxy),
        "face_score": prediction.face_score,
        "roll_degrees": None if prediction.pose is None else prediction.pose.roll,
        "familiarity": _familiarity(prediction.familiarity),
        "remarks": list(remarks(prediction)),
        "attention": prediction.attention.tolist(),
        "attention_region_xyxy": list(prediction.attention_region_xyxy),
        "fusion_weights": {"face": w_face, "context": w_context},
        "photo_hw": list(prediction.prepared.geometry.photo_hw),
        "provenance": _provenance(prediction.provenance),
    }


def _prediction_set(given: PredictionSet | None) -> dict[str, Any] | None:
    if given is None:
        return None
    measured = None if given.measured is None else list(given.measured)
    return {"labels": list(given.labels), "level": given.level, "measured": measured}


def _familiarity(given: Familiarity | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {"face": given.face, "scene": given.scene, "neighbours": dict(given.neighbours)}


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
        shows the face mask, which no method can score.
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


def flips_to_dict(flips: Flips) -> dict[str, Any]:
    """Return what would turn the label of one face.

    Args:
        flips: of the face.

    Returns:
        ``emotion``, the label that is turned; ``parts``, ``cells``, ``fusion``, ``blur`` and ``scene`` with the fields
        of :mod:`glamor.explain.flips.found`, None where nothing was found; ``parts_asked``, ``cells_asked`` and
        ``scenes``, how many there were to try; ``sentences``, made of these numbers.
    """
    told = asdict(flips)
    if flips.cells is not None:
        told["cells"] |= {"cells": [list(cell) for cell in flips.cells.cells], "how": flips.cells.how}
    if flips.parts is not None:
        told["parts"]["names"] = list(flips.parts.names)
    return told | {"sentences": list(sentences(flips))}


def parts_to_dict(parts: Parts | NoParts) -> dict[str, Any]:
    """Return what the parts of a face and the scene add to one class.

    Args:
        parts: of one face, or why it has none.

    Returns:
        ``parts``: of each ``name``, ``logit`` and ``probability``, its Shapley values, and ``box_xyxy`` in photo
        pixels; ``sentence``, made of these numbers. Where there are parts: ``target`` and ``target_name``, the class;
        ``replacement``, what is shown of a missing part; ``logit_all``, ``logit_none``, ``probability_all`` and
        ``probability_none``, with all parts and with none: what lies between them is the sum of the values. Where there
        are none, ``parts`` is empty and ``sentence`` says why.
    """
    if isinstance(parts, NoParts):
        return {"parts": [], "sentence": parts.sentence}
    return {
        "target": parts.target,
        "target_name": parts.target_name,
        "replacement": parts.replacement,
        "logit_all": parts.logit_all,
        "logit_none": parts.logit_none,
        "probability_all": parts.probability_all,
        "probability_none": parts.probability_none,
        "parts": [asdict(part) | {"box_xyxy": list(part.box_xyxy)} for part in parts.parts],
        "sentence": parts.sentence,
    }


def trust_to_dict(trust: Trust) -> dict[str, Any]:
    """Return how far the explanations of one face can be trusted.

    Args:
        trust: what :func:`glamor.explain.trust.examine` found.

    Returns:
        ``target`` and ``target_name``, the class; ``verdict``, sentences on attention with its numbers;
        ``faithfulness``: for removed ``pixels`` and removed attention ``weights`` each map's ``deletion`` and
        ``insertion`` curve (probability of the class, k = 0 ... cells), its areas, ``outcome`` (better, partly,
        chance, worse, nothing) and ``verdict``, with mean and 95 % band of random orders; ``agreement``, Spearman's
        rank correlation of attention with each method (None: one of the two is the same everywhere);
        ``reliance``: fusion weights, shares of the absolute Integrated Gradients and losses without ``face`` or
        ``context``; ``reliability``, one entry a map: its figures (None: not defined for it), the cascade of
        similarities by ``stages`` and ``warnings`` in words; ``stability``, one entry a variant, the photo as it is
        first.
    """
    return {
        "target": trust.faithfulness.target,
        "target_name": trust.faithfulness.target_name,
        "verdict": trust.faithfulness.verdict,
        "faithfulness": _faithfulness(trust.faithfulness),
        "reliance": _reliance(trust.reliance),
        "reliability": [_reliability(entry) for entry in trust.reliability],
        "stability": _stability(trust.stability),
    }


def _faithfulness(found: Faithfulness) -> dict[str, Any]:
    methods = [curves.key for curves in found.pixels.curves[1:]]
    return {
        "attention": found.attention.tolist(),
        "cells": dict(zip(methods, found.cells.tolist(), strict=True)),
        "scored": found.scored.tolist(),
        "pixels": _removal(found.pixels),
        "weights": _removal(found.weights),
        "agreement": dict(zip(methods, found.agreement, strict=True)),
        "random_orders": found.random_orders,
        "seed": found.seed,
    }


def _removal(removal: Removal) -> dict[str, Any]:
    return {
        "curves": [_curves(curves) for curves in removal.curves],
        "random_mean": removal.random_mean.tolist(),
        "random_low": removal.random_low.tolist(),
        "random_high": removal.random_high.tolist(),
        "random_auc": asdict(removal.random_auc),
    }


def _curves(curves: Curves) -> dict[str, Any]:
    return {
        "key": curves.key,
        "name": curves.name,
        "deletion": curves.deletion.tolist(),
        "insertion": curves.insertion.tolist(),
        "deletion_auc": curves.deletion_auc,
        "insertion_auc": curves.insertion_auc,
        "outcome": curves.outcome,
        "verdict": curves.verdict,
    }


def _reliance(found: Reliance) -> dict[str, Any]:
    pairs = {
        name: dict(zip(("face", "context"), getattr(found, name), strict=True))
        for name in ("fusion_weights", "attribution", "probability_lost", "logit_lost")
    }
    return {
        **pairs,
        "probability": found.probability,
        "logit": found.logit,
        "baseline": found.baseline,
        "verdict": found.verdict,
    }


def _reliability(found: Reliability) -> dict[str, Any]:
    return {
        "key": found.key,
        "name": found.name,
        "convergence": _finite(found.convergence),
        "sensitivity": _finite(found.sensitivity),
        "infidelity": found.infidelity,
        "flat_infidelity": found.flat_infidelity,
        "stages": list(found.stages),
        "similarity": found.similarity.tolist(),
        "warnings": list(found.warnings),
    }


def _stability(found: Stability) -> dict[str, Any]:
    return {"variants": [asdict(variant) for variant in found.variants], "verdict": found.verdict}


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value  # JSON knows no infinity


def _provenance(provenance: Provenance) -> dict[str, Any]:
    return {
        "checkpoint": provenance.checkpoint,
        "revision": provenance.revision,
        "sha256": provenance.sha256,
        "device": provenance.device,
        "versions": dict(provenance.versions),
    }
