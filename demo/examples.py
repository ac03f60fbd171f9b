"""Photos to try, each of which shows something else: free of copyright, and nothing is downloaded."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from matplotlib import get_data_path

from demo.words import EXAMPLE_NAMES


class Example(NamedTuple):
    """A photo to try.

    Attributes:
        name: that a visitor reads.
        path: of its file.
        looks: the label that a person would give.
    """

    name: str
    path: Path
    looks: str


def examples() -> tuple[Example, ...]:
    """Return the examples; the page opens with the first, in which by the embedded weights the scene decides.

    It is cut from a photo by Lav Varshney (CC0) that scikit-image carries; the others are the US Navy's portrait of
    Grace Hopper, inside matplotlib, and NASA's of Eileen Collins, inside scikit-image.
    """
    paths = (
        Path(__file__).with_name("photographer.png"),
        Path(get_data_path()) / "sample_data" / "grace_hopper.jpg",
        Path(str(files("skimage"))) / "data" / "astronaut.png",
    )
    return tuple(map(Example, EXAMPLE_NAMES, paths, ("Neutral", "Neutral", "Happy")))


def example_photos() -> tuple[Path, ...]:
    """Return the files of the examples."""
    return tuple(example.path for example in examples())
