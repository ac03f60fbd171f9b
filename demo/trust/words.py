"""Every word that a visitor reads in the tab *Trust*; templates are filled with ``str.format``."""

from __future__ import annotations

LEAD = (
    "A map can look right and still be wrong. These checks test it against the network itself, on this photo, for this "
    "face."
)
EMPTY = "Press the button to see the verdict and all its numbers here. It takes up to half a minute."
RUN = "Check"
METHODS_INFO = "Which maps to check besides the network’s own attention. Each adds a few seconds."
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
RELIANCE_TITLE = "Face or scene: stated and measured reliance"
RELIABILITY_TITLE = "How reliable each map is"
CASCADE_TITLE = "Does the map depend on what was learned?"
STABILITY_TITLE = "Does the answer hold?"
RANDOM_ROW = "Random order"
ORDER_HEADS = ("Map", "Deletion", "Insertion", "Covering pixels", "Removing attention", "Agreement")
RELIABILITY_HEADS = ("Map", "Completeness gap", "Sensitivity", "Infidelity", "Similarity after randomisation")
STABILITY_HEADS = ("What was changed", "Label", "“{target}”", "Face weight", "Attention correlation")
PLAIN_VARIANT = "Nothing"
CHANGED = "changed"
NOT_DEFINED = "–"
NO_WARNINGS = "All figures are within their limits."
FLAT_ERROR = "A flat map, which knows only how much was removed, has an infidelity of {flat:.2f}."
CASCADE_ALT = "Similarity of each map to the original after all weights are shuffled: {figures}."
REMOVAL_ALT = "Deletion and insertion curves. {verdicts}"
