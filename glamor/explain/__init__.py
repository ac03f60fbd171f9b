"""Which pixels moved the answer, and what happens if the network is made to look elsewhere.

Methods come from Captum, which is imported only when a method runs.
"""

from glamor.explain.answer import Answer, read_answer
from glamor.explain.baselines import BASELINES
from glamor.explain.clearness import DegradedFace, degraded_face
from glamor.explain.fusion import Flip, FusionCurve, fusion_curve
from glamor.explain.head_weights import HeadWeights, head_weights, switching_units
from glamor.explain.inputs import scored_pixels
from glamor.explain.intervene import (
    Encoded,
    edit_attention,
    encode,
    intervene,
    one_cell,
    only_cells,
    permuted,
    recombine,
    uniform,
    without_evidence,
)
from glamor.explain.registry import ALIASES, METHODS, Method, find_method
from glamor.explain.result import Explanation
from glamor.explain.run import explain
from glamor.explain.swap import People, SwapMatrix, compare_people, swap_matrix
from glamor.explain.walk import Walk, walk
from glamor.model import Intervention

__all__ = [
    "ALIASES",
    "BASELINES",
    "METHODS",
    "Answer",
    "DegradedFace",
    "Encoded",
    "Explanation",
    "Flip",
    "FusionCurve",
    "HeadWeights",
    "Intervention",
    "Method",
    "People",
    "SwapMatrix",
    "Walk",
    "compare_people",
    "degraded_face",
    "edit_attention",
    "encode",
    "explain",
    "find_method",
    "fusion_curve",
    "head_weights",
    "intervene",
    "one_cell",
    "only_cells",
    "permuted",
    "read_answer",
    "recombine",
    "scored_pixels",
    "swap_matrix",
    "switching_units",
    "uniform",
    "walk",
    "without_evidence",
]
