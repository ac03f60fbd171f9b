"""Every kind of file that a person may bring, and every kind that must be refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glamor import photo as module
from glamor.errors import PhotoError
from glamor.photo import MAX_BYTES, MAX_PIXELS, MAX_SIDE, load_photo, register_heif

register_heif()  # here also to write it
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
LOSSLESS = ("PNG", "BMP", "TIFF", "WEBP", "GIF")


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red left top, green right top, blue left bottom, white right bottom."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def lossless(image: Image.Image, format: str) -> bytes:
    return encoded(image, format, lossless=True) if format == "WEBP" else encoded(image, format)


def png_claiming(width: int, height: int) -> bytes:
    """A well-formed PNG whose header promises a size, with next to no pixels in it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def corners(photo: np.ndarray) -> list[tuple[int, ...]]:
    """The colours well inside the four quarters: left top, right top, left bottom, right bottom."""
    height, width = photo.shape[:2]
    return [tuple(map(int, photo[y, x])) for y in (height // 8, -height // 8) for x in (width // 8, -width // 8)]


def one_sentence(error: pytest.ExceptionInfo[PhotoError]) -> bool:
    message = str(error.value)
    return message.endswith(".") and "\n" not in message and len(message) < 250


@pytest.mark.parametrize("format", LOSSLESS)
def test_lossless_formats_give_their_pixels_back(format: str) -> None:
    photo = load_photo(lossless(quarters(), format))
    assert photo.dtype == np.uint8
    np.testing.assert_array_equal(photo, np.asarray(quarters()))


def test_jpeg_gives_nearly_its_pixels_back() -> None:
    photo = load_photo(encoded(quarters(), "JPEG", quality=95, subsampling=0))
    np.testing.assert_allclose(photo, np.asarray(quarters()), atol=12)


def test_jpeg_with_a_second_picture_inside_as_phones_write_it() -> None:
    data = encoded(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48))], quality=95)
    np.testing.assert_allclose(corners(load_photo(data)), [RED, GREEN, BLUE, WHITE], atol=4)


def test_path_string_bytes_image_and_array_are_the_same_photo(tmp_path: Path) -> None:
    path = tmp_path / "photo with spaces.png"
    path.write_bytes(lossless(quarters(), "PNG"))
    expected = np.asarray(quarters())
    for source in (path, str(path), path.read_bytes(), quarters(), expected):
        np.testing.assert_array_equal(load_photo(source), expected)


def test_result_can_be_written_to_even_if_the_array_could_not() -> None:
    frozen = np.asarray(quarters())
    assert not frozen.flags.writeable
    photo = load_photo(frozen)
    photo[:] = 0
    assert frozen.any()


def test_a_mirrored_view_becomes_contiguous() -> None:
    photo = load_photo(np.array(quarters())[:, ::-1])
    assert photo.flags.c_contiguous
    assert corners(photo) == [GREEN, RED, WHITE, BLUE]


# The orientation is how the camera was held (EXIF 2.3, tag 0x0112): what the stored row 0 and column 0 are.
UPRIGHT = {
    1: [RED, GREEN, BLUE, WHITE],  # row 0 is the top, column 0 the left
    2: [GREEN, RED, WHITE, BLUE],  # top, right
    3: [WHITE, BLUE, GREEN, RED],  # bottom, right
    4: [BLUE, WHITE, RED, GREEN],  # bottom, left
    5: [RED, BLUE, GREEN, WHITE],  # left, top
    6: [BLUE, RED, WHITE, GREEN],  # right, top
    7: [WHITE, GREEN, BLUE, RED],  # right, bottom
    8: [GREEN, WHITE, RED, BLUE],  # left, bottom
}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize(("orientation", "seen"), UPRIGHT.items())
def test_exif_rotation(format: str, orientation: int, seen: list[tuple[int, int, int]]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = load_photo(encoded(quarters(), format, exif=exif.tobytes(), quality=95))
    assert photo.shape == ((48, 64, 3) if orientation < 5 else (64, 48, 3))
    np.testing.assert_allclose(corners(photo), seen, atol=6)


def test_a_garbled_exif_block_does_not_spoil_the_photo() -> None:
    photo = load_photo(encoded(quarters(), "JPEG", exif=b"Exif\0\0garbage", quality=95))
    np.testing.assert_allclose(corners(photo), [RED, GREEN, BLUE, WHITE], atol=4)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
def test_transparency_is_laid_on_white(format: str) -> None:
    image = Image.new("RGBA", (32, 32), (255, 0, 0, 51))  # a fifth of red: 255 - 255 / 5 = 204 of green and blue
    image.paste((0, 0, 255, 0), (16, 0, 32, 32))
    photo = load_photo(lossless(image, format))
    assert tuple(photo[0, 0]) == (255, 204, 204)
    assert tuple(photo[0, 31]) == WHITE


def test_grey_with_transparency_is_laid_on_white() -> None:
    photo = load_photo(lossless(Image.new("LA", (16, 16), (0, 51)), "PNG"))
    assert tuple(photo[0, 0]) == (204, 204, 204)


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_a_transparent_palette_colour_is_white(format: str) -> None:
    image = quarters().quantize(4)
    data = encoded(image, format, transparency=image.getpixel((0, 0)))
    assert corners(load_photo(data)) == [WHITE, GREEN, BLUE, WHITE]


def test_palette() -> None:
    assert corners(load_photo(lossless(quarters().quantize(4), "PNG"))) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_16_bit_grey_keeps_its_upper_8_bits(format: str) -> None:
    levels = np.repeat(np.array([0, 255, 256, 0x8000, 0xFFFF], dtype=np.uint16), 4)
    image = Image.fromarray(np.tile(levels, (16, 1)))
    photo = load_photo(lossless(image, format))
    assert photo[0, ::4, 0].tolist() == [0, 0, 1, 128, 255]
    assert (photo == photo[:, :, :1]).all()


def test_black_and_white_and_grey() -> None:
    for image in (quarters().convert("1", dither=Image.Dither.NONE), Image.new("L", (16, 16), 77)):
        photo = load_photo(lossless(image, "PNG"))
        assert photo.shape[2] == 3
        np.testing.assert_array_equal(photo, np.asarray(image.convert("RGB")))


def test_cmyk() -> None:
    image = Image.new("CMYK", (32, 32), (0, 255, 255, 0))  # magenta and yellow ink without cyan: red
    np.testing.assert_allclose(load_photo(encoded(image, "JPEG", quality=95))[16, 16], RED, atol=3)
    np.testing.assert_array_equal(load_photo(encoded(image, "TIFF"))[16, 16], RED)


@pytest.mark.parametrize(("format", "options"), [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {}), ("TIFF", {})])
def test_first_frame_of_an_animation(format: str, options: dict[str, bool]) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in (GREEN, RED, BLUE)]
    data = encoded(frames[0], format, save_all=True, append_images=frames[1:], **options)
    assert (load_photo(data) == GREEN).all()


def test_exif_of_the_callers_image_is_left_alone() -> None:
    image = Image.open(io.BytesIO(encoded(quarters(), "JPEG", exif=_exif(orientation=6))))
    assert load_photo(image).shape == (64, 48, 3)
    assert image.size == (64, 48)
    assert image.getexif()[0x0112] == 6


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"these are words, not pixels\n" * 40, "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF"),
        (b"%PDF-1.7\n" + bytes(2000), "convert it to JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n%%EndComments\n", "convert it to JPEG"),
        (encoded(quarters(), "ICO"), "convert it to JPEG"),
        (encoded(quarters(), "PPM"), "convert it to JPEG"),
        (encoded(quarters(1, 1), "PNG"), "1 x 1 pixels"),
        (encoded(quarters(15, 500), "PNG"), "15 x 500 pixels"),
        (bytes(MAX_BYTES + 1), "larger than 64 MiB"),
    ],
    ids=["empty", "text", "pdf", "eps", "ico", "ppm", "1x1", "narrow", "heavy"],
)
def test_refused_files(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "renamed.jpg"
    path.write_bytes(data)
    for source in (data, path):
        with pytest.raises(PhotoError, match=said) as error:
            load_photo(source)
        assert one_sentence(error)


@pytest.mark.parametrize("side", [8_000, 11_000, 30_000], ids="{}".format)
def test_huge_photos_are_refused_before_they_are_decoded(side: int) -> None:
    # Pillow is silent about the first, warns about the second and raises for the third. None has pixels:
    # had they been decoded, the sentence would be that the photo is cut off.
    with pytest.raises(PhotoError, match="at most 50 megapixels") as error:
        load_photo(png_claiming(side, side))
    assert one_sentence(error)


def test_sizes_at_the_limit() -> None:
    assert load_photo(encoded(Image.new("L", (16, 16)), "PNG")).shape == (16, 16, 3)
    assert load_photo(encoded(Image.new("1", (MAX_SIDE, 16)), "PNG")).shape == (16, MAX_SIDE, 3)
    with pytest.raises(PhotoError, match="65501 x 16"):
        load_photo(encoded(Image.new("1", (MAX_SIDE + 1, 16)), "PNG"))
    with pytest.raises(PhotoError, match="5000 x 10001"):
        load_photo(png_claiming(5000, MAX_PIXELS // 5000 + 1))


@pytest.mark.parametrize("format", ["JPEG", *LOSSLESS, "AVIF", "HEIF"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.7])
def test_cut_off_files(format: str, kept: float, astronaut: np.ndarray) -> None:
    data = lossless(Image.fromarray(astronaut), format)
    with pytest.raises(PhotoError) as error:
        load_photo(data[: int(len(data) * kept)])
    assert one_sentence(error)


@pytest.mark.parametrize("format", ["JPEG", *LOSSLESS, "AVIF", "HEIF"])
def test_damaged_bytes_give_a_photo_or_a_photo_error(format: str) -> None:
    rng = np.random.default_rng(5)
    data = np.frombuffer(lossless(quarters(), format), dtype=np.uint8)
    for _ in range(150):
        damaged = data.copy()
        damaged[rng.integers(0, len(data), size=4)] = rng.integers(0, 256, size=4)
        try:
            photo = load_photo(damaged.tobytes())
        except PhotoError:
            continue
        assert photo.ndim == 3
        assert photo.shape[2] == 3


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.jpg", "nul\0inside.jpg", ""):
        with pytest.raises(PhotoError, match="There is no file") as error:
            load_photo(path)
        assert one_sentence(error)


def test_a_path_that_the_system_refuses_to_open() -> None:
    with pytest.raises(PhotoError, match="cannot be read"):
        load_photo("a" * 5000)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((32, 32), np.uint8), r"\(32, 32\)"),
        (np.zeros((32, 32, 4), np.uint8), r"\(32, 32, 4\)"),
        (np.zeros((3, 32, 32), np.uint8), r"\(3, 32, 32\)"),
        (np.zeros((32, 32, 3), np.float32), "float32"),
        (np.zeros((0, 32, 3), np.uint8), "32 x 0"),
        (np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (8000, 8000, 3)), "8000 x 8000"),
    ],
    ids=["grey", "rgba", "channels first", "float", "empty", "huge"],
)
def test_refused_arrays(array: np.ndarray, said: str) -> None:
    with pytest.raises(PhotoError, match=said) as error:
        load_photo(array)
    assert one_sentence(error)


@pytest.mark.parametrize("thing", [None, 7, ["photo.jpg"], io.BytesIO(b"")], ids=["none", "int", "list", "file"])
def test_refused_types(thing: object) -> None:
    with pytest.raises(PhotoError, match="pass a path, bytes, a PIL image or an array"):
        load_photo(thing)  # type: ignore[arg-type]


def test_exactly_as_much_as_is_accepted_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PhotoError, match="cut off"):  # fifty megapixels to the last one: only its pixels are missing
        load_photo(png_claiming(5000, MAX_PIXELS // 5000))
    data = encoded(quarters(), "PNG")
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    for most, said in ((len(data), ""), (len(data) - 1, "larger than")):
        monkeypatch.setattr(module, "MAX_BYTES", most)
        for source in (data, path):
            if said:
                with pytest.raises(PhotoError, match=said):
                    load_photo(source)
            else:
                assert load_photo(source).shape == (48, 64, 3)


def test_an_array_that_is_a_photo_already_is_not_copied() -> None:
    photo = np.zeros((20, 30, 3), np.uint8)
    assert load_photo(photo) is photo
    assert load_photo(np.zeros((16, 30, 3), np.uint8)).shape == (16, 30, 3)
    for height, width in ((15, 30), (30, 15)):
        with pytest.raises(PhotoError, match=f"{width} x {height} pixels"):
            load_photo(np.zeros((height, width, 3), np.uint8))


def test_16_bit_grey_in_memory_keeps_its_upper_8_bits() -> None:
    levels = np.tile(np.array([0, 0x7FFF, 0xFFFF], np.uint16).repeat(6), (16, 1))
    assert load_photo(Image.fromarray(levels))[0, ::6].tolist() == [[0] * 3, [127] * 3, [255] * 3]


def test_values_in_memory_of_which_nobody_says_how_bright_they_are_are_refused() -> None:
    for mode in ("F", "I"):
        with pytest.raises(PhotoError, match="32 bits"):
            load_photo(Image.new(mode, (32, 32)))


def test_of_a_file_that_is_too_large_no_more_is_read_than_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    path = tmp_path / "photo.jpg"
    with path.open("wb") as file:
        file.truncate(64 * 2**20)
    tracemalloc.start()
    try:
        with pytest.raises(PhotoError, match="larger than"):
            load_photo(path)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
