"""Temperature and prediction sets of a finished checkpoint, fitted on a validation split."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from scipy.special import softmax

from glamor import sets
from glamor.checkpoint import WEIGHTS_FILE, Checkpoint, load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.evaluation.evaluate import collect
from glamor.evaluation.metrics import fit_temperature
from glamor.training.data import list_samples

LEVEL = 0.9  # share of prediction sets that are to hold the right label


@dataclass(frozen=True)
class Answers:
    """What a checkpoint says of N samples: logits (N, classes), labels (N,), and of each its source and a name."""

    logits: NDArray[np.float64]
    labels: NDArray[np.int64]
    sources: tuple[str, ...]
    names: tuple[str, ...]


def calibrate(
    folder: Path, scenes: Path, faces: Path | None = None, more_scenes: Sequence[Path] = (), split: str = "val"
) -> ModelConfig:
    """Fit the temperature (Guo et al. 2017) and the prediction sets; store both.

    Scenes are few, and their best temperature alone is mostly luck; faces are many, but are not what people show. So
    both kinds count alike, whatever their number. The sets are fitted on one half of the files and checked on the
    other. The logits stay as they are; only what is said of them changes.

    Args:
        folder: of a checkpoint; its config.json is rewritten.
        scenes: in NCAER-S layout.
        faces: an image folder of faces alone, if there is one.
        more_scenes: further folders in NCAER-S layout, for the sets.
        split: which part of them; not one that the network was trained on.

    Returns:
        The new configuration.

    Raises:
        CheckpointError, DataError: if a folder cannot be used.
    """
    checkpoint = load_checkpoint(folder)
    plain = _answers(checkpoint, [scenes], split)
    alone = [_answers(checkpoint, [faces], split)] if faces is not None else []
    further = [_answers(checkpoint, more_scenes, split)] if more_scenes else []
    temperature = _temperature([plain, *alone])
    rule = prediction_sets([_joined([plain, *further]), *alone], temperature)
    config = replace(checkpoint.config, temperature=temperature, prediction_sets=rule)
    save_checkpoint(folder, checkpoint.model, config, half=_is_half(folder / WEIGHTS_FILE))
    return config


def _is_half(weights: Path) -> bool:
    with safe_open(weights, "pt") as file:
        return all(file.get_slice(name).get_dtype() == "F16" for name in file.keys())  # noqa: SIM118


def prediction_sets(kinds: Sequence[Answers], temperature: float) -> sets.SetRule:
    """Fit prediction sets on half of the answers, measure them on the other half.

    Args:
        kinds: answers to scenes, and to faces alone; each kind counts alike.
        temperature: of the probabilities.
    """
    given = _joined(kinds)
    probabilities = softmax(given.logits / temperature, axis=1)
    fitted = np.array([_in_first_half(name) for name in given.names], dtype=np.bool_)
    rule = sets.fit(given.labels[fitted], probabilities[fitted], _weights(kinds)[fitted], LEVEL)
    sources = np.array(given.sources)[~fitted].tolist()
    return replace(rule, coverage=sets.measure(rule, given.labels[~fitted], probabilities[~fitted], sources))


def _temperature(kinds: Sequence[Answers]) -> float:
    given = _joined(kinds)
    return fit_temperature(given.logits, given.labels, _weights(kinds))


def _weights(kinds: Sequence[Answers]) -> NDArray[np.float64]:
    """Return how much each answer counts, so that all kinds count alike."""
    return np.concatenate([np.full(len(kind.labels), 1 / len(kind.labels)) for kind in kinds])


def _joined(kinds: Sequence[Answers]) -> Answers:
    return Answers(
        np.concatenate([kind.logits for kind in kinds]),
        np.concatenate([kind.labels for kind in kinds]),
        tuple(source for kind in kinds for source in kind.sources),
        tuple(name for kind in kinds for name in kind.names),
    )


def _in_first_half(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def _answers(checkpoint: Checkpoint, datasets: Sequence[Path], split: str) -> Answers:
    samples = [s for dataset in datasets for s in list_samples(dataset, split, checkpoint.config.class_names)]
    (outputs,) = collect(checkpoint.model, samples)
    return Answers(
        outputs.logits,
        np.array([sample.label for sample in samples], dtype=np.int64),
        tuple(sample.source for sample in samples),
        tuple(f"{sample.label}/{sample.path.name}" for sample in samples),
    )
