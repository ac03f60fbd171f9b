from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from glamor.explain import Answer, Explanation
from glamor.explain.trust import Band, Curves, Faithfulness, Reliability, Reliance, Removal, Stability, Trust, Variant
from glamor.familiar import Familiarity
from glamor.predictor import Prediction, Provenance
from glamor.prepare import Geometry, Prepared
from glamor.serialise import answer_to_dict, explanation_to_dict, prediction_to_dict, trust_to_dict
from glamor.sets import PredictionSet

THIRD = 1 / 3  # has no short decimal form: whatever rounds shows here
NAMES = ("Sad", "Happy", "Fear")


def _prediction() -> Prediction:
    geometry = Geometry(photo_hw=(30, 40), face_box_xyxy=(0, 2, 10, 12), context_region_xyxy=(7.0, 1.5, 33.0, 28.5))
    return Prediction(
        emotion="Sad",
        class_names=NAMES,
        probabilities=np.array([THIRD, THIRD / 2, 1 - 1.5 * THIRD]),
        prediction_set=PredictionSet(("Sad", "Fear"), 0.9, (0.86, 0.94)),
        logits=np.array([1.25, -0.1, 0.7]),
        face_box_xyxy=(-1.5, 2.0, 10.25, 12.0),
        face_score=None,
        attention=np.array([[THIRD, 0.0], [0.5, 1 / 6]]),
        attention_region_xyxy=(7.0, 1.5, 33.0, 28.5),
        fusion_weights=(THIRD, 1 - THIRD),
        prepared=Prepared(face=torch.zeros(3, 16, 16), context=torch.zeros(3, 16, 16), geometry=geometry),
        provenance=Provenance("checkpoints/x", None, "ab12", "cpu", (("torch", "2.9"), ("numpy", "2.4"))),
        familiarity=Familiarity(THIRD, 0.5, (("Fear", 31), ("Sad", 19))),
    )


def test_a_prediction_survives_json_digit_by_digit():
    assert json.loads(json.dumps(prediction_to_dict(_prediction()), allow_nan=False)) == {
        "emotion": "Sad",
        "prediction_set": {"labels": ["Sad", "Fear"], "level": 0.9, "measured": [0.86, 0.94]},
        "probabilities": {"Sad": THIRD, "Happy": THIRD / 2, "Fear": 1 - 1.5 * THIRD},
        "logits": {"Sad": 1.25, "Happy": -0.1, "Fear": 0.7},
        "box_xyxy": [0, 2, 10, 12],
        "wanted_box_xyxy": [-1.5, 2.0, 10.25, 12.0],
        "face_box_xyxy": [-1.5, 2.0, 10.25, 12.0],
        "face_score": None,
        "roll_degrees": None,
        "familiarity": {"face": THIRD, "scene": 0.5, "neighbours": {"Fear": 31, "Sad": 19}},
        "remarks": ["Part of this face lies outside the part of the scene that the network sees."],
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


def test_an_answer_to_a_question_survives_json_digit_by_digit():
    said = _prediction()
    answer = Answer("Fear", NAMES, said.probabilities, said.logits, said.attention, (0.25, 0.75))
    full = prediction_to_dict(said)
    assert json.loads(json.dumps(answer_to_dict(answer), allow_nan=False)) == {
        "emotion": "Fear",
        **{name: full[name] for name in ("probabilities", "logits", "attention")},
        "fusion_weights": {"face": 0.25, "context": 0.75},
    }


@pytest.mark.parametrize("figure", ["convergence", "sensitivity"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), None])
def test_figures_that_json_does_not_know_are_none(figure, value):
    trust = _trust()
    (one,) = trust.reliability
    (told,) = trust_to_dict(replace(trust, reliability=(replace(one, **{figure: value}),)))["reliability"]
    assert told[figure] is None


def test_an_explanation_survives_json_digit_by_digit():
    explanation = Explanation(
        method="occlusion",
        target=2,
        target_name="Fear",
        face=np.array([[THIRD, -2.0]], dtype=np.float32),
        context=np.array([[0.0], [1e-7]], dtype=np.float32),
        convergence_delta=None,
        scored=np.array([[False], [True]]),
        logit=2 + THIRD,
        baseline_logit=-THIRD,
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
        "logit": 2 + THIRD,
        "baseline_logit": -THIRD,
        "convergence_delta": None,
        "scored": [[False], [True]],
    }


def _trust() -> Trust:
    def removal(how: str) -> Removal:
        curves = tuple(
            Curves(key, name, np.array([1.0, THIRD]), np.array([THIRD, 1.0]), THIRD, 0.5, "chance", f"{name} fails.")
            for key, name in (("attention", "Attention"), ("grad_cam", "Grad-CAM"))
        )
        return Removal(how, curves, np.full(2, 0.5), np.full(2, 0.4), np.full(2, 0.6), Band(0.5, 0.4, 0.6))

    faith = Faithfulness(
        target=2,
        target_name="Fear",
        attention=np.array([[THIRD, 1 - THIRD]]),
        cells=np.array([[[1.0, -2.0]]]),
        scored=np.array([[True, False]]),
        pixels=removal("pixels"),
        weights=removal("weights"),
        agreement=(None,),
        random_orders=40,
        seed=0,
    )
    reliance = Reliance(
        2, "Fear", (THIRD, 1 - THIRD), (0.25, 0.75), 0.9, 3.0, (0.1 + THIRD, -0.2), (1.0, -THIRD), "black"
    )
    reliability = Reliability(
        "grad_cam", "Grad-CAM", float("inf"), THIRD, None, 0.8, ("trained", "head"), np.array([1.0, THIRD]), ("Bad.",)
    )
    stability = Stability((Variant("as it is", 2, "Fear", 0.9, THIRD, None, False),))
    return Trust((), faith, reliance, (reliability,), stability)


def test_trust_survives_json_digit_by_digit():
    trust = _trust()
    values = json.loads(json.dumps(trust_to_dict(trust), allow_nan=False))
    assert (values["target"], values["target_name"]) == (2, "Fear")
    assert values["verdict"] == "Attention fails."
    curves = {
        "key": "grad_cam",
        "name": "Grad-CAM",
        "deletion": [1.0, THIRD],
        "insertion": [THIRD, 1.0],
        "deletion_auc": THIRD,
        "insertion_auc": 0.5,
        "outcome": "chance",
        "verdict": "Grad-CAM fails.",
    }
    faith = values["faithfulness"]
    for how in ("pixels", "weights"):
        assert faith[how]["curves"][1] == curves
        assert faith[how]["random_auc"] == {"mean": 0.5, "low": 0.4, "high": 0.6}
        assert faith[how]["random_low"] == [0.4, 0.4]
    assert faith["attention"] == [[THIRD, 1 - THIRD]]
    assert faith["cells"] == {"grad_cam": [[1.0, -2.0]]}
    assert faith["scored"] == [[True, False]]
    assert faith["agreement"] == {"grad_cam": None}
    assert values["reliance"] == {
        "fusion_weights": {"face": THIRD, "context": 1 - THIRD},
        "attribution": {"face": 0.25, "context": 0.75},
        "probability": 0.9,
        "logit": 3.0,
        "probability_lost": {"face": 0.1 + THIRD, "context": -0.2},
        "logit_lost": {"face": 1.0, "context": -THIRD},
        "baseline": "black",
        "verdict": trust.reliance.verdict,
    }
    assert values["reliability"] == [
        {
            "key": "grad_cam",
            "name": "Grad-CAM",
            "convergence": None,  # JSON knows no infinity
            "sensitivity": THIRD,
            "infidelity": None,
            "flat_infidelity": 0.8,
            "stages": ["trained", "head"],
            "similarity": [1.0, THIRD],
            "warnings": ["Bad."],
        }
    ]
    (variant,) = values["stability"]["variants"]
    assert variant == {
        "name": "as it is",
        "label": 2,
        "label_name": "Fear",
        "probability": 0.9,
        "w_face": THIRD,
        "attention_correlation": None,
        "changed": False,
    }
    assert values["stability"]["verdict"] == trust.stability.verdict
