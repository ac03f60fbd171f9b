"""What a trained checkpoint needs before it is used: its calibration, its scores, its curves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from glamor.checkpoint import load_checkpoint
from glamor.evaluation.degradation import curves
from glamor.evaluation.evaluate import evaluate
from glamor.figures import degradation_figure, to_png
from glamor.training.calibrate import calibrate

METRICS, DEGRADATION, DEGRADATION_FIGURE = "metrics.json", "degradation.json", "degradation.png"


def finish(
    folder: Path, scenes: Path, faces: Path | None, more_scenes: Sequence[Path], about: Mapping[str, Any]
) -> None:
    """Calibrate a checkpoint on the validation splits and write beside it what it scores there.

    Args:
        folder: of the checkpoint; config.json is rewritten, the other files are written anew.
        scenes: in NCAER-S layout.
        faces: an image folder of faces alone, if there is one.
        more_scenes: further folders in NCAER-S layout.
        about: of the training, for the head of metrics.json.

    Raises:
        CheckpointError, DataError: if a folder cannot be used.
    """
    calibrate(folder, scenes, faces, more_scenes)
    checkpoint = load_checkpoint(folder)
    datasets = {"scenes": scenes, **({"faces": faces} if faces else {}), **{path.name: path for path in more_scenes}}
    scores = {name: evaluate(checkpoint, path, "val").to_dict() for name, path in datasets.items()}
    (folder / METRICS).write_text(json.dumps({**about, **scores}, indent=1) + "\n")
    measured = [curves(checkpoint, path, "val").to_dict() for path in (scenes, *more_scenes)]
    (folder / DEGRADATION).write_text(json.dumps(measured, indent=1) + "\n")
    (folder / DEGRADATION_FIGURE).write_bytes(to_png(degradation_figure(measured[0])))
