"""How far an explanation can be trusted, measured on the same photo with the same ruler."""

from glamor.explain.trust.cascade import Cascade, cascade
from glamor.explain.trust.faithfulness import Curves, Faithfulness, Removal, faithfulness, rank_agreement
from glamor.explain.trust.noise import Infidelity, infidelity, sensitivity
from glamor.explain.trust.orders import Band
from glamor.explain.trust.panel import DEFAULT_METHODS, Trust, examine, passes_of
from glamor.explain.trust.reliability import (
    CONVERGENCE_LIMIT,
    SANITY_LIMIT,
    SENSITIVITY_LIMIT,
    Reliability,
    relative_delta,
    reliability,
)
from glamor.explain.trust.reliance import Reliance, reliance
from glamor.explain.trust.stability import Stability, Variant, stability
from glamor.explain.trust.survey import MapRow, survey
from glamor.explain.trust.verdict import Outcome

__all__ = [
    "CONVERGENCE_LIMIT",
    "DEFAULT_METHODS",
    "SANITY_LIMIT",
    "SENSITIVITY_LIMIT",
    "Band",
    "Cascade",
    "Curves",
    "Faithfulness",
    "Infidelity",
    "MapRow",
    "Outcome",
    "Reliability",
    "Reliance",
    "Removal",
    "Stability",
    "Trust",
    "Variant",
    "cascade",
    "examine",
    "faithfulness",
    "infidelity",
    "passes_of",
    "rank_agreement",
    "relative_delta",
    "reliability",
    "reliance",
    "sensitivity",
    "stability",
    "survey",
]
