"""Keep what a checkpoint has learned from beside it, so that it can say which faces and scenes are unlike that.

$ python -m scripts.remember checkpoints/glamor-net data/scenes data/everyday --faces data/faces
"""

from __future__ import annotations

import argparse
from pathlib import Path

from glamor.training.remember import remember


def main() -> None:
    """Write neighbours.safetensors and neighbours.json beside the weights and print what is found unlike."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("scenes", type=Path, nargs="+")
    parser.add_argument("--faces", type=Path, required=True)
    given = parser.parse_args()
    for row in remember(given.checkpoint, given.scenes, given.faces):
        scene = "" if row.scene is None else f"   scenes {row.scene:.3f}"
        print(f"{row.name:<40}{row.count:>6}  {row.face:.3f}{scene}")


if __name__ == "__main__":
    main()
