"""The validation faces as every classifier gets them: cut to one side, read from one list.

Needs numpy and Pillow only, since it also runs in environments that have nothing else of the project (but for
``--padded``, which asks the project's detector). As a script it packs the faces for programs that read no photos:
``python faces.py --side 1.0 --size 112 --to FILE`` writes the pixels, uint8 (N, size, size, 3), to FILE and the rows
``path,label`` to FILE.csv.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CLASSES = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
SCENE_MARGIN = 1.35  # a crop box's side over the side of the detector's tight square
FACE_MARGINS = {"effectnet": 1.0, "fer2013": 1.0, "portraits": 1.35}  # the same for faces that come alone
DATA = Path(__file__).resolve().parent.parent.parent / "data"


@dataclass(frozen=True)
class Face:
    """One labelled face: ``square_xyxy`` is the detector's tight square in pixels of the photo at ``path``."""

    path: Path
    label: str
    square_xyxy: tuple[float, float, float, float] | None  # None: margin times the square fills the picture

    @property
    def source(self) -> str:
        return self.path.name.partition("_")[0]

    def cut(self, side: float) -> Image.Image:
        """Return the RGB square of ``side`` times the tight one; what lies beyond the picture repeats its edge.

        A face that comes alone is never widened: at most the whole picture is returned.
        """
        with Image.open(self.path) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        height, width = pixels.shape[:2]
        if self.square_xyxy is None:
            margin = FACE_MARGINS[self.source]
            centre, half = (width / 2, height / 2), min(width, height) / 2 * min(1.0, side / margin)
        else:
            x1, y1, x2, y2 = self.square_xyxy
            centre, half = ((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1) / 2 * side
        rows, columns = (np.arange(round(c - half), round(c + half)) for c in reversed(centre))
        return Image.fromarray(pixels[np.ix_(rows.clip(0, height - 1), columns.clip(0, width - 1))])

    def padded(self) -> Image.Image:
        """Return the detector's rectangle in the middle of a black square; :meth:`cut` where it finds no face there."""
        found = None if self.square_xyxy is None else _rectangle(self.path, self.square_xyxy)
        if found is None:
            return self.cut(1.0)
        with Image.open(self.path) as picture:
            rectangle = picture.convert("RGB").crop(found)
        side = max(rectangle.size)
        square = Image.new("RGB", (side, side))
        square.paste(rectangle, ((side - rectangle.width) // 2, (side - rectangle.height) // 2))
        return square


def _rectangle(path: Path, square_xyxy: tuple[float, float, float, float]) -> tuple[float, float, float, float] | None:
    from glamor.faces import default_detector
    from glamor.photo import load_photo

    x1, y1, x2, y2 = square_xyxy
    inside = [
        face.box_xyxy
        for face in default_detector()(load_photo(path))
        if x1 < sum(face.box_xyxy[::2]) / 2 < x2 and y1 < sum(face.box_xyxy[1::2]) / 2 < y2
    ]
    return max(inside, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def list_faces(data: Path, only: str | None = None) -> Iterator[Face]:
    """Yield all validation faces and the main face of all validation scenes, or one kind only (faces, scenes)."""
    for label in CLASSES if only != "scenes" else ():
        for path in sorted((data / "faces" / "val" / label).iterdir()):
            yield Face(path, label, None)
    for label in CLASSES if only != "faces" else ():
        for path in sorted((data / "scenes" / "images" / "val" / label).iterdir()):
            yield Face(path, label, _tight_square(data / "scenes" / "crop" / "val" / label / f"{path.stem}.txt"))


def _tight_square(crop: Path) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(number) for number in crop.read_text().split(","))
    x, y, half = (x1 + x2) / 2, (y1 + y2) / 2, ((x2 - x1) + (y2 - y1)) / 4 / SCENE_MARGIN
    return x - half, y - half, x + half, y + half


def write_rows(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a CSV file, its folder too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def main() -> None:
    """Pack all faces into one file of pixels and one of labels."""
    parser = argparse.ArgumentParser(description="Pack the validation faces into one file of pixels.")
    parser.add_argument("--side", type=float, required=True, help="of the square, over the side of the tight one")
    parser.add_argument("--size", type=int, required=True, help="of the packed faces, in pixels")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--only", choices=("faces", "scenes"), help="leave the others out")
    parser.add_argument("--padded", action="store_true", help="the detector's rectangles, padded to squares")
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()

    faces, size = list(list_faces(arguments.data, arguments.only)), (arguments.size, arguments.size)
    cut: list[NDArray[np.uint8]] = [
        np.asarray(
            (face.padded() if arguments.padded else face.cut(arguments.side)).resize(size, Image.Resampling.BILINEAR)
        )
        for face in faces
    ]
    write_rows(arguments.to.with_name(arguments.to.name + ".csv"), ["path", "label"], path_rows(faces, arguments.data))
    arguments.to.write_bytes(np.stack(cut).tobytes())


def path_rows(faces: list[Face], data: Path) -> list[list[str]]:
    """Return each face's path below ``data`` and its label."""
    return [[face.path.relative_to(data).as_posix(), face.label] for face in faces]


if __name__ == "__main__":
    main()
