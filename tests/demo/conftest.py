from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client
from numpy.typing import NDArray
from PIL import Image

from demo.engine import Engine
from glamor.predictor import Predictor
from tests.live_app import LiveApp, live_app
from tests.small import save_small


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
    """An engine with a small network."""
    return Engine(Predictor(save_small(tmp_path_factory.mktemp("small"), 3), device="cpu"))


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


@pytest.fixture
def portrait(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """The astronaut as a photographer would send her, 40 kB."""
    path = tmp_path / "portrait.jpg"
    Image.fromarray(astronaut).save(path)
    return path


@pytest.fixture
def pair_file(two_people: NDArray[np.uint8], tmp_path: Path) -> str:
    path = tmp_path / "pair.png"
    Image.fromarray(two_people).save(path)
    return str(path)
