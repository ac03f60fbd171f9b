"""What must be the same on a card as on the CPU."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from glamor.explain import METHODS, explain
from glamor.predictor import Predictor

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device"),
]


@pytest.fixture
def predictor(small_weights: tuple[Path, Path]) -> Predictor:
    return Predictor(small_weights[0], device="cuda")


def test_a_card_predicts_what_the_cpu_predicts(
    predictor: Predictor, small_weights: tuple[Path, Path], astronaut: NDArray[np.uint8]
) -> None:
    (there,), (here,) = predictor.predict(astronaut), Predictor(small_weights[0], device="cpu").predict(astronaut)
    assert there.emotion == here.emotion
    np.testing.assert_allclose(there.logits, here.logits, atol=1e-4)


@pytest.mark.parametrize("method", list(METHODS))
def test_a_card_draws_the_map_that_the_cpu_draws(
    predictor: Predictor, astronaut: NDArray[np.uint8], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    (prediction,) = predictor.predict(astronaut)
    here = explain(copy.deepcopy(predictor.model).cpu(), prediction.prepared, method)
    there = explain(predictor.model, prediction.prepared, method)
    for own, other in ((here.face, there.face), (here.context, there.context)):
        np.testing.assert_allclose(other, own, atol=1e-4 * max(1.0, float(np.abs(own).max())))


def test_a_card_that_is_full_refuses_and_answers_afterwards(predictor: Predictor, astronaut: NDArray[np.uint8]) -> None:
    free, _ = torch.cuda.mem_get_info()
    with pytest.raises(torch.OutOfMemoryError):
        torch.empty(2 * free, dtype=torch.uint8, device="cuda")
    torch.cuda.empty_cache()
    assert len(predictor.predict(astronaut)) == 1
