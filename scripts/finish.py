"""Calibrate and measure a trained checkpoint anew: config.json, metrics.json, degradation.json and its figure.

$ python -m scripts.finish checkpoints/glamor-net data/scenes data/everyday --faces data/faces
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from glamor.training.finish import METRICS, finish


def main() -> None:
    """Keep what metrics.json says of the training, and measure the rest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("scenes", type=Path, nargs="+", help="the temperature is fitted on the first of them")
    parser.add_argument("--faces", type=Path)
    given = parser.parse_args()
    before = given.checkpoint / METRICS
    known = json.loads(before.read_text()) if before.exists() else {}
    about = {name: value for name, value in known.items() if not isinstance(value, dict)}
    finish(given.checkpoint, given.scenes[0], given.faces, given.scenes[1:], about)


if __name__ == "__main__":
    main()
