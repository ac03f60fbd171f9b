"""Train GLAMOR-Net on ImageNet encoders, and its twin CAER-Net-S, into OUT/NAME/seed-N.

$ python -m scripts.train_lite data/scenes data/everyday --faces data/faces --out runs/lite

Three hours on two cores; a run that was stopped goes on with the same command. Then `python -m scripts.finish` and
`python scripts/remember.py` with the checkpoint that is to be used.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from glamor.checkpoint import EMBEDDED
from glamor.training.imagenet import pretrained_net
from glamor.training.stages.run import LITE, Data, Plan, run


def main() -> None:
    """Train both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, nargs="+", help="in NCAER-S layout")
    parser.add_argument("--faces", type=Path, required=True, help="an image folder of faces alone")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, default=EMBEDDED, help="a checkpoint whose opinion counts half")
    given = parser.parse_args()
    data = Data(tuple(given.scenes), given.faces, given.out / "cache")
    run(pretrained_net(LITE), data, given.teacher, given.out, Plan())


if __name__ == "__main__":
    main()
