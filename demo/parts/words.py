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
MISSING = "A missing part of the face is blurred; a missing scene is black."
EDGES = (
    "Parts come from the detector’s five landmarks. These are off by some per cent, so the parts shade off into one "
    "another; the strongest part seldom changes with them, but which one comes second may be chance."
)
