"""Checkpoints that load and explain in no time."""

from __future__ import annotations

from pathlib import Path

import torch

from glamor.checkpoint import save_checkpoint
from glamor.config import ModelConfig
from glamor.model import GLAMORNet

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
