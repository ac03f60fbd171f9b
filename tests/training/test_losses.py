"""What training minimises, by what each part adds to it; in eval mode, so that nothing is left to chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.stats import entropy
from torch import Tensor

from glamor.model import GLAMORNet
from glamor.training.losses import Ablation, FaceBatch, SceneBatch, TrainingNet, ablate
from glamor.training.recipe import TINY
from tests.small import SMALL

SEEN = torch.tensor([True, True, True, False])


@pytest.fixture
def net() -> GLAMORNet:
    torch.manual_seed(2)
    return GLAMORNet(SMALL)


@pytest.fixture
def batch() -> SceneBatch:
    rng = torch.Generator().manual_seed(5)
    faces, contexts = torch.rand(7, 3, 48, 48, generator=rng), torch.rand(4, 3, 112, 112, generator=rng)
    black = torch.zeros(1, 3, 112, 112)
    return SceneBatch(faces[:4], contexts, _targets(0, 1, 2, 3), SEEN, SEEN, faces[4:], _targets(4, 5, 6), black)


def _targets(*labels: int) -> Tensor:
    return F.one_hot(torch.tensor(labels), 7).float()


def _loss(net: GLAMORNet, batch: SceneBatch | FaceBatch, auxiliary: float = 0.0, fusion_entropy: float = 0.0) -> float:
    torch.manual_seed(3)  # of the auxiliary heads, and of how a black scene is attended
    model = TrainingNet(net, replace(TINY, auxiliary=auxiliary, fusion_entropy=fusion_entropy)).eval()
    with torch.inference_mode():
        return float(model(batch))


def _auxiliary_part(net: GLAMORNet, batch: SceneBatch) -> float:
    return _loss(net, batch, auxiliary=1.0) - _loss(net, batch)


def _alone(batch: SceneBatch) -> SceneBatch:
    return replace(batch, lone_faces=batch.lone_faces[:0], lone_targets=batch.lone_targets[:0])


def test_scenes_alone_are_the_cross_entropy_of_the_network(net: GLAMORNet, batch: SceneBatch) -> None:
    with torch.inference_mode():
        chances = net.eval()(batch.face, batch.context).logits.softmax(dim=1)
    expected = -np.log(chances.numpy()[range(4), range(4)]).mean()
    assert _loss(net, _alone(batch)) == pytest.approx(expected, rel=1e-5)


def test_undecided_fusion_is_rewarded_by_its_entropy(net: GLAMORNet, batch: SceneBatch) -> None:
    with torch.inference_mode():
        weights = net.eval()(batch.face, batch.context).fusion_weights.double().numpy()
    saved = _loss(net, batch) - _loss(net, batch, fusion_entropy=0.5)
    assert saved == pytest.approx(0.5 * entropy(weights, axis=-1).mean(), rel=1e-3)


def test_auxiliary_heads_count_by_their_weight(net: GLAMORNet, batch: SceneBatch) -> None:
    none, half, whole = (_loss(net, batch, auxiliary=weight) for weight in (0.0, 0.5, 1.0))
    assert whole - half == pytest.approx(half - none, rel=1e-3)
    assert whole - none == pytest.approx(2 * np.log(7), rel=0.2)  # two heads that know nothing of seven classes


def test_auxiliary_heads_learn_nothing_from_what_is_blanked(net: GLAMORNet, batch: SceneBatch) -> None:
    other = replace(batch, targets=_targets(0, 1, 2, 6))
    assert _loss(net, batch) != _loss(net, other)
    assert _auxiliary_part(net, batch) == pytest.approx(_auxiliary_part(net, other), rel=1e-4)
    for seen in (torch.zeros(4, dtype=torch.bool), ~SEEN):
        blank = replace(_alone(batch), sees_face=seen, sees_context=seen)
        assert (_auxiliary_part(net, blank) == pytest.approx(0, abs=1e-5)) == (not seen.any())


def test_auxiliary_heads_do_not_steer_attention(net: GLAMORNet, batch: SceneBatch) -> None:
    """The scene's head sees all cells alike: attended ones would tell it of the face."""
    gradients = []
    for auxiliary in (0.0, 1.0):
        net.zero_grad()
        TrainingNet(net, replace(TINY, auxiliary=auxiliary)).eval()(_alone(batch)).backward()
        gradients.append([parameter.grad for parameter in net.attention.fc1.parameters()])
    assert any(gradient.any() for gradient in gradients[0])
    for without, beside in zip(*gradients, strict=True):
        torch.testing.assert_close(without, beside, rtol=1e-3, atol=1e-9)


def test_lone_faces_add_their_cross_entropy_beside_black(net: GLAMORNet, batch: SceneBatch) -> None:
    for module in net.context_encoder.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.zeros_(module.bias)  # then all cells of a black scene are alike, however it is attended
    with torch.inference_mode():
        logits = net.eval()(batch.lone_faces, torch.zeros(3, 3, 112, 112)).logits
    expected = F.cross_entropy(logits, batch.lone_targets)
    assert _loss(net, batch) - _loss(net, _alone(batch)) == pytest.approx(float(expected), rel=1e-4)


def test_a_batch_of_faces_is_the_cross_entropy_of_the_face_head(net: GLAMORNet, batch: SceneBatch) -> None:
    model = TrainingNet(net, TINY).eval()
    with torch.inference_mode():
        logits = model.face_head[1](net.encode_face(batch.face).flatten(2).mean(dim=2))
        loss = model(FaceBatch(batch.face, batch.targets))
    chances = logits.softmax(dim=1).numpy()[range(4), range(4)]
    assert float(loss) == pytest.approx(-np.log(chances).mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("ablation", "fixed"),
    [
        (Ablation.NONE, set()),
        (Ablation.NO_CONTEXT, {"face_score", "context_score"}),
        (Ablation.NO_ATTENTION, {"attention"}),
    ],
)
def test_what_is_ablated_learns_no_more(net: GLAMORNet, ablation: Ablation, fixed: set[str]) -> None:
    ablate(ablation, net)
    assert {name.split(".")[0] for name, value in net.named_parameters() if not value.requires_grad} == fixed
