"""Preprocessing equals the reference's, leads back to the photo, and refuses impossible boxes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from glamor.config import ModelConfig
from glamor.errors import FaceError
from glamor.prepare import Geometry, prepare, resize, square_box

GOLDEN = np.load(Path(__file__).parent / "golden" / "preprocess_golden.npz")
PLAIN = ModelConfig(jpeg_round_trip=False)


def gradient(height: int, width: int) -> np.ndarray:
    """A photo that tells its own coordinates: red grows with x, green with y, none is black."""
    photo = np.full((height, width, 3), 200, np.uint8)
    photo[:, :, 0] = np.linspace(20, 250, width).astype(np.uint8)
    photo[:, :, 1] = np.linspace(20, 250, height).astype(np.uint8)[:, None]
    return photo


@pytest.mark.parametrize(("jpeg", "tolerance"), [(True, 0.005), (False, 0.010)])
@pytest.mark.parametrize("case", range(6))
def test_equals_the_reference(case: int, jpeg: bool, tolerance: float) -> None:
    box = tuple(GOLDEN[f"box{case}"].tolist())
    prepared = prepare(GOLDEN[f"photo{case}"], box, ModelConfig(jpeg_round_trip=jpeg))
    for mine, name, allowed in ((prepared.face, "face", 1e-5), (prepared.context, "context", tolerance)):
        golden = GOLDEN[f"{name}{case}"].transpose(2, 0, 1) / 65535
        assert mine.shape == golden.shape
        assert np.abs(mine.numpy() - golden).mean() < allowed


@pytest.mark.parametrize(("size", "new"), [((96, 96), (96, 96)), ((480, 640), (128, 171)), ((7, 1001), (33, 5))])
def test_resize_equals_torchs_bilinear_interpolation(size: tuple[int, int], new: tuple[int, int]) -> None:
    photo = np.random.default_rng(3).integers(0, 256, (*size, 3), dtype=np.uint8)
    pixels = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 255
    expected = torch.nn.functional.interpolate(pixels, new, mode="bilinear", align_corners=False, antialias=False)
    torch.testing.assert_close(resize(photo, new), expected[0], atol=1e-4, rtol=0)


def test_inputs_are_float32_in_0_to_1_of_the_configured_sizes() -> None:
    config = replace(PLAIN, face_size=64, context_size=224, context_resize_hw=(256, 342))
    prepared = prepare(np.full((100, 200, 3), 255, np.uint8), (10, 10, 50, 50), config)
    assert prepared.face.shape == (3, 64, 64)
    assert prepared.context.shape == (3, 224, 224)
    for tensor in (prepared.face, prepared.context):
        assert tensor.dtype == torch.float32
        assert tensor.is_contiguous()
        assert tensor.min() >= 0
        assert tensor.max() == 1


def test_context_region_is_what_the_context_input_shows() -> None:
    height, width = 300, 500
    photo = gradient(height, width)
    prepared = prepare(photo, (0, 0, 0, 0), PLAIN)
    x1, y1, x2, y2 = prepared.geometry.context_region_xyxy
    assert (y1 / height, y2 / height) == pytest.approx((8 / 128, 120 / 128))
    assert (x1 / width, x2 / width) == pytest.approx((29 / 171, 141 / 171))
    for row, column in ((0, 0), (50, 20), (111, 111)):
        x, y = x1 + (column + 0.5) / 112 * (x2 - x1), y1 + (row + 0.5) / 112 * (y2 - y1)
        seen = prepared.context[:, row, column] * 255
        assert seen[0] == pytest.approx(float(photo[0, int(x), 0]), abs=1.5)
        assert seen[1] == pytest.approx(float(photo[int(y), 0, 1]), abs=1.5)


def test_face_mask_in_context_is_black() -> None:
    prepared = prepare(gradient(300, 500), (200, 100, 300, 220), PLAIN)
    x1, y1, x2, y2 = prepared.geometry.face_mask_in_context(112)
    black = (prepared.context == 0).all(dim=0)
    rows, columns = torch.arange(112) + 0.5, torch.arange(112) + 0.5
    inside = torch.outer((rows > y1 + 1) & (rows < y2 - 1), (columns > x1 + 1) & (columns < x2 - 1))
    outside = ~torch.outer((rows > y1 - 1) & (rows < y2 + 1), (columns > x1 - 1) & (columns < x2 + 1))
    assert black[inside].all()
    assert not black[outside].any()
    assert inside.sum() > 500


def test_face_mask_of_a_face_that_the_context_does_not_show() -> None:
    geometry = Geometry((128, 171), (0, 0, 20, 20), (29.0, 8.0, 141.0, 120.0))
    assert geometry.face_mask_in_context(112) == (0, 0, 0, 0)
    over_the_edge = replace(geometry, face_box_xyxy=(19, 0, 49, 28))
    assert over_the_edge.face_mask_in_context(112) == (0, 0, 20, 20)
    assert over_the_edge.face_mask_in_context(224) == (0, 0, 40, 40)
    for beside in ((40, 0, 60, 8), (0, 20, 29, 40)):  # touches the edge of what is shown, from above and from the left
        assert replace(geometry, face_box_xyxy=beside).face_mask_in_context(112) == (0, 0, 0, 0)


def test_geometry_gives_rows_before_columns() -> None:
    assert prepare(gradient(300, 500), (10, 20, 100, 120), PLAIN).geometry.photo_hw == (300, 500)


def test_face_is_the_box_and_nothing_else() -> None:
    photo = gradient(300, 500)
    photo[40:140, 60:160] = 7
    exact, wider = (prepare(photo, (x1, 40, 160, 140), PLAIN).face * 255 for x1 in (60, 59))
    assert torch.allclose(exact, torch.tensor(7.0), atol=1e-4)
    assert not torch.allclose(wider, torch.tensor(7.0), atol=1e-4)


def test_a_box_over_the_edge_is_clipped() -> None:
    photo = gradient(300, 500)
    inside, over = prepare(photo, (400, 200, 500, 300), PLAIN), prepare(photo, (400, 200, 700.2, 1e300), PLAIN)
    assert over.geometry == inside.geometry
    torch.testing.assert_close(over.face, inside.face, atol=0, rtol=0)
    torch.testing.assert_close(over.context, inside.context, atol=0, rtol=0)


def test_a_fraction_of_a_pixel_is_rounded() -> None:
    box = prepare(gradient(300, 500), (10.4, 20.6, 99.6, 120.4), PLAIN).geometry.face_box_xyxy
    assert box == (10, 21, 100, 120)


def test_all_zero_box_is_no_face() -> None:
    photo = gradient(300, 500)
    prepared = prepare(photo, (0, 0, 0, 0), PLAIN)
    assert not prepared.face.any()
    assert prepared.face.dtype == torch.float32
    assert prepared.context.min() > 0
    assert prepared.geometry.face_box_xyxy == (0, 0, 0, 0)
    assert prepared.geometry.face_mask_in_context(112) == (0, 0, 0, 0)


@pytest.mark.parametrize("jpeg", [True, False])
def test_the_photo_is_not_changed_and_may_be_read_only(jpeg: bool) -> None:
    photo = gradient(300, 500)
    before = photo.copy()
    photo.flags.writeable = False
    prepare(photo, (60, 40, 160, 140), ModelConfig(jpeg_round_trip=jpeg))
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ((float("nan"), 0, 10, 10), "finite"),
        ((0, 0, float("inf"), 10), "finite"),
        ((100, 10, 50, 60), r"\(100, 10, 50, 60\) has its corners swapped"),
        ((10, 60, 50, 10), "corners swapped"),
        ((10, 10, 10, 60), "no area"),
        ((600, 10, 700, 60), "covers no pixel of the 500 x 300 photo"),
        ((-50, -50, -1, -1), "covers no pixel"),
        ((10.1, 10, 10.3, 60), "covers no pixel"),
        ((10, 10.1, 60, 10.3), "covers no pixel"),
        ((1, 2, 3), "four numbers"),
        ((1, 2, 3, 4, 5), "four numbers"),
        ((1, 2, "three", 4), "four numbers"),
        (None, "four numbers"),
    ],
)
def test_unusable_boxes(box: object, said: str) -> None:
    with pytest.raises(FaceError, match=said) as error:
        prepare(gradient(300, 500), box, PLAIN)  # type: ignore[arg-type]
    assert str(error.value).endswith(".")


def test_square_box() -> None:
    assert square_box((10, 20, 50, 120), 1.0) == pytest.approx((-1.6228, 38.3772, 61.6228, 101.6228), abs=1e-4)
    assert square_box((0, 0, 40, 40), 0.5) == (10, 10, 30, 30)
    x1, y1, x2, y2 = square_box((3, 5, 19, 14), 1.35)  # sqrt(16 * 9) = 12
    assert (x2 - x1, y2 - y1) == pytest.approx((16.2, 16.2))
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((11, 9.5))


@pytest.mark.parametrize("box", [(float("nan"), 0, 1, 1), (5, 0, 1, 1), (0, 5, 9, 5), None])
def test_square_box_refuses_what_has_no_area(box: object) -> None:
    with pytest.raises(FaceError):
        square_box(box, 1.0)  # type: ignore[arg-type]
