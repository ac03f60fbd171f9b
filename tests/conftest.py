"""What all tests share: photos, read-only for that reason, and networks that have learned nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.datasets import make_faces, make_scenes
from tests.limited_app import limited_app
from tests.live_app import LiveApp, live_app
from tests.small import save_telling


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let training begin: its longest file, come last, would keep one process at work while the others rest."""
    items.sort(key=lambda item: item.path.parent.name != "training")


@pytest.fixture(scope="session")
def astronaut() -> NDArray[np.uint8]:
    """NASA's portrait of Eileen Collins, (512, 512, 3) RGB, one face; public domain."""
    import skimage.data

    return _shared(skimage.data.astronaut())  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def grace_hopper() -> NDArray[np.uint8]:
    """The US Navy's portrait of Grace Hopper, (600, 512, 3) RGB, one face; public domain."""
    from matplotlib.cbook import get_sample_data

    with Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        return _shared(np.array(image.convert("RGB")))


@pytest.fixture(scope="session")
def random_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder with seeded random weights."""
    import torch

    from glamor.checkpoint import save_checkpoint
    from glamor.config import ModelConfig
    from glamor.model import GLAMORNet

    folder = tmp_path_factory.mktemp("random-checkpoint")
    config = ModelConfig(face_crop_scale=1.35, trained_on="nothing: seeded random weights for tests")
    with torch.random.fork_rng():
        torch.manual_seed(11)
        save_checkpoint(folder, GLAMORNet(config), config)
    return folder


def _shared(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    photo.flags.writeable = False
    return photo


@pytest.fixture(scope="session")
def small_weights(
    astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Two checkpoints of small networks, whose slow work takes seconds; each tells one person from another."""
    folder, people = tmp_path_factory.mktemp("weights"), [astronaut, grace_hopper]
    own, other = (save_telling(folder / f"seed-{seed}", seed, people) for seed in (3, 7))
    return own, other


@pytest.fixture(scope="session")
def small_app(small_weights: tuple[Path, Path]) -> LiveApp:
    """The app on the first of the small checkpoints; visitors may choose the second."""
    own, other = small_weights
    return live_app(str(own), str(other))


@pytest.fixture(scope="session")
def limited(small_weights: tuple[Path, Path]) -> LiveApp:
    """The app with very small limits, on the first of the small checkpoints."""
    return limited_app(str(small_weights[0]))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with generated faces and scenes to train on, and room for runs."""
    root = tmp_path_factory.mktemp("training")
    make_faces(root / "faces")
    make_scenes(root / "scenes")
    return root
