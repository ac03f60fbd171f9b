"""Keep what a checkpoint has learned from beside it, so that it can say which faces and scenes are unlike that.

$ python -m scripts.remember checkpoints/glamor-net data/scenes data/everyday --faces data/faces
$ python -m scripts.remember checkpoints/caer-net-s --like checkpoints/glamor-net-lite   # whose encoders are the same
"""

from __future__ import annotations

import argparse
from pathlib import Path

from glamor.training.remember import remember, share


def main() -> None:
    """Write neighbours.safetensors and neighbours.json beside the weights and print what is found unlike."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("scenes", type=Path, nargs="*")
    parser.add_argument("--faces", type=Path)
    parser.add_argument("--like", type=Path, help="a checkpoint with the same encoders that has it")
    given = parser.parse_args()
    if given.like is not None:
        return share(given.like, given.checkpoint)
    if not given.scenes or given.faces is None:
        parser.error("give the folders of scenes and --faces, or --like.")
    for row in remember(given.checkpoint, given.scenes, given.faces):
        scene = "" if row.scene is None else f"   scenes {row.scene:.3f}"
        print(f"{row.name:<40}{row.count:>6}  {row.face:.3f}{scene}")


if __name__ == "__main__":
    main()
