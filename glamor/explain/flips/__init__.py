"""What would change its mind: the smallest changes that turn the label of one face, in numbers and in sentences."""

from glamor.explain.flips.found import BlurFlip, CellsFlip, Flips, FusionFlip, PartsFlip, SceneFlip
from glamor.explain.flips.said import KINDS, sentence, sentences
from glamor.explain.flips.search import (
    BLURS,
    find_flips,
    flip_by_blur,
    flip_by_cells,
    flip_by_fusion,
    flip_by_parts,
    flip_by_scene,
)

__all__ = [
    "BLURS",
    "KINDS",
    "BlurFlip",
    "CellsFlip",
    "Flips",
    "FusionFlip",
    "PartsFlip",
    "SceneFlip",
    "find_flips",
    "flip_by_blur",
    "flip_by_cells",
    "flip_by_fusion",
    "flip_by_parts",
    "flip_by_scene",
    "sentence",
    "sentences",
]
