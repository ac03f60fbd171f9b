"""Collect the figures of several training runs: ``python -m scripts.trials NAME=FOLDER... > trials.json``.

FOLDER is a run's checkpoint; the figures come from the metrics.json that training left in it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from scripts.model_card import find

# Column of the card -> (dataset, condition, subset) of metrics.json.
COLUMNS = {
    "scenes": ("scenes", "fused", "all"),
    "film": ("scenes", "fused", "film"),
    "film, context blanked": ("scenes", "context blanked", "film"),
    "scenes, face blanked": ("scenes", "face blanked", "all"),
    "attention alone": ("scenes", "attention alone", "all"),
    "faces": ("faces", "face only", "all"),
}


def main(arguments: list[str]) -> None:
    """Print one JSON list, a row for each run."""
    runs = (argument.split("=", 1) for argument in arguments)
    print(json.dumps([trial(name, Path(folder)) for name, folder in runs], indent=1))


def trial(name: str, folder: Path) -> dict[str, Any]:
    """Return the macro recalls, with intervals, and what fusion and attention do, of one run."""
    metrics = json.loads((folder / "metrics.json").read_text())
    recalls = {
        column: find(metrics[dataset], condition, subset)["macro_recall"]
        for column, (dataset, condition, subset) in COLUMNS.items()
    }
    spread = {key: metrics["scenes"][key] for key in ("w_face_std", "attention_entropy")}
    return {"name": name, "seed": metrics["seed"], "seconds": metrics["seconds"], **recalls, **spread}


if __name__ == "__main__":
    main(sys.argv[1:])
