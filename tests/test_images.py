"""Pictures turned, shrunk and encoded, against what Pillow and the standard library say."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from glamor.images import chw_to_hwc, data_uri, encode_jpeg, shrink


def test_channels_come_last_and_gradients_stay_behind() -> None:
    image = torch.arange(24, dtype=torch.float32).reshape(3, 2, 4).requires_grad_()
    pixels = chw_to_hwc(image)
    assert pixels.shape == (2, 4, 3)
    assert pixels.dtype == np.float32
    assert pixels[1, 2].tolist() == image[:, 1, 2].tolist()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_is_enlarged_and_nothing_copied(scale: float, astronaut: np.ndarray) -> None:
    assert shrink(astronaut, scale) is astronaut


@pytest.mark.parametrize(("scale", "height", "width"), [(0.5, 50, 100), (0.333, 33, 67), (0.001, 1, 1)])
def test_both_sides_are_rounded_and_neither_vanishes(scale: float, height: int, width: int) -> None:
    assert shrink(np.zeros((100, 200, 3), np.uint8), scale).shape == (height, width, 3)


def test_a_smaller_copy_is_what_pillow_makes(astronaut: np.ndarray) -> None:
    image, size = Image.fromarray(astronaut), (128, 128)
    smooth = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    np.testing.assert_array_equal(shrink(astronaut, 0.25), smooth)
    plain = image.resize(size, Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(shrink(astronaut, 0.25, Image.Resampling.BILINEAR, reducing_gap=None), plain)


@pytest.mark.parametrize("options", [{"quality": 80}, {"quality": 95, "subsampling": 0}])
def test_a_jpeg_is_what_pillow_writes(options: dict[str, int], astronaut: np.ndarray) -> None:
    file = io.BytesIO()
    Image.fromarray(astronaut).save(file, "JPEG", **options)
    assert encode_jpeg(astronaut, **options) == file.getvalue()


def test_an_address_holds_the_file_and_its_kind() -> None:
    assert data_uri(b"\x89PNG").startswith("data:image/png;base64,")
    kind, _, data = data_uri(b"picture", "image/jpeg").partition(";base64,")
    assert (kind, base64.b64decode(data)) == ("data:image/jpeg", b"picture")
