"""Fit temperature and prediction sets of a checkpoint anew, for one that is trained already.

$ python scripts/calibrate.py checkpoints/glamor-net data/scenes data/everyday --faces data/faces
"""

from __future__ import annotations

import argparse
from pathlib import Path

from glamor.training.calibrate import calibrate


def main() -> None:
    """Rewrite the checkpoint's config.json and print how often the sets hold the right label."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("scenes", type=Path, nargs="+", help="the first sets the temperature, all of them the sets")
    parser.add_argument("--faces", type=Path)
    given = parser.parse_args()
    first, *further = given.scenes
    rule = calibrate(given.checkpoint, first, given.faces, further).prediction_sets
    for row in rule.coverage if rule else ():
        print(f"{row.source:<12}{row.count:>6}  {row.share:.3f}  {row.labels:.2f} labels")


if __name__ == "__main__":
    main()
