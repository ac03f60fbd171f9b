"""The weights that the repository carries, and what is said about them."""

from __future__ import annotations

import hashlib
import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glamor.checkpoint import EMBEDDED, load_checkpoint
from glamor.predictor import Predictor

ROOT = Path(__file__).resolve().parent.parent


def _metrics() -> dict[str, Any]:
    return json.loads((EMBEDDED / "metrics.json").read_text())


def _card_script() -> ModuleType:
    spec = spec_from_file_location("model_card", ROOT / "scripts" / "model_card.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_metrics_are_those_of_the_weights() -> None:
    sha256 = hashlib.sha256((EMBEDDED / "model.safetensors").read_bytes()).hexdigest()
    metrics = _metrics()
    assert metrics["scenes"]["sha256"] == metrics["faces"]["sha256"] == sha256
    assert load_checkpoint(EMBEDDED).sha256 == sha256


def test_the_configuration_says_what_the_weights_need() -> None:
    config = load_checkpoint(EMBEDDED).config
    assert config.face_crop_scale == 1.35
    assert config.jpeg_round_trip
    assert config.trained_on
    assert config.license
    assert config.prediction_sets is not None
    assert config.prediction_sets.level == 0.9


@pytest.mark.parametrize(("dataset", "condition", "bar"), [("scenes", "fused", 0.49), ("faces", "face only", 0.62)])
def test_the_weights_reach_their_bar(dataset: str, condition: str, bar: float) -> None:
    report = _card_script().find(_metrics()[dataset], condition, "all")
    assert report["macro_recall"]["value"] >= bar


def test_the_model_card_is_up_to_date() -> None:
    assert (EMBEDDED / "README.md").read_text() == _card_script().card()


def test_the_astronaut_smiles(astronaut: NDArray[np.uint8]) -> None:
    (prediction,) = Predictor().predict(astronaut)
    assert prediction.emotion == "Happy"
