from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glamor.predictor import Predictor


@pytest.fixture(autouse=True)
def _on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLAMOR_DEVICE", "cpu")


@pytest.fixture(scope="session")
def predictor(random_checkpoint: Path) -> Predictor:
    return Predictor(random_checkpoint, device="cpu")


@pytest.fixture(scope="session")
def portraits(astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """Small ones: the astronaut, Grace Hopper, both side by side, nobody."""
    one, two = (np.asarray(Image.fromarray(photo[:512]).resize((200, 200))) for photo in (astronaut, grace_hopper))
    nobody = np.random.default_rng(3).integers(90, 110, (120, 160, 3)).astype(np.uint8)
    return one, two, np.hstack([one, two]), nobody


@pytest.fixture
def make_photos(portraits: tuple[NDArray[np.uint8], ...], tmp_path: Path) -> Callable[..., Path]:
    """Write ``count`` photos, the four kinds in turn, into a folder of this name."""

    def make(count: int, name: str = "photos") -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        for n in range(count):
            Image.fromarray(portraits[n % 4]).save(folder / f"{n:03d}.jpg", quality=95)
        return folder

    return make
