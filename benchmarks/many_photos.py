"""A folder of many photos, some broken in every way there is: ``python benchmarks/many_photos.py DIR [--photos 2000]``.

The photos are NASA's portrait of Eileen Collins and the US Navy's of Grace Hopper (both in the public domain) at many
sizes, cuts and brightnesses, alone or side by side, and generated pictures without a face.
"""

from __future__ import annotations

import argparse
import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import skimage.data
from matplotlib.cbook import get_sample_data
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
FORMATS = (("jpg", "JPEG"), ("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP"), ("bmp", "BMP"), ("tif", "TIFF"))
BROKEN_SHARE = 0.05


def main() -> None:
    """Write the folder and say what is in it."""
    parser = argparse.ArgumentParser(description="Write a folder of photos, one in twenty of them broken.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--broken", type=float, default=BROKEN_SHARE, metavar="SHARE")
    arguments = parser.parse_args()
    broken = make_folder(arguments.folder, arguments.photos, round(arguments.broken * arguments.photos))
    print(f"{arguments.photos} files in {arguments.folder}, {len(broken)} of them broken")


def make_folder(folder: Path, count: int, broken: int, longest: int = 1280) -> list[Path]:
    """Write ``count`` files in folders of 100; ``broken`` of them, spread evenly, are broken.

    Args:
        folder: made if it is not there.
        count: how many files.
        broken: how many of them; from ``len(WAYS_TO_BREAK)`` on, every way is there.
        longest: side of the largest photos, pixels.

    Returns:
        The paths of the broken ones.
    """
    rng = np.random.default_rng(7)
    portraits = load_portraits()
    places = set(np.linspace(0, count - 1, broken).round().astype(int).tolist()) if broken else set()
    ways = list(WAYS_TO_BREAK.items())
    paths: list[Path] = []
    for n in range(count):
        home = folder / f"album {n // 100:03d}"
        home.mkdir(parents=True, exist_ok=True)
        if n in places:
            name, break_it = ways[len(paths) % len(ways)]
            paths.append(home / f"{n:05d}-{name}")
            break_it(paths[-1])
        else:
            ending, kind = FORMATS[n % len(FORMATS)]
            picture = make_photo(portraits, n, rng, longest)
            Image.fromarray(picture).save(home / f"{n:05d}.{ending}", kind)
    return paths


def load_portraits() -> tuple[Pixels, Pixels]:
    """Return both portraits, RGB."""
    with Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        return skimage.data.astronaut(), np.asarray(image.convert("RGB"))


def make_photo(portraits: tuple[Pixels, Pixels], n: int, rng: np.random.Generator, longest: int) -> Pixels:
    """Return photo number ``n``: one portrait, both, or (one in ten) nobody."""
    side = int(rng.integers(longest // 3, longest + 1))
    if n % 10 == 9:
        small = rng.integers(60, 200, (6, 8, 3), dtype=np.uint8)
        return np.asarray(Image.fromarray(small).resize((side, side * 3 // 4), Image.Resampling.BICUBIC))
    both = np.hstack([portraits[0][:512], portraits[1][:512]])
    picture = both if n % 10 == 5 else portraits[n % 2]
    dy, dx = (int(rng.integers(0, 30)) for _ in range(2))
    picture = picture[dy:, dx:][:, :: 1 if rng.random() < 0.5 else -1]
    bright = np.clip(picture * rng.uniform(0.7, 1.2), 0, 255).astype(np.uint8)
    scale = side / max(bright.shape[:2])
    size = round(bright.shape[1] * scale), round(bright.shape[0] * scale)
    return np.asarray(Image.fromarray(bright).resize(size, Image.Resampling.BICUBIC))


def _encoded(kind: str, mode: str = "RGB", side: int = 200) -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(buffer, kind)
    return buffer.getvalue()


def _png(width: int, height: int, data: bytes) -> bytes:
    """Return a PNG that says it has a size, whatever it holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    framed = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def _holding(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def _dead_link(path: Path) -> None:
    path.symlink_to("nowhere.jpg")


def _pipe(path: Path) -> None:
    os.mkfifo(path)  # whoever opens it waits for ever


JPEG, PNG, WEBP = _encoded("JPEG"), _encoded("PNG"), _encoded("WEBP")
WAYS_TO_BREAK: dict[str, Callable[[Path], None]] = {
    "empty.jpg": _holding(b""),
    "one-byte.png": _holding(b"\xff"),
    "text.jpg": _holding(b"Dear reader,\n" * 50),
    "page.jpg": _holding(b"<!doctype html><title>404</title>"),
    "zeros.jpg": _holding(bytes(5000)),
    "noise.jpeg": _holding(np.random.default_rng(2).bytes(5000)),
    "cut.jpg": _holding(JPEG[: len(JPEG) // 2]),
    "header-only.jpg": _holding(JPEG[:20]),
    "cut.png": _holding(PNG[: len(PNG) // 2]),
    "flipped-bytes.png": _holding(PNG[:60] + bytes(byte ^ 255 for byte in PNG[60:4000]) + PNG[4000:]),
    "cut.webp": _holding(WEBP[: len(WEBP) // 3]),
    "cut.gif": _holding(b"GIF89a"),
    "cut.bmp": _holding(_encoded("BMP")[:900]),
    "cut.tif": _holding(_encoded("TIFF")[:100]),
    "bomb.png": _holding(_png(60_000, 60_000, zlib.compress(bytes(60_000)))),
    "long-line.png": _holding(_png(70_000, 20, zlib.compress(bytes(100)))),
    "no-data.png": _holding(_png(300, 300, b"")),
    "tiny.png": _holding(_encoded("PNG", side=4)),
    "drawing.psd": _holding(b"8BPS\0\1" + bytes(200)),
    "vector.svg": _holding(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "phone.heic": _holding(b"\0\0\0\x18ftypheic" + bytes(200)),
    "cut.zip": _holding(b"PK\x03\x04" + bytes(300)),
    "archive.jpg": _holding(b"PK\x05\x06" + bytes(18)),
    "dead-link.jpg": _dead_link,
    "circle.jpg": _link_to_itself,
    "pipe.jpg": _pipe,
}


if __name__ == "__main__":
    main()
