"""The script that measures a GPU, rehearsed where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks import gpu
from benchmarks.gpu_page import write_page
from benchmarks.latency import one_face_photo
from glamor.predictor import Predictor


@pytest.fixture(scope="module")
def setup(small_weights: tuple[Path, Path]) -> gpu.Setup:
    predictor = Predictor(small_weights[0], device="cpu")
    return gpu.Setup(torch.device("cpu"), small=True, predictor=predictor, jpeg=one_face_photo())


def test_every_part_finds_something_and_the_page_tells_it(setup: gpu.Setup, tmp_path: Path) -> None:
    wanted = [name for name in gpu.PARTS if name not in ("the tests that need a card", "two processes on one card")]
    found = {"machine": gpu.machine(setup.device), "parts": gpu.run(setup, wanted)}
    assert not [name for name, part in found["parts"].items() if "failed" in part]
    assert found["parts"]["the same maps as on the CPU"]["within 1e-4"]
    rates = found["parts"]["predictions a second"]["batch 4"]
    assert rates["float32, channels last"]["off"] <= 1e-5
    assert all(way["per second"] > 0 for way in rates.values() if way)
    write_page(tmp_path / "gpu.md", found)
    page = (tmp_path / "gpu.md").read_text()
    assert "Measured on: no card (cpu)" in page
    assert "| batch 4: float32: per second |" in page


def test_a_part_that_fails_costs_the_others_nothing(setup: gpu.Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(setup: gpu.Setup) -> dict[str, object]:
        raise RuntimeError("no such kernel")

    monkeypatch.setitem(gpu.PARTS, "explanations", fail)
    found = gpu.run(setup, ["explanations", "a batch that does not fit"])
    assert found["explanations"]["failed"] == "RuntimeError: no such kernel"
    assert "left out" in found["a batch that does not fit"]


def test_nothing_begins_when_the_time_is_up(setup: gpu.Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "SECONDS", -1.0)
    assert gpu.run(setup, ["explanations"]) == {"explanations": {"left out": "no time was left"}}
