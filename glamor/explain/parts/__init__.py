"""What each part of a face says, in numbers and in one sentence: exact Shapley values of a handful of named parts."""

from glamor.explain.parts.game import NoParts, Part, Parts, explain_parts
from glamor.explain.parts.places import MOST_REGIONS, SCENE, Region
from glamor.explain.parts.said import sentence
from glamor.explain.parts.stand_in import BLURRED, REPLACEMENTS

__all__ = [
    "BLURRED",
    "MOST_REGIONS",
    "REPLACEMENTS",
    "SCENE",
    "NoParts",
    "Part",
    "Parts",
    "Region",
    "explain_parts",
    "sentence",
]
