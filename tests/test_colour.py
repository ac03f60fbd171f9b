"""Colours are those that a browser shows."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data as pictures

from glamor.photo import load_photo

FOLDER = Path(__file__).parent / "pictures"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def portrait() -> Image.Image:
    return Image.fromarray(pictures.astronaut()).crop((120, 60, 184, 108))


def profile(name: str) -> bytes:
    with Image.open(FOLDER / f"icc_{name}.png") as image:
        return image.info["icc_profile"]


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


# skimage's astronaut (public domain) in other colour spaces with their profiles: browsers show them alike.
@pytest.mark.parametrize("name", ["p3", "adobe", "prophoto", "swapped"])
def test_the_portrait_in_another_colour_space_is_the_portrait(name: str) -> None:
    stored = np.asarray(Image.open(FOLDER / f"icc_{name}.png")).astype(int)
    expected = np.asarray(portrait())
    assert abs(stored - expected).mean() > 2
    for source in (FOLDER / f"icc_{name}.png", Image.open(FOLDER / f"icc_{name}.png")):
        assert abs(load_photo(source).astype(int) - expected).mean() < 0.5


@pytest.mark.parametrize("mode", ["P", "RGBA", "L", "LA", "1", "CMYK"])
def test_a_profile_of_swapped_colours_in_every_kind_of_picture(mode: str) -> None:
    image = Image.new("RGB", (20, 20), (200, 20, 20)).convert(mode)
    plain = load_photo(encoded(image, "TIFF"))[0, 0]
    followed = load_photo(encoded(image, "TIFF", icc_profile=profile("swapped")))[0, 0]
    red_is_blue = mode in ("P", "RGBA")  # greys stay greys, and no RGB profile describes inks
    assert (
        abs(followed.astype(int) - (plain[::-1] if red_is_blue else plain)).max() <= 10
    )  # its curve is not quite sRGB's


def test_transparent_parts_are_laid_on_white_whatever_the_profile() -> None:
    image = Image.new("RGBA", (20, 20), (200, 20, 20, 0))
    assert (load_photo(encoded(image, icc_profile=profile("swapped"))) == 255).all()


def test_a_turned_picture_keeps_its_profile() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(FOLDER / "icc_p3.png") as image:
        photo = load_photo(encoded(image, exif=exif, icc_profile=profile("p3")))
    assert abs(photo.astype(int) - np.rot90(np.asarray(portrait()), -1)).mean() < 0.5


@pytest.mark.parametrize(
    "broken",
    [b"\0", b"no profile" * 50, SRGB[:200], SRGB[:128] + bytes(len(SRGB)), b"\xff" * 3000, SRGB],
    ids=["byte", "words", "cut off", "without tables", "noise", "sRGB"],
)
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_broken_profile_and_that_of_srgb_change_nothing(broken: bytes, format: str) -> None:
    options = {"lossless": True} if format == "WEBP" else {}
    plain = load_photo(encoded(portrait(), format, **options))
    np.testing.assert_array_equal(load_photo(encoded(portrait(), format, icc_profile=broken, **options)), plain)


def test_a_profile_of_another_kind_of_picture_is_ignored() -> None:
    linear = bytearray(profile("p3"))
    assert linear[16:20] == b"RGB "
    linear[16:20] = b"CMYK"  # of another kind than the picture, so ignored
    image = portrait()
    np.testing.assert_array_equal(load_photo(encoded(image, icc_profile=bytes(linear))), np.asarray(image))


def test_lab_is_read() -> None:
    lab = ImageCms.profileToProfile(portrait(), SRGB_PROFILE, LAB_PROFILE, outputMode="LAB")
    assert abs(load_photo(encoded(lab, "TIFF")).astype(int) - np.asarray(portrait())).mean() < 2


SRGB_PROFILE, LAB_PROFILE = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
