"""How far the parts of a face depend on exact landmarks: ``python benchmarks/landmarks.py data/everyday data/scenes``.

Every landmark is moved by 5 % of the face's width to the left, right, top and bottom, and the parts are measured anew.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from glamor.explain.parts import Part, Parts, explain_parts
from glamor.predictor import Prediction, Predictor
from glamor.training.data import list_samples

OFF = 0.05
TWICE = 2.0


def main() -> None:
    """Print in how many faces the strongest parts stay what they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, nargs="+", help="in NCAER-S layout; its validation split is read")
    parser.add_argument("--limit", type=int, default=40, help="photos of each folder, spread evenly")
    parser.add_argument("--checkpoint", help="default: the embedded weights")
    given = parser.parse_args()
    predictor = Predictor(given.checkpoint)
    found = [asked for folder in given.scenes for asked in _faces(predictor, folder, given.limit)]
    _tell("all faces", found)
    _tell("those whose strongest part is twice as strong as the next", [one for one in found if _leads(one[0])])


def _faces(predictor: Predictor, folder: Path, limit: int) -> Iterator[list[Parts]]:
    """Yield the parts of the first face of each photo: as found, then moved to four sides."""
    samples = list_samples(folder, "val", predictor.model.config.class_names)
    for i in np.linspace(0, len(samples) - 1, min(limit, len(samples))).round().astype(int):
        people = predictor.predict(samples[i].path)
        asked = [explain_parts(predictor.model, moved) for moved in _moved(people[0])] if people else []
        parts = [one for one in asked if isinstance(one, Parts)]
        if parts and len(parts) == len(asked):
            yield parts


def _moved(prediction: Prediction) -> Iterator[Prediction]:
    face = prediction.detected
    if face is None or face.landmarks_xy is None:
        return
    by = OFF * (face.box_xyxy[2] - face.box_xyxy[0])
    for dx, dy in ((0, 0), (by, 0), (-by, 0), (0, by), (0, -by)):
        landmarks = tuple((x + dx, y + dy) for x, y in face.landmarks_xy)
        yield replace(prediction, detected=replace(face, landmarks_xy=landmarks))


def _ranked(parts: Parts) -> list[Part]:
    return sorted(parts.parts, key=lambda part: -abs(part.logit))


def _leads(parts: Parts) -> bool:
    first, second, *_ = _ranked(parts)
    return abs(first.logit) >= TWICE * abs(second.logit)


def _tell(name: str, found: list[list[Parts]]) -> None:
    orders = [[[part.name for part in _ranked(parts)] for parts in asked] for asked in found]
    first, two = (sum(len({tuple(order[:n]) for order in asked}) == 1 for asked in orders) for n in (1, 2))
    print(f"{name}: {len(found)}; the strongest stays so in {first}, the first two in {two}")


if __name__ == "__main__":
    main()
