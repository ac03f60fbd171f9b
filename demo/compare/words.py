"""Every word that a visitor reads in the tab *Compare*; templates are filled with ``str.format``."""

from __future__ import annotations

LEAD = (
    "Different methods answer the same question in different ways. Choose some and press Compare to see their maps of "
    "face and scene side by side. Maps that agree prove little: related methods err alike."
)
SETTINGS = "Baseline and SmoothGrad"
RUN = "Compare"
METHODS_INFO = (
    "Fast: at once. Seconds: one or two. Slow: several seconds. SmoothGrad takes ten times as long, noise four times."
)
BASELINE = "Compared with"
BASELINE_INFO = "What “nothing there” looks like, for the methods that take the photo away."
BASELINE_NAMES = {
    "black": "Black",
    "mean": "Mean colour",
    "blurred": "Blurred photo",
    "noise": "Random noise (mean of 4)",
}
SMOOTH = "SmoothGrad"
SMOOTH_INFO = (
    "Averages over slightly noisy copies of the photo. For the gradient methods only; the others stay as they are."
)
SCALE = "Colour scale"
SCALE_OWN, SCALE_ONE = "Each its own", "One for all"
SCALE_INFO = (
    "One for all: the same colour means the same amount. Saliency and Guided Backprop use a different unit from the "
    "rest."
)
DOING = "{number} of {count}: {method}"
DONE = "Done: {count} of {wanted} maps, {known} of which were already known."
CARD_WAIT = "Not made yet."
CARD_BASELINE = "Compared with: {baseline}."
CARD_SMOOTH = "Smoothed."
CARD_PLAIN = "Orange speaks for “{target}”, blue against it."
CARD_DELTA = "Completeness gap: all pixels together miss the score’s rise of {gained:.2f} by {delta:.2g} ({share:.1%})."
CARD_DELTA_FLAT = "Completeness gap: all pixels together miss the score’s rise, which is zero, by {delta:.2g}."
