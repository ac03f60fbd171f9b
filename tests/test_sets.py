"""Prediction sets hold the right label as often as they promise, class by class."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from glamor.config import ModelConfig
from glamor.errors import ConfigError
from glamor.remarks import others_named, set_remark
from glamor.sets import Coverage, PredictionSet, SetRule, fit, measure

NAMES = ("Calm", "Merry", "Glum")
RULE = SetRule(0.9, (0.5, 0.1, 1.0), (Coverage("film", 60, 0.85, 2.5), Coverage("web", 49, 0.2, 1.0)))


def test_the_ratio_by_hand() -> None:
    """Of nine samples of a class, at a level of 80 %, (9 + 1) * 0.8 = 8 must be in: the second smallest limits."""
    second = np.arange(1, 10) / 10  # the true class's probability over the highest
    probabilities = np.stack((1 / (1 + second), second / (1 + second)), axis=1)
    labels, alike = np.ones(9, dtype=np.int64), np.ones(9)
    order = np.random.default_rng(0).permutation(9)
    rule = fit(labels, probabilities[order], alike, 0.8)
    assert rule.ratios == pytest.approx((0.0, 0.2))  # of the other class there is no sample: it is always named
    assert fit(labels, probabilities, alike, 0.9).ratios[1] == pytest.approx(0.1)
    assert fit(labels, probabilities, alike, 0.95).ratios[1] == 0.0  # nine samples cannot tell


def test_a_sample_that_weighs_as_much_as_three_is_three_samples() -> None:
    rng = np.random.default_rng(1)
    probabilities, labels = rng.dirichlet(np.ones(3), 40), rng.integers(0, 3, 40)
    weights = np.where(np.arange(40) % 2, 3.0, 1.0)
    counts = weights.astype(int)
    repeated = fit(np.repeat(labels, counts), np.repeat(probabilities, counts, axis=0), np.ones(counts.sum()), 0.8)
    # The one sample more that is allowed for weighs 2 here, 1 there, which matters only where it tips the balance.
    assert fit(labels, probabilities, weights, 0.8).ratios == pytest.approx(repeated.ratios, abs=0.05)


def test_sets_of_samples_like_these_hold_the_right_label_as_often_as_promised_in_every_class() -> None:
    """The theorem: over many draws, the coverage of each class is at least the level, and hardly more."""
    rng = np.random.default_rng(2)
    held = []
    for _ in range(200):
        logits = 2 * rng.standard_normal((300, 3)) + np.array([0.0, 0.5, 1.0])
        labels = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
        wrong = np.exp(3 * logits)  # far too sure, whatever the temperature
        probabilities = wrong / wrong.sum(axis=1, keepdims=True)
        rule = fit(labels[:200], probabilities[:200], np.ones(200), 0.9)
        rows = measure(rule, labels[200:], probabilities[200:], [NAMES[label] for label in labels[200:]])
        held.append([row.share for row in rows])
    np.testing.assert_array_less(0.895, np.mean(held, axis=0))
    np.testing.assert_array_less(np.mean(held, axis=0), 0.935)


def test_what_was_measured_by_hand() -> None:
    probabilities = np.array([[0.6, 0.3, 0.1], [0.6, 0.29, 0.11], [0.1, 0.1, 0.8], [0.2, 0.75, 0.05]])
    held = RULE.holds(probabilities)
    assert held.tolist() == [[True, True, False], [True, True, False], [False, True, True], [False, True, False]]
    labels = np.array([1, 2, 2, 0])
    assert measure(RULE, labels, probabilities, ["web", "film", "web", "film"]) == (
        Coverage("film", 2, 0.0, 1.5),
        Coverage("web", 2, 1.0, 2.0),
    )


def test_labels_fall_in_probability_and_only_sources_with_enough_samples_are_spoken_of() -> None:
    assert RULE.of(np.array([0.45, 0.47, 0.08]), NAMES) == PredictionSet(("Merry", "Calm"), 0.9, (0.85, 0.85))
    assert RULE.of(np.array([0.1, 0.1, 0.8]), NAMES).labels == ("Glum", "Merry")
    assert replace(RULE, coverage=()).of(np.array([0.9, 0.05, 0.05]), NAMES) == PredictionSet(("Calm",), 0.9, None)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, ""),
        (
            PredictionSet(("Merry",), 0.9, None),
            "“Merry” alone: right for 9 of 10 faces.",
        ),
        (
            PredictionSet(("Merry", "Glum"), 0.95, (0.913, 0.996)),
            "“Merry” or “Glum”: right for 19 of 20 faces (measured: 91% to > 99%).",
        ),
        (PredictionSet(("Glum", "Calm", "Merry"), 0.9, None), "It may be any of the 3 labels"),
    ],
)
def test_a_set_is_said_in_one_sentence(given: PredictionSet | None, sentence: str) -> None:
    said = set_remark(given, len(NAMES))
    assert said.startswith(sentence)
    assert bool(said) is bool(sentence)


def test_where_there_is_little_room_the_others_are_named() -> None:
    assert others_named(("Merry", "Glum", "Calm")) == "or Glum, Calm"
    assert others_named(("Merry",)) == ""


def test_a_rule_travels_in_the_configuration() -> None:
    config = ModelConfig(class_names=NAMES, prediction_sets=RULE)
    assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(ConfigError, match="one ratio a class"):
        ModelConfig(prediction_sets=RULE)


def test_a_configuration_of_an_earlier_version_promises_nothing() -> None:
    values = ModelConfig().to_dict() | {"uncertain_margin": 0.1}
    del values["prediction_sets"]
    assert ModelConfig.from_dict(values) == ModelConfig()


@pytest.mark.parametrize(
    "change",
    [
        {"level": 1.0},
        {"level": "0.9.1"},
        {"level": float("nan")},
        {"ratios": [0.1, 0.2, 1.1]},
        {"ratios": [0.1, 0.2, float("nan")]},
        {"ratios": 3},
        {"coverage": [{"source": "film"}]},
        {"coverage": [{"source": "\ud800", "count": 1, "share": 0.5, "labels": 1}]},
        {"coverage": [{"source": "film", "count": float("inf"), "share": 0.5, "labels": 1}]},
        {"coverage": [{"source": "film", "count": 1, "share": 1.5, "labels": 1}]},
        {"coverage": [7]},
    ],
)
def test_a_strangers_rule_is_refused(change: dict[str, Any]) -> None:
    values = ModelConfig(class_names=NAMES).to_dict() | {"prediction_sets": asdict(RULE) | change}
    with pytest.raises(ConfigError, match=r"prediction[_ ]sets"):
        ModelConfig.from_dict(values)
    with pytest.raises(ConfigError, match=r"prediction[_ ]sets"):
        ModelConfig.from_dict(values | {"prediction_sets": "all"})
