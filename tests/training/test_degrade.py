from __future__ import annotations

import pytest
import torch
from torch import Tensor

from glamor.training.degrade import BLUR, COVER, canvases, degraded


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def faces(count: int, side: int = 96) -> Tensor:
    return 0.2 + 0.6 * torch.rand(count, 3, side, side, generator=seeded(1))


def test_a_share_of_the_faces_is_degraded_and_the_others_are_untouched() -> None:
    face = faces(600, side=64)
    before = face.clone()
    out = degraded(face, 0.3, seeded())
    assert torch.equal(face, before)
    changed = (out != face).flatten(1).any(dim=1)
    assert 0.22 < changed.float().mean() < 0.38
    assert torch.equal(degraded(face, 0.0, seeded()), face)
    assert (degraded(face, 1.0, seeded()) != face).flatten(1).any(dim=1).all()
    assert out.min() >= 0
    assert out.max() <= 1


def test_faces_are_blurred_darkened_and_covered() -> None:
    face = faces(800, side=48)
    out = degraded(face, 1.0, seeded())
    dark = out.mean(dim=(1, 2, 3)) < 0.24  # at most 0.44 of 0.5
    sharp = out.diff(dim=3).abs().flatten(1).median(dim=1).values > 0.12
    assert 0.2 < dark.float().mean() < 0.4
    assert COVER / 3 < (sharp & ~dark).float().mean() < 0.3
    assert BLUR / 2 < (~sharp & ~dark).float().mean() < 0.8


def test_the_same_seed_degrades_in_the_same_way() -> None:
    face = faces(20)
    assert torch.equal(degraded(face, 0.5, seeded(4)), degraded(face, 0.5, seeded(4)))
    assert not torch.equal(degraded(face, 0.5, seeded(4)), degraded(face, 0.5, seeded(5)))


def test_the_first_canvas_is_black_and_the_others_are_empty() -> None:
    scenes = canvases(300, 32, seeded())
    assert scenes.shape == (300, 3, 32, 32)
    assert not scenes[0].any()
    assert torch.equal(canvases(1, 32, seeded()), torch.zeros(1, 3, 32, 32))
    assert scenes.min() >= 0
    assert scenes.max() <= 1
    painted = (scenes > 0).any(dim=1)
    assert (painted.flatten(1).float().mean(dim=1) > 0.99).float().mean() == pytest.approx(0.08, abs=0.08)  # no hole
    steps = scenes.diff(dim=3).abs().amax(dim=1)
    both = painted[:, :, 1:] & painted[:, :, :-1]
    assert steps[both].max() < 0.06  # soft shades but for the hole and the bars
