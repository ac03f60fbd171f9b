"""Arrays in, pictures out: every figure of the page, the shell and the report.

Needs numpy, Pillow and matplotlib only, and of matplotlib only the object interface: a figure
here is nobody's global state, so threads may draw side by side. Violet always means the face,
green always the scene, blue and orange always against and for; the pairs stay apart in all
common kinds of colour blindness. Figures bring their own light background, so they look the
same on a light and on a dark page.
"""

from __future__ import annotations

from glamor.figures.attention import attention_on_inputs, attention_overlay, composite_attention
from glamor.figures.attribution import attribution_overlay, composite_attribution, symmetric_limit
from glamor.figures.bars import fusion_bar, probability_bar
from glamor.figures.canvas import to_array, to_png, to_svg
from glamor.figures.colours import (
    AGAINST_COLOR,
    ATTENTION_MAP,
    BACKGROUND,
    CONTEXT_COLOR,
    FACE_COLOR,
    FOR_COLOR,
    INK,
)
from glamor.figures.degradation import degradation_figure
from glamor.figures.evaluation import confusion_figure, evaluation_figure
from glamor.figures.fusion import fusion_figure
from glamor.figures.inputs import draw_boxes, saw_figure
from glamor.figures.layer import on_paper, to_layer
from glamor.figures.many import counts_figure, face_weight_figure, mean_attention_figure, reliability_figure
from glamor.figures.parts import parts_figure
from glamor.figures.people import EMPTY_BOX, people_figure, swap_figure
from glamor.figures.trust import audit_figure, cascade_figure, reliance_figure, removal_figure

__all__ = [
    "AGAINST_COLOR",
    "ATTENTION_MAP",
    "BACKGROUND",
    "CONTEXT_COLOR",
    "EMPTY_BOX",
    "FACE_COLOR",
    "FOR_COLOR",
    "INK",
    "attention_on_inputs",
    "attention_overlay",
    "attribution_overlay",
    "audit_figure",
    "cascade_figure",
    "composite_attention",
    "composite_attribution",
    "confusion_figure",
    "counts_figure",
    "degradation_figure",
    "draw_boxes",
    "evaluation_figure",
    "face_weight_figure",
    "fusion_bar",
    "fusion_figure",
    "mean_attention_figure",
    "on_paper",
    "parts_figure",
    "people_figure",
    "probability_bar",
    "reliability_figure",
    "reliance_figure",
    "removal_figure",
    "saw_figure",
    "swap_figure",
    "symmetric_limit",
    "to_array",
    "to_layer",
    "to_png",
    "to_svg",
]
