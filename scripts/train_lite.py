"""Train GLAMOR-Net with a scene's encoder from ImageNet, and its twin CAER-Net-S, into OUT/NAME/seed-N.

$ python -m scripts.train_lite data/scenes data/everyday --faces data/faces --out runs/lite

It goes on from the face's encoder of a trained checkpoint and takes about ten minutes on two cores. Then
`python -m scripts.finish` and `python -m scripts.remember` with the checkpoint that is to be used.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from glamor.checkpoint import EMBEDDED, load_checkpoint
from glamor.training.imagenet import pretrained_net
from glamor.training.stages.run import LITE, Data, Plan, run


def main() -> None:
    """Train both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, nargs="+", help="in NCAER-S layout")
    parser.add_argument("--faces", type=Path, required=True, help="an image folder of faces alone")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--start", default=EMBEDDED.parent / "glamor-net", help="a checkpoint with the published encoders"
    )
    given = parser.parse_args()
    data = Data(tuple(given.scenes), given.faces, given.out / "cache")
    run(pretrained_net(LITE), load_checkpoint(given.start, device="cpu"), data, given.out, Plan())


if __name__ == "__main__":
    main()
