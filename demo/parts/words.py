"""Every word that a visitor reads on the parts of a face; templates are filled with ``str.format``."""

from __future__ import annotations

TITLE = "What each part adds"
EMPTY = "Which parts of the face speak for its label and which against it, in one sentence."
CAPTION = (
    "Orange patches speak for {label}, blue ones against it. The small picture is the face without any of its parts."
)
ALT = "The face with its parts as patches, coloured by what each adds to the score of {label}. {sentence}"
TABLE = "The same in numbers"
HEADS = ("Part", "Score (logit)", "Probability, points")
NONE, ALL = "With no part", "With all parts"
ABOUT = "How this is measured"
VALUES = (
    "Each number is what a part adds to the score, on average over every order in which the parts could be shown "
    "(exact Shapley values). Together they make up the step from no part to all."
)
MISSING = {
    "blurred": "A missing part of the face is blurred.",
    "surroundings": "A missing part of the face is painted anew from what stands around it.",
    "mean": "A missing part of the face has the mean colour of its picture.",
}
MISSING_SCENE = "A missing scene is black."
MISSING_LABEL = "What is shown of a missing part"
MISSING_INFO = "The numbers depend on it: try all three before you believe one."
REPLACEMENTS = {"blurred": "Blurred", "surroundings": "What stands around it", "mean": "Mean colour"}
FLIPS = "What would change its mind"
FLIPS_CAPTION = "Press a framed one to see it in the picture of the network at work."
NOT_SHOWN = "The picture of the network cannot take these parts away."
EDGES = (
    "Parts come from the detector’s five landmarks. These are off by some per cent, so the parts shade off into one "
    "another. With GLAMOR-Net’s own weights and landmarks moved by 5 % of the face, the strongest part stayed so in "
    "47 of 78 photos. Where it was twice as strong as the next, it stayed so in 24 of 25. Which part comes second may "
    "be chance."
)
