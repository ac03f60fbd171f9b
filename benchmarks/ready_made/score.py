"""Score the predictions of ready-made classifiers: ``python benchmarks/ready_made/score.py [--predictions FOLDER]``.

Reads every ``<classifier>.csv`` of the folder (path,label,predicted,...) and writes macro recall and accuracy with
95 % bootstrap intervals, for all faces, each of their sources, and the scenes, to results.json beside this file.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))  # run as a script from anywhere

from glamor.config import ModelConfig  # noqa: E402
from glamor.evaluation.metrics import Floats, Labels, accuracy, bootstrap_intervals, macro_recall  # noqa: E402

CLASSES = ModelConfig().class_names
SUBSETS = {
    "faces, all sources": ("faces", {"effectnet", "fer2013", "portraits"}),
    "faces, effectnet": ("faces", {"effectnet"}),
    "faces, fer2013": ("faces", {"fer2013"}),
    "faces, portraits": ("faces", {"portraits"}),
    "scenes, all sources": ("scenes", {"film", "photos", "stock"}),
    "scenes, film": ("scenes", {"film"}),
    "scenes, photos and stock": ("scenes", {"photos", "stock"}),
}


def main() -> None:
    """Score all files and print one line for each subset."""
    parser = argparse.ArgumentParser(description="Score the predictions of ready-made classifiers.")
    parser.add_argument("--predictions", type=Path, default=HERE.parent.parent / "artefacts" / "ready_made")
    arguments = parser.parse_args()

    results = {file.stem: score_file(file) for file in sorted(arguments.predictions.glob("*.csv"))}
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    for classifier, subsets in results.items():
        for name, scores in subsets.items():
            recall, right = shown(scores["macro_recall"]), shown(scores["accuracy"])
            print(f"{classifier:<28}{name:<26}{scores['count']:>6}  macro recall {recall}   accuracy {right}")


def score_file(file: Path) -> dict[str, dict[str, object]]:
    """Return the scores of one classifier on every subset that it answered."""
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    labels = np.array([CLASSES.index(row["label"]) for row in rows])
    predicted = np.array([CLASSES.index(row["predicted"]) for row in rows])
    kinds = [(row["path"].split("/")[0], Path(row["path"]).name.partition("_")[0]) for row in rows]
    scores = {}
    for name, (kind, sources) in SUBSETS.items():
        chosen = np.array([which == kind and source in sources for which, source in kinds])
        if chosen.any():
            scores[name] = score(labels[chosen], predicted[chosen])
    return scores


def score(labels: Labels, predicted: Labels) -> dict[str, object]:
    """Return the count and both figures, each with its 95 % interval.

    Args:
        labels: (N,) class indices.
        predicted: (N,) class indices.
    """

    def figures(rows: Labels) -> Floats:
        true, guess = labels[rows], predicted[rows]
        return np.array([macro_recall(true, guess, len(CLASSES)), accuracy(true, guess)])

    values, (lower, upper) = figures(np.arange(len(labels))), bootstrap_intervals(len(labels), figures)
    named = {
        name: {"value": round(float(values[i]), 4), "interval": [round(float(lower[i]), 4), round(float(upper[i]), 4)]}
        for i, name in enumerate(("macro_recall", "accuracy"))
    }
    return {"count": len(labels), **named}


def shown(figure: object) -> str:
    """Return a figure as ``0.123 [0.100, 0.150]``."""
    assert isinstance(figure, dict)
    return f"{figure['value']:.3f} [{figure['interval'][0]:.3f}, {figure['interval'][1]:.3f}]"


if __name__ == "__main__":
    main()
