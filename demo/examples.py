"""Two photos in the public domain that come inside installed packages: nothing is downloaded."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from matplotlib import get_data_path


def example_photos() -> tuple[Path, Path]:
    """Return NASA's portrait of Eileen Collins and the US Navy's of Grace Hopper."""
    astronaut = Path(str(files("skimage"))) / "data" / "astronaut.png"
    admiral = Path(get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return astronaut, admiral
