"""Temperature and noise margin of a finished checkpoint, fitted on a validation split."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.data import list_samples
from glamor.evaluate import collect
from glamor.metrics import fit_temperature, uncertain_margin


def calibrate(folder: Path, dataset: Path, split: str = "val") -> ModelConfig:
    """Fit the temperature (Guo et al. 2017) and the margin of uncertain answers; store both.

    The logits stay as they are; only the probabilities that are shown change.

    Args:
        folder: of a checkpoint; its config.json is rewritten.
        dataset: scenes in NCAER-S layout.
        split: which part of them; not one that the network was trained on.

    Returns:
        The new configuration.

    Raises:
        CheckpointError, DataError: if either folder cannot be used.
    """
    checkpoint = load_checkpoint(folder)
    samples = list_samples(dataset, split, checkpoint.config.class_names)
    labels = np.array([sample.label for sample in samples], dtype=np.int64)
    (outputs,) = collect(checkpoint.model, samples)
    temperature = fit_temperature(outputs.logits, labels)
    probabilities = torch.from_numpy(outputs.logits / temperature).softmax(dim=1).numpy()
    config = replace(
        checkpoint.config, temperature=temperature, uncertain_margin=uncertain_margin(labels, probabilities)
    )
    save_checkpoint(folder, checkpoint.model, config)
    return config
