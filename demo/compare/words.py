"""Every word that a visitor reads in the tab *Compare methods*; templates are filled with ``str.format``."""

from __future__ import annotations

LEAD = (
    "Different methods answer the same question in different ways. Choose some and press Compare: their maps of face "
    "and scene appear here side by side. Where they agree, trust them more."
)
SETTINGS = "Baseline and SmoothGrad"
RUN = "Compare"
METHODS_INFO = (
    "Fast: at once. Seconds: one or two. Slow: several. SmoothGrad takes ten times as long, noise four times."
)
BASELINE = "Compared with"
BASELINE_INFO = "What “nothing there” looks like, for the methods that take the photo away."
BASELINE_NAMES = {
    "black": "Black",
    "mean": "Its mean colour",
    "blurred": "The photo blurred",
    "noise": "Random noise (mean of 4)",
}
SMOOTH = "SmoothGrad"
SMOOTH_INFO = "Average over slightly noisy copies, for the gradient methods; the others stay as they are."
SCALE = "Colour scale"
SCALE_OWN, SCALE_ONE = "Each its own", "One for all"
SCALE_INFO = (
    "One for all: the same colour is the same amount. Saliency and Guided Backprop count in another unit than the rest."
)
DOING = "{number} of {count}: {method}"
DONE = "Done: {count} of {wanted} maps, {known} of them known already."
CARD_WAIT = "Not made yet."
CARD_BASELINE = "Compared with: {baseline}."
CARD_SMOOTH = "Smoothed."
CARD_PLAIN = "Orange speaks for “{target}”, blue against it."
CARD_DELTA = "All pixels together miss the score’s rise of {gained:.2f} by {delta:.2g} ({share:.1%})."
CARD_DELTA_FLAT = "All pixels together miss the score’s rise, which is zero, by {delta:.2g}."
