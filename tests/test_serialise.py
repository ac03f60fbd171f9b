from __future__ import annotations

import json

import numpy as np
import torch

from glamor.explain import Explanation
from glamor.predictor import Prediction, Provenance
from glamor.prepare import Geometry, Prepared
from glamor.serialise import explanation_to_dict, prediction_to_dict

THIRD = 1 / 3  # has no short decimal form: whatever rounds shows here
NAMES = ("Sad", "Happy", "Fear")


def _prediction() -> Prediction:
    geometry = Geometry(photo_hw=(30, 40), face_box_xyxy=(0, 2, 10, 12), context_region_xyxy=(7.0, 1.5, 33.0, 28.5))
    return Prediction(
        emotion="Sad",
        class_names=NAMES,
        probabilities=np.array([THIRD, THIRD / 2, 1 - 1.5 * THIRD]),
        uncertain=True,
        logits=np.array([1.25, -0.1, 0.7]),
        face_box_xyxy=(-1.5, 2.0, 10.25, 12.0),
        face_score=None,
        attention=np.array([[THIRD, 0.0], [0.5, 1 / 6]]),
        attention_region_xyxy=(7.0, 1.5, 33.0, 28.5),
        fusion_weights=(THIRD, 1 - THIRD),
        prepared=Prepared(face=torch.zeros(3, 16, 16), context=torch.zeros(3, 16, 16), geometry=geometry),
        provenance=Provenance("checkpoints/x", None, "ab12", "cpu", (("torch", "2.9"), ("numpy", "2.4"))),
    )


def test_a_prediction_survives_json_digit_by_digit():
    assert json.loads(json.dumps(prediction_to_dict(_prediction()), allow_nan=False)) == {
        "emotion": "Sad",
        "uncertain": True,
        "probabilities": {"Sad": THIRD, "Happy": THIRD / 2, "Fear": 1 - 1.5 * THIRD},
        "logits": {"Sad": 1.25, "Happy": -0.1, "Fear": 0.7},
        "face_box_xyxy": [-1.5, 2.0, 10.25, 12.0],
        "face_score": None,
        "attention": [[THIRD, 0.0], [0.5, 1 / 6]],
        "attention_region_xyxy": [7.0, 1.5, 33.0, 28.5],
        "fusion_weights": {"face": THIRD, "context": 1 - THIRD},
        "photo_hw": [30, 40],
        "provenance": {
            "checkpoint": "checkpoints/x",
            "revision": None,
            "sha256": "ab12",
            "device": "cpu",
            "versions": {"torch": "2.9", "numpy": "2.4"},
        },
    }


def test_classes_keep_their_order():
    assert tuple(prediction_to_dict(_prediction())["probabilities"]) == NAMES


def test_an_explanation_survives_json_digit_by_digit():
    explanation = Explanation(
        method="occlusion",
        target=2,
        target_name="Fear",
        face=np.array([[THIRD, -2.0]], dtype=np.float32),
        context=np.array([[0.0], [1e-7]], dtype=np.float32),
        convergence_delta=None,
        scored=np.array([[False], [True]]),
        logit=0.7,
        baseline_logit=-0.1,
        baseline="black",
        seed=5,
    )
    values = json.loads(json.dumps(explanation_to_dict(explanation), allow_nan=False))
    np.testing.assert_array_equal(np.float32(values.pop("face")), explanation.face)
    np.testing.assert_array_equal(np.float32(values.pop("context")), explanation.context)
    assert values == {
        "method": "occlusion",
        "baseline": "black",
        "smooth": False,
        "seed": 5,
        "target": 2,
        "target_name": "Fear",
        "logit": 0.7,
        "baseline_logit": -0.1,
        "convergence_delta": None,
        "scored": [[False], [True]],
    }
