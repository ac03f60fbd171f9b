"""Every word that a visitor reads under *Two photos*; templates are filled with ``str.format``."""

from __future__ import annotations

TITLE = "Two photos"
LEAD = (
    "Puts every face in front of every scene. If the label follows the face, the network went by the face; if it "
    "stays with the scene, it went by the scene."
)
PHOTOS = "The photos"
FIRST, SECOND = "A photo", "Another photo"
MORE = "More photos"
WITH = "Include the photo from above"
WITH_INFO = "Its faces take part as well, including those that you marked."
WHO = "Who takes part"
LARGEST, EVERYBODY = "The largest face of each photo", "Every face"
WHO_INFO = (
    "If there is only one photo, every face in it takes part. Six people at most, photo by photo, from left to right."
)
EXAMPLES = "Try two examples"
CLEAR = "Remove these photos"
MATRIX = "Every face in front of every scene"
EMPTY = "Add two photos, or one with several people. Each face is then put in front of each scene."
ALONE = "There is only one face so far. Add another photo, or one with several people."
NOBODY = "No face was found. Add a photo that shows a face well."
NO_FACE = "No face was found in photo {photo}, so it is left out."
TOO_MANY = "There are {count} faces; the first {limit} take part, photo by photo and from left to right."
TOO_MANY_PHOTOS = "Only the first {limit} photos take part."
ALL_ALIKE = "In their own scenes, all {count} faces have the label {label}, so no swap can tell which input decides."
SUMMARY = "In {face} of {telling} telling pairs, the face’s label won; in {scene}, the scene’s; in {neither}, neither."
WEIGHT = "On average, the face’s weight is {home:.0%} in its own scene and {away:.0%} in another."
CAPTION = (
    "Rows are faces; columns are scenes without their own face; dark frames mark the photos as they are. Brighter "
    "cells got more attention. The bar shows the weights of face (violet) and scene (green)."
)
ALT = "A table of pictures: {count} faces in front of {count} scenes. {words}"
TABLE = "The same in words"
FACE_NUMBER, SCENE_NUMBER = "Face {number}", "Scene {number}"
FROM = "photo {photo}"
CELL_WEIGHT = "face {weight}"
HOME, BOTH, FACE_WON, SCENE_WON, NEITHER = (
    "own scene",
    "both agree",
    "the face’s label",
    "the scene’s label",
    "neither’s label",
)
ABOUT_ITEMS = (
    (
        "Telling pairs",
        "Pairs of a face and another photo’s scene whose own labels differ: only these can tell which of the two the "
        "answer follows. Geirhos et al. 2019 (ImageNet-trained CNNs are biased towards texture) count shape against "
        "texture in the same way. A handful of pairs is a hint, not a statistic.",
    ),
    (
        "Percentage beside a label",
        "The probability of that label for this face in front of this scene, from one pass of the network over all "
        "pairs.",
    ),
    (
        "Weight of the face",
        "The network’s own fusion weight for the pair, 100% minus the scene’s (Le et al. 2021, eq. 6). It says how "
        "much weight the network gives the face; which label won says what came of it.",
    ),
    (
        "Attention",
        "The map of each pair, all on one scale; 1× is an even share for every cell (Le et al. 2021, eq. 3 to 5). "
        "Compare the pictures in a column: the scene is the same and only the face changes.",
    ),
)
