from __future__ import annotations

from pathlib import Path

import pytest

from glamor.predictor import Predictor
from tests.live_app import LiveApp


@pytest.fixture(scope="session")
def app(small_app: LiveApp) -> LiveApp:
    """What a server takes and refuses is the same whatever its weights say."""
    return small_app


@pytest.fixture(scope="module")
def predictor(small_weights: tuple[Path, Path]) -> Predictor:
    """The weights that the live app serves."""
    return Predictor(small_weights[0])
