"""The app with two places that break on demand, as a driver or a full machine would break them, and a short queue."""

from __future__ import annotations

import sys
from typing import Any

import torch

import app
from demo.engine import Engine
from glamor import predictor
from glamor.faces import Face, default_detector
from glamor.photo import Photo

BROKEN_WIDTH = 333  # of a photo on which the detector fails
GREEDY_METHOD = "occlusion"  # takes more memory than there is
TOO_MUCH = 2**50
MOST_WAITING, MOST_PROGRAMS = 3, 2  # requests


class BreakableDetector:
    def __init__(self) -> None:
        self._detect = default_detector()

    def __call__(self, photo: Photo) -> tuple[Face, ...]:
        if photo.shape[1] == BROKEN_WIDTH:
            raise RuntimeError("the visitor's photo holiday.jpg broke the detector")
        return self._detect(photo)


def main() -> int:
    explain = Engine.explain

    def greedy(self: Engine, prediction: Any, method: str, *arguments: Any, **more: Any) -> Any:
        if method == GREEDY_METHOD:
            torch.empty(TOO_MUCH)
        return explain(self, prediction, method, *arguments, **more)

    Engine.explain = greedy  # type: ignore[method-assign]
    predictor.default_detector = BreakableDetector
    return app.main()


if __name__ == "__main__":
    sys.exit(main())
