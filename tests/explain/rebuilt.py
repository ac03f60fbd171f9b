"""What would turn a label, back from its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glamor.explain.flips import BlurFlip, CellsFlip, Flips, FusionFlip, PartsFlip, SceneFlip


def flips_from(told: Mapping[str, Any]) -> Flips:
    parts, cells = told["parts"], told["cells"]
    if cells is not None:
        plain = {name: value for name, value in cells.items() if name != "how"}
        cells = CellsFlip(**plain | {"cells": tuple(map(tuple, cells["cells"]))})
    return Flips(
        emotion=told["emotion"],
        parts=parts and PartsFlip(**parts | {"names": tuple(parts["names"])}),
        cells=cells,
        fusion=told["fusion"] and FusionFlip(**told["fusion"]),
        blur=told["blur"] and BlurFlip(**told["blur"]),
        scene=told["scene"] and SceneFlip(**told["scene"]),
        scenes=told["scenes"],
        parts_asked=told["parts_asked"],
        cells_asked=told["cells_asked"],
    )
