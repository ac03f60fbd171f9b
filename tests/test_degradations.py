"""Faces are degraded as the docstring says: by hand, and against torch's own convolution."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from glamor.degradations import blurred, degrade, pixels_left
from glamor.evaluation.degradation import STRENGTHS


@pytest.fixture(scope="module")
def faces() -> Tensor:
    return torch.rand(2, 3, 96, 96, generator=torch.Generator().manual_seed(0))


def test_a_blurred_face_has_no_more_pixels_than_it_says() -> None:
    face = 0.2 + 0.6 * torch.rand(2, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    coarse = blurred(face, 12)
    assert coarse.shape == face.shape
    means = face.unflatten(2, (12, 8)).unflatten(4, (12, 8)).mean(dim=(3, 5))  # of each of the 12 x 12 squares
    middles = coarse[:, :, 3::8, 3::8], coarse[:, :, 4::8, 4::8]
    torch.testing.assert_close((middles[0] + middles[1]) / 2, means, atol=0.03, rtol=0)
    flat = torch.full((1, 3, 96, 96), 0.4)
    torch.testing.assert_close(blurred(flat, 12), flat)


def test_a_blurred_face_is_convolved_with_a_gaussian(faces: Tensor) -> None:
    """Against torch's own convolution: sigma 0.02 of 96 pixels, far from the edge."""
    at = torch.arange(-9, 10).float()
    kernel = (-0.5 * (at / 1.92) ** 2).exp()
    kernel /= kernel.sum()
    rows = F.conv2d(faces, kernel.view(1, 1, -1, 1).expand(3, 1, -1, 1), groups=3, padding=(9, 0))
    both = F.conv2d(rows, kernel.view(1, 1, 1, -1).expand(3, 1, 1, -1), groups=3, padding=(0, 9))
    made = degrade(faces, "blur", 0.02)
    torch.testing.assert_close(made[..., 20:-20, 20:-20], both[..., 20:-20, 20:-20], atol=1e-4, rtol=0)


def test_of_a_small_face_only_so_many_pixels_are_left(faces: Tensor) -> None:
    flat = torch.full((1, 3, 96, 96), 0.25)
    flat[..., 48:] = 0.75
    small = degrade(flat, "size", 2)
    assert small[0, 0, 10, 0] == 0.25
    assert small[0, 0, 10, 47] == pytest.approx(0.5, abs=0.01)  # between the two pixels that are left
    assert degrade(faces[..., :48, :48], "size", 48).shape == (2, 3, 48, 48)
    torch.testing.assert_close(degrade(faces[..., :48, :48], "size", 6), degrade(faces[..., :48, :48], "size", 5.9))


def test_a_cover_hides_the_middle_and_darkness_all(faces: Tensor) -> None:
    covered = degrade(faces, "cover", 0.5)
    assert (covered != faces).any(dim=1).sum(dim=(1, 2)).tolist() == [48 * 48] * 2
    assert (covered[..., 24:72, 24:72] == 0.5).all()
    torch.testing.assert_close(degrade(faces, "darkness", 0.25), faces / 4)
    assert degrade(faces, "clear", 0.0) is faces


@pytest.mark.parametrize("kind", STRENGTHS)
def test_the_stronger_the_less_is_left(faces: Tensor, kind: str) -> None:
    left = [float((degrade(faces, kind, strength) - 0.5).abs().mean()) for strength in STRENGTHS[kind]]
    detail = [float(degrade(faces, kind, strength).std()) for strength in STRENGTHS[kind]]
    assert detail == sorted(detail, reverse=True)
    assert len(set(left)) == 5


@pytest.mark.parametrize(("kind", "rows"), [("eyes", range(27, 46)), ("mouth", range(60, 79))])
def test_a_mask_is_a_grey_band_over_eyes_or_mouth(faces: Tensor, kind: str, rows: range) -> None:
    masked = degrade(faces, kind, 0.2)  # 19 of 96 rows
    assert (masked[:, :, rows] == 0.5).all()
    changed = (masked != faces).any(dim=(0, 1, 3)).nonzero().flatten().tolist()
    assert changed == list(rows)


def test_a_size_is_told_for_a_side_of_96() -> None:
    assert [pixels_left(*given) for given in ((96, 12), (48, 12), (224, 12), (96, 0.1))] == [12, 6, 28, 1]
