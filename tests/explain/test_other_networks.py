"""What explains a GLAMOR-Net explains its relatives unchanged: other attention, another encoder for the scene."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from glamor.checkpoint import save_checkpoint
from glamor.config import CONTEXT_ONLY, ModelConfig
from glamor.explain import METHODS, Intervention, explain, intervene
from glamor.explain.trust.cascade import cascade
from glamor.model import GLAMORNet
from glamor.predictor import Predictor
from glamor.prepare import Prepared
from glamor.report import load_report, write_report
from tests.explain.conftest import SMALL

RELATIVES = {
    "caer": replace(SMALL, attention=CONTEXT_ONLY, vector_norm=True),
    "imagenet": replace(SMALL, context_encoder="tf_efficientnet_lite0"),
}


@pytest.fixture(params=RELATIVES.values(), ids=RELATIVES)
def relative(request: pytest.FixtureRequest) -> GLAMORNet:
    config: ModelConfig = request.param
    torch.manual_seed(5)
    model = GLAMORNet(config).eval()
    torch.nn.init.normal_(model.head[3].weight, std=2.0)
    return model


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_it(method: str, relative: GLAMORNet, person: Prepared) -> None:
    found = explain(relative, person, method)
    assert found.face.shape == person.face.shape[1:]
    assert found.context.shape == person.context.shape[1:]
    assert np.isfinite(found.face).all()
    assert np.isfinite(found.context).all()
    assert found.face.any() or found.context.any()


def test_integrated_gradients_account_for_the_whole_answer(relative: GLAMORNet, person: Prepared) -> None:
    found = explain(relative, person, "integrated_gradients")
    assert found.baseline_logit is not None
    change = found.logit - found.baseline_logit
    assert found.convergence_delta == pytest.approx(0, abs=0.15 * max(1.0, abs(change)))


def test_forced_weights_leave_out_the_scene(relative: GLAMORNet, person: Prepared) -> None:
    other = replace(person, context=1 - person.context)
    first, second = (intervene(relative, one, Intervention(fusion=torch.tensor([1.0, 0.0]))) for one in (person, other))
    assert torch.equal(first.logits, second.logits)


def test_a_cascade_forgets_it_layer_by_layer(relative: GLAMORNet, person: Prepared) -> None:
    found = cascade(relative, person, [explain(relative, person, "saliency")])
    assert found.stages[:4] == ("trained", "head", "fusion", "attention")
    assert found.stages[-1] == "block 1"
    assert (found.similarity[:, 0] == 1).all()


@pytest.mark.parametrize("name", RELATIVES)
def test_a_report_of_it_is_written_and_read(name: str, astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    torch.manual_seed(5)
    config = replace(RELATIVES[name], trained_on="nothing: random weights for tests")
    save_checkpoint(tmp_path / "weights", GLAMORNet(config), config)
    predictor = Predictor(str(tmp_path / "weights"), device="cpu")
    predictions = predictor.predict(astronaut)
    explanation = explain(predictor.model, predictions[0].prepared, "grad_cam")
    write_report(tmp_path / "report", astronaut, predictions, 0, explanation)
    loaded = load_report(tmp_path / "report")
    assert np.array_equal(loaded.prediction.attention, predictions[0].attention)
