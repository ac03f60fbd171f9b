"""A small checkpoint whose config.json or safetensors header is damaged, its hash put right half of the time."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch

from glamor.checkpoint import CONFIG_FILE, WEIGHTS_FILE, load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.model import GLAMORNet
from tests.fuzz.mutate import Rng, damaged_bytes, damaged_json

SMALL = ModelConfig(
    filters=(2, 2, 2, 2, 2), hidden=4, face_size=32, context_resize_hw=(48, 64), context_size=48, trained_on="nothing"
)


def prepare(seed: int) -> Callable[[], None]:
    """Return what has one damaged checkpoint loaded and raises what the loader raises."""
    rng = np.random.default_rng(seed)
    config, weights = _files()
    if seed % 2:
        config = _damaged_config(config, rng)
    else:
        weights = _damaged_weights(weights, rng)
        if rng.random() < 0.5:
            config = json.dumps(json.loads(config) | {"weights_sha256": hashlib.sha256(weights).hexdigest()}).encode()
    return partial(_load, config, weights)


def _load(config: bytes, weights: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, CONFIG_FILE).write_bytes(config)
        Path(folder, WEIGHTS_FILE).write_bytes(weights)
        loaded = load_checkpoint(Path(folder), device="cpu")
    assert isinstance(loaded.config, ModelConfig)


def write(folder: Path) -> None:
    """Write the undamaged checkpoint."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        save_checkpoint(folder, GLAMORNet(SMALL), SMALL)


@cache
def _files() -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        load_checkpoint(Path(folder), device="cpu")  # imports take seconds the first time, which are no input's
        return Path(folder, CONFIG_FILE).read_bytes(), Path(folder, WEIGHTS_FILE).read_bytes()


def _damaged_config(config: bytes, rng: Rng) -> bytes:
    if rng.random() < 0.3:
        return damaged_bytes(config, rng)
    return json.dumps(damaged_json(json.loads(config), rng)).encode()


def _damaged_weights(weights: bytes, rng: Rng) -> bytes:
    if rng.random() < 0.3:
        return damaged_bytes(weights, rng)
    length = int.from_bytes(weights[:8], "little")
    if rng.random() < 0.3:  # other numbers, which only the hash can tell
        return weights[:-4] + rng.bytes(4)
    header = json.dumps(damaged_json(json.loads(weights[8 : 8 + length]), rng)).encode()
    return len(header).to_bytes(8, "little") + header + weights[8 + length :]
