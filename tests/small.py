"""Checkpoints that load and explain in no time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.model import GLAMORNet
from glamor.predictor import Predictor

SMALL = ModelConfig(filters=(4, 4, 8, 8, 16), hidden=8, face_crop_scale=1.35)  # trains in seconds


def save_small(folder: Path, seed: int) -> Path:
    """Save a network so small that all checks of its explanations take seconds; its weights are random."""
    config = ModelConfig(
        filters=(4, 6, 8, 8, 8),
        hidden=8,
        face_size=48,
        context_resize_hw=(64, 64),
        context_size=64,
        face_crop_scale=1.35,
        trained_on="nothing: seeded random weights for tests",
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = GLAMORNet(config)
        torch.nn.init.normal_(model.head[3].weight, std=2.0)
        save_checkpoint(folder, model, config)
    return folder


def save_telling(folder: Path, seed: int, people: list[NDArray[np.uint8]]) -> Path:
    """Save such a network whose BatchNorms know these people: what it says of one is not what it says of another."""
    save_small(folder, seed)
    predictor = Predictor(folder, device="cpu")
    prepared = [predictor.predict(photo)[0].prepared for photo in people]
    loaded = load_checkpoint(folder, device="cpu")
    for module in loaded.model.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        loaded.model.train()(*(torch.stack([getattr(one, part) for one in prepared]) for part in ("face", "context")))
    save_checkpoint(folder, loaded.model.eval(), loaded.config)
    return folder
