from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from glamor.config import ModelConfig
from glamor.errors import ConfigError


def test_defaults_are_the_published_network() -> None:
    config = ModelConfig()
    assert config.class_names == ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
    assert config.filters == (32, 64, 128, 256, 256)
    assert (config.hidden, config.dropout) == (128, 0.5)
    assert (config.face_size, config.context_size, config.context_resize_hw) == (96, 112, (128, 171))
    assert config.jpeg_round_trip


def test_survives_json() -> None:
    config = ModelConfig(
        class_names=("no", "yes"), encoder="resnet18", temperature=1.5, license="MIT", mean=(0.1, 0.2, 0.3)
    )
    assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ModelConfig().hidden = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("class_names", []),
        ("class_names", ["Happy"]),
        ("class_names", ["Sad", "Sad"]),
        ("class_names", "Happy"),
        ("class_names", [1, 2]),
        ("encoder", ""),
        ("encoder", None),
        ("encoder", "hf-hub:someone/something"),
        ("encoder", "local-dir:/tmp"),
        ("context_encoder", "hf-hub:someone/something"),
        ("context_encoder", None),
        ("attention", "none"),
        ("attention", ""),
        ("vector_norm", 0),
        ("filters", [1, 2, 3]),
        ("filters", []),
        ("filters", [32, 64, 128, 256, 0]),
        ("filters", [32, 64, 128, 256, 2.5]),
        ("hidden", 0),
        ("hidden", True),
        ("hidden", "128"),
        ("dropout", 1),
        ("dropout", -0.1),
        ("dropout", float("nan")),
        ("face_size", 100),
        ("face_size", 0),
        ("face_size", 4096),
        ("context_size", 111),
        ("context_resize_hw", [128]),
        ("context_resize_hw", [100, 171]),
        ("context_resize_hw", [128, 171.0]),
        ("context_resize_hw", [10**6, 10**6]),
        ("face_crop_scale", 0),
        ("face_crop_scale", float("inf")),
        ("jpeg_round_trip", 1),
        ("mean", [0.0, 0.0]),
        ("mean", [0.0, 0.0, float("nan")]),
        ("mean", [0.0, 0.0, 1e300]),
        ("std", [1.0, 1.0, 0.0]),
        ("std", [1.0, 1.0, float("inf")]),
        ("std", [1.0, 1.0, 1e-40]),
        ("temperature", 0),
        ("temperature", 10**400),
        ("temperature", 1e-300),
        ("license", None),
        ("license", "half of a pair: \ud800"),
        ("class_names", ["calm", "\udfff"]),
        ("trained_on", ["x"]),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"config: {name} is .*, but must be "):
        ModelConfig.from_dict({**ModelConfig().to_dict(), name: value})


def test_whole_numbers_stand_for_fractions() -> None:
    config = ModelConfig.from_dict({**ModelConfig().to_dict(), "temperature": 2, "mean": [0, 1, 2]})
    assert config.temperature == 2.0
    assert isinstance(config.temperature, float)
    assert config.mean == (0.0, 1.0, 2.0)


def test_missing_and_unknown_fields_are_listed() -> None:
    values = {**ModelConfig().to_dict(), "colour": "blue"}
    del values["hidden"]
    with pytest.raises(ConfigError, match=r"missing fields \['hidden'\], unknown fields \['colour'\]"):
        ModelConfig.from_dict(values)


def test_a_file_from_before_the_later_fields_is_the_published_network() -> None:
    values = ModelConfig(hidden=64).to_dict()
    for name in ("context_encoder", "attention", "vector_norm"):
        del values[name]
    config = ModelConfig.from_dict(values)
    assert config == ModelConfig(hidden=64)
    assert (config.context_encoder, config.attention, config.vector_norm) == ("", "global-local", False)


def test_the_context_must_fit_in_the_resized_photo() -> None:
    with pytest.raises(ConfigError, match=r"context_resize_hw is \(128, 171\), but must be .* from context_size"):
        ModelConfig(context_size=144)
