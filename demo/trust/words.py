"""Every word that a visitor reads in the tab *Trust*; templates are filled with ``str.format``."""

from __future__ import annotations

LEAD = "A map can look right and be wrong. These checks ask the network itself, on this photo, for this face."
EMPTY = "Press the button: the verdict and all its numbers appear here. It takes up to half a minute."
RUN = "Check"
METHODS_INFO = "Which maps to check, beside the network’s own attention. Each adds a few seconds."
DOING = "Checking"
QUESTION = "Does attention show where the evidence is?"
ANSWERS = {"better": "Yes", "partly": "Partly", "chance": "No", "worse": "No", "nothing": "Cannot tell"}
OUTCOMES = {
    "better": "better than chance",
    "partly": "partly better",
    "chance": "no better than chance",
    "worse": "worse than chance",
    "nothing": "nothing to find",
}
PIXELS_TITLE = "Covering parts of the scene"
WEIGHTS_TITLE = "Taking away attention"
ORDER_TITLE = "Who finds the evidence"
RELIANCE_TITLE = "Face or scene: said and done"
RELIABILITY_TITLE = "How reliable each map is"
CASCADE_TITLE = "Does the map depend on learning?"
STABILITY_TITLE = "Does the answer hold?"
RANDOM_ROW = "Random order"
ORDER_HEADS = ("Map", "Deletion", "Insertion", "By pixels", "By weights", "Agreement")
RELIABILITY_HEADS = ("Map", "Does not add up by", "Trembles by", "Foretells with error", "Left when all is forgotten")
STABILITY_HEADS = ("What was done", "Label", "“{target}”", "Face weight", "Attention alike")
PLAIN_VARIANT = "Nothing"
CHANGED = "changed"
NOT_DEFINED = "–"
NO_WARNINGS = "No figure is beyond its limit."
FLAT_ERROR = "A flat map, which knows nothing but how much was removed, foretells with an error of {flat:.2f}."
CASCADE_ALT = "Similarity of each map to itself after all weights are shuffled: {figures}."
REMOVAL_ALT = "Deletion and insertion curves. {verdicts}"
