"""Keep what a checkpoint has learned from beside it, so that it can say which faces and scenes are unlike that.

$ python scripts/remember.py checkpoints/glamor-net data/scenes data/everyday --faces data/faces
"""

from __future__ import annotations

import argparse
from pathlib import Path

from glamor.familiar import FAMILIAR_FILE
from glamor.training.remember import remember


def main() -> None:
    """Write the checkpoint's neighbours.safetensors and print what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("scenes", type=Path, nargs="+")
    parser.add_argument("--faces", type=Path)
    given = parser.parse_args()
    kept = remember(given.checkpoint, given.scenes, given.faces)
    size = (given.checkpoint / FAMILIAR_FILE).stat().st_size
    print(f"{len(kept.faces.labels)} faces, {len(kept.scenes.labels)} scenes, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
