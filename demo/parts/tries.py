"""What would turn the label, as settings of the living picture: the names that these have in the page's address."""

from __future__ import annotations

from math import ceil, floor

from demo.gallery import IDS
from demo.words import EXAMPLE_NAMES
from glamor.explain.flips import Flips, FusionFlip
from glamor.explain.parts import SCENE

FINEST = 1000  # a weight has three decimals there


def settings(flips: Flips, kind: str) -> str:
    """Return what the picture is to be set to for one of ``KINDS``; empty for what it cannot show, or nothing found."""
    if kind == "parts":
        return "blank=scene" if flips.parts is not None and flips.parts.names == (SCENE,) else ""
    if kind == "cells" and flips.cells is not None:
        return "cells=" + "-".join(f"{row + 1}.{column + 1}" for row, column in flips.cells.cells)
    if kind == "fusion" and flips.fusion is not None:
        return f"mix={beyond(flips.fusion):.3f}"
    if kind == "blur" and flips.blur is not None:
        return f"clear=blur.{flips.blur.step}"
    if kind == "scene" and flips.scene is not None:
        return f"scene_of={IDS[EXAMPLE_NAMES.index(flips.scene.name)]}"
    return ""


def beyond(flip: FusionFlip) -> float:
    """Return the nearest weight of three decimals beyond the one at which two labels are equally probable."""
    if flip.w_face < flip.learned_w_face:
        return max(0, ceil(FINEST * flip.w_face) - 1) / FINEST
    return min(FINEST, floor(FINEST * flip.w_face) + 1) / FINEST
