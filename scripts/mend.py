"""Take two faults out of a trained GLAMOR-Net: that plain scenes say something, and that unreadable faces are heard.

$ python -m scripts.mend data/scenes data/everyday --faces data/faces --start runs/default/checkpoint --out runs/mended

It takes about five minutes on two cores; its encoders stay as they are. Then `python -m scripts.finish` and `python -m
scripts.remember`.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.training.stages.mend import mend
from glamor.training.stages.vectors import encode


def main() -> None:
    """Mend one checkpoint into another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, nargs="+", help="in NCAER-S layout")
    parser.add_argument("--faces", type=Path, required=True, help="an image folder of faces alone")
    parser.add_argument("--start", required=True, help="the checkpoint that is mended")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    start = load_checkpoint(given.start, device="cpu")
    vectors = encode(start.model, given.scenes, given.faces, given.out.parent / "cache")
    learned = f"{start.config.trained_on}, everyday pictures labelled by a multimodal model"
    config = replace(start.config, temperature=1.0, prediction_sets=None, trained_on=learned)
    save_checkpoint(given.out, mend(start.model, vectors), config)


if __name__ == "__main__":
    main()
