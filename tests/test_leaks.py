"""Answers leave nothing behind; ``make leaks`` asks for thousands of them."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from benchmarks.leaks import Held, ask, held, memory
from demo.engine import Engine
from glamor import figures
from glamor.explain import METHODS
from glamor.predictor import Predictor
from tests.small import save_small

# The photo, the inputs and the pictures of one answer take 2 MB: a hundred of them, kept, would take more than this.
BOUND = 150 * 2**20


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Predictor(save_small(tmp_path / "weights", 3), device="cpu"))


@pytest.fixture
def photo(astronaut: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(astronaut).save(file, format="JPEG")
    return file.getvalue()


def test_answers_leave_no_files_figures_hooks_networks_or_memory(
    engine: Engine, photo: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ask(engine, photo, 10, len(METHODS))
    before, used = held(engine, tmp_path), memory()
    ask(engine, photo, 100, len(METHODS))
    after = held(engine, tmp_path)
    assert [name for name, count in vars(after).items() if count > getattr(before, name)] == []
    assert before.hooks == 0
    grown = memory() - used
    assert grown < BOUND


def test_whatever_is_kept_is_counted(engine: Engine, tmp_path: Path) -> None:
    before = held(engine, tmp_path)
    figure: Figure = figures.fusion_bar((0.4, 0.6))
    copy = engine._copy()
    hook = engine.predictor.model.register_forward_hook(lambda *_: None)
    with (tmp_path / "left.png").open("wb"):
        now = held(engine, tmp_path)
    hook.remove()
    assert now == Held(*(count + 1 for count in vars(before).values())), (figure, copy)
