from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from gradio_client import Client
from numpy.typing import NDArray
from PIL import Image

from demo.engine import Engine
from glamor.checkpoint import save_checkpoint
from glamor.config import ModelConfig
from glamor.model import GLAMORNet
from glamor.predictor import Predictor
from tests.live_app import LiveApp, live_app


@pytest.fixture(scope="session")
def app() -> LiveApp:
    return live_app()


@pytest.fixture(scope="module")
def client(app: LiveApp) -> Iterator[Client]:
    with_files = Client(app.url, verbose=False, analytics_enabled=False)
    yield with_files
    with_files.close()


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    """The weights that the live app serves, on the same device."""
    return Predictor()


@pytest.fixture(scope="session")
def engine(random_checkpoint: Path) -> Engine:
    return Engine(Predictor(random_checkpoint, device="cpu"))


@pytest.fixture(scope="session")
def small_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A network so small that all checks of its explanations take seconds; its weights are random."""
    config = ModelConfig(
        filters=(4, 6, 8, 8, 8),
        hidden=8,
        face_size=48,
        context_resize_hw=(64, 64),
        context_size=64,
        face_crop_scale=1.35,
        trained_on="nothing: seeded random weights for tests",
    )
    folder = tmp_path_factory.mktemp("small-checkpoint")
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = GLAMORNet(config)
        torch.nn.init.normal_(model.head[3].weight, std=2.0)
        save_checkpoint(folder, model, config)
    return Engine(Predictor(folder, device="cpu"))


@pytest.fixture(scope="session")
def two_people(astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grace Hopper left, the astronaut right and smaller, (600, 1024, 3)."""
    photo = np.full((600, 1024, 3), 128, np.uint8)
    photo[:, :512] = grace_hopper
    photo[40:552, 512:] = astronaut
    photo.flags.writeable = False
    return photo


@pytest.fixture(scope="session")
def nobody() -> NDArray[np.uint8]:
    """A photo without a face, (300, 400, 3)."""
    return np.random.default_rng(3).integers(90, 110, (300, 400, 3)).astype(np.uint8)


@pytest.fixture
def astronaut_file(astronaut: NDArray[np.uint8], tmp_path: Path) -> str:
    path = tmp_path / "astronaut.png"
    Image.fromarray(astronaut).save(path)
    return str(path)
