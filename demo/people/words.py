"""Every word that a visitor reads on the people of a photo; templates are filled with ``str.format``."""

from __future__ import annotations

TITLE = "The people of this photo"
ALONE = "There is only one face in this photo, so nobody can be compared."
EMPTY = "Add a photo of several people first."
CAPTION = "The same scene, without face {scene}, paired with each face: where would each of them make the network look?"
FACE_NUMBER = "Face {number}"
ALIKE = "All of them make the network look at this scene alike: at most {most:.0%} of the attention lies elsewhere."
DIFFER = (
    "The face steers where the network looks: between face {first} and face {second}, {most:.0%} of the attention lies "
    "elsewhere."
)
ROW = "Face {number}: {distance:.1%} of its attention lies elsewhere than face {scene}’s; weight of the face {weight}."
FIRST = "This photo has {count} faces; the chosen one and the first of the others are compared, {limit} in all."
ABOUT = (
    "The distance is the total variation between two attention maps: half the sum of the differences between their "
    "cells. It is the share of attention that would have to move to turn one map into the other. 0%: the same map. "
    "100%: no cell in common (Jain and Wallace 2019, Attention is not explanation, use it in the same way). Attention "
    "depends on the face by design (Le et al. 2021, eq. 3); a small distance says that for this scene it hardly does."
)
ALT = "The attention maps of {count} faces over one scene. {words}"
