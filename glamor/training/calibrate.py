"""Temperature and noise margin of a finished checkpoint, fitted on a validation split."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from glamor.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.evaluation.evaluate import collect
from glamor.evaluation.metrics import fit_temperature, uncertain_margin
from glamor.training.data import list_samples


def calibrate(folder: Path, scenes: Path, faces: Path | None = None, split: str = "val") -> ModelConfig:
    """Fit the temperature (Guo et al. 2017) and the margin of uncertain answers; store both.

    Scenes are few, and their best temperature alone is mostly luck; faces are many, but are not what people show. So
    both kinds count alike for the temperature, whatever their number. The margin is fitted on scenes.
    The logits stay as they are; only the probabilities that are shown change.

    Args:
        folder: of a checkpoint; its config.json is rewritten.
        scenes: in NCAER-S layout.
        faces: an image folder of faces alone, if there is one.
        split: which part of them; not one that the network was trained on.

    Returns:
        The new configuration.

    Raises:
        CheckpointError, DataError: if a folder cannot be used.
    """
    checkpoint = load_checkpoint(folder)
    answers = [_answers(checkpoint, dataset, split) for dataset in (scenes, faces) if dataset is not None]
    weights = np.concatenate([np.full(len(labels), 1 / len(labels)) for _, labels in answers])
    logits, labels = (np.concatenate(column) for column in zip(*answers, strict=True))
    temperature = fit_temperature(logits, labels, weights)
    logits, labels = answers[0]
    probabilities = torch.from_numpy(logits / temperature).softmax(dim=1).numpy()
    config = replace(
        checkpoint.config, temperature=temperature, uncertain_margin=uncertain_margin(labels, probabilities)
    )
    save_checkpoint(folder, checkpoint.model, config)
    return config


def _answers(checkpoint: Checkpoint, dataset: Path, split: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    samples = list_samples(dataset, split, checkpoint.config.class_names)
    (outputs,) = collect(checkpoint.model, samples)
    return outputs.logits, np.array([sample.label for sample in samples], dtype=np.int64)
