"""What a row keeps of an answer, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import torch

from glamor.many.rows import Row, answer_of, as_words, flat, schema, to_table
from glamor.predictor import Prediction, Provenance
from glamor.prepare import Geometry, Prepared
from glamor.sets import PredictionSet

NAMES = ("Sad", "Happy")


def _prediction(attention: np.ndarray) -> Prediction:
    blank = torch.zeros(3, 16, 16)
    return Prediction(
        emotion="Happy",
        class_names=NAMES,
        probabilities=np.array([0.25, 0.75]),
        prediction_set=PredictionSet(("Happy", "Sad"), 0.9, None),
        logits=np.array([0.0, np.log(3)]),
        face_box_xyxy=(1.0, 2.0, 11.0, 12.0),
        face_score=0.9,
        attention=attention,
        attention_region_xyxy=(3.0, 4.0, 30.0, 20.0),
        fusion_weights=(0.125, 0.875),
        prepared=Prepared(blank, blank, Geometry((30, 40), (1, 2, 11, 12), (3.0, 4.0, 30.0, 20.0))),
        provenance=Provenance("checkpoints/x", None, "ab12", "cpu", ()),
    )


def test_every_part_of_an_answer_is_kept() -> None:
    answer = answer_of(_prediction(np.array([[0.5, 0.25], [0.25, 0.0]])))
    assert (answer.emotion, answer.prediction_set) == ("Happy", ("Happy", "Sad"))
    assert answer.probabilities == (0.25, 0.75)
    assert (answer.w_face, answer.w_context) == (0.125, 0.875)
    assert answer.attention == ((0.5, 0.25), (0.25, 0.0))
    assert answer.attention_entropy == pytest.approx(1.5 / 2)  # bits, of the two that four cells have at most
    assert answer.region_xyxy == (3.0, 4.0, 30.0, 20.0)


@pytest.mark.parametrize(
    ("attention", "entropy"),
    [(np.full((7, 7), 1 / 49), 1.0), (np.eye(1, 49).reshape(7, 7), 0.0), (np.ones((1, 1)), 0.0)],
    ids=["uniform", "one cell of many", "one cell"],
)
def test_the_entropy_of_attention_is_a_share_of_the_most_there_can_be(attention: np.ndarray, entropy: float) -> None:
    assert answer_of(_prediction(attention)).attention_entropy == pytest.approx(entropy)


def test_what_is_not_known_has_no_value() -> None:
    row = Row("a.jpg", 0, None, None, None, None, None, 0.5, "abc", "torn")
    known = {"file": "a.jpg", "face": 0, "seconds": 0.5, "checkpoint": "abc", "error": "torn"}
    assert {name: value for name, value in flat(row, NAMES).items() if value is not None} == known
    (stored,) = to_table([row], NAMES).to_pylist()
    assert list(stored) == schema(NAMES).names
    assert {name: value for name, value in stored.items() if value is not None} == known


def test_an_answer_for_other_classes_is_refused() -> None:
    answer = answer_of(_prediction(np.ones((1, 1))))
    row = Row("a.jpg", 1, None, (30, 40), None, None, answer, 0.5, "abc", None)
    with pytest.raises(ValueError, match="zip"):
        flat(row, (*NAMES, "Fear"))


def test_lists_become_json_and_what_is_missing_stays_so() -> None:
    column = pa.chunked_array([[[[0.5, 0.25]], None], [[]]], pa.list_(pa.list_(pa.float64())))
    assert as_words(column).to_pylist() == ["[[0.5, 0.25]]", None, "[]"]
