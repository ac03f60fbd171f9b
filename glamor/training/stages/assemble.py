"""A whole network out of resting encoders and the heads that learned on what they say."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from glamor.config import CONTEXT_ONLY, ModelConfig
from glamor.model import GLAMORNet
from glamor.training.stages.evidence import Evidence


def assemble(config: ModelConfig, encoders: GLAMORNet, heads: GLAMORNet, evidence: Evidence) -> GLAMORNet:
    """Return the network that gives of pictures what the heads give of their vectors and evidence.

    The evidence is a linear map, and so is what first takes the scene's channels in each of attention, fusion and
    classifier: one matrix does for both. The channels' mean goes into the last BatchNorm of the scene's encoder.

    Args:
        config: of the network to be; its encoders are those of ``encoders``.
        encoders: whose encoders rested; not changed. The scene's ends in a BatchNorm, with nothing after it.
        heads: as :func:`glamor.training.stages.heads.fit` returns them.
        evidence: of the scene's cells.
    """
    net = GLAMORNet(config)
    net.face_encoder.load_state_dict(encoders.face_encoder.state_dict())
    net.context_encoder.load_state_dict(encoders.context_encoder.state_dict())
    with torch.no_grad():
        norms = [part for part in net.context_encoder.modules() if isinstance(part, nn.BatchNorm2d)]
        norms[-1].bias.sub_(evidence.mean)
    first = "conv1.weight" if config.attention == CONTEXT_ONLY else "fc1.weight"
    _take(net.face_score, heads.face_score)
    for part, learned, name in (
        (net.attention, heads.attention, first),
        (net.context_score, heads.context_score, "0.weight"),
        (net.head, heads.head, "0.weight"),
    ):
        _take(part, learned, {name: _through(learned.state_dict()[name], evidence.weights)})
    return net.eval()


def _take(part: nn.Module, learned: nn.Module, changed: dict[str, Tensor] | None = None) -> None:
    part.load_state_dict({**learned.state_dict(), **(changed or {})})


def _through(weights: Tensor, evidence: Tensor) -> Tensor:
    """Let weights whose last inputs are K pieces of evidence, (H, . + K, ...), take C channels: (H, . + C, ...)."""
    own, told = weights[:, : -evidence.shape[1]], weights[:, -evidence.shape[1] :]
    return torch.cat((own, torch.einsum("hk...,ck->hc...", told, evidence)), dim=1)
