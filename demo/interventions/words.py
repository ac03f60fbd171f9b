"""Every word that a visitor reads in the tab *Interventions*; templates are filled with ``str.format``."""

from __future__ import annotations

EMPTY = (
    "Add a photo on the Analyse tab and choose a face there. Then come back: here you can make the network look "
    "elsewhere, weigh face and scene differently or see less, and read at once what it would have answered."
)
BAD_LINK = "What the link sets by hand cannot be set. {reason}"
LEAD = (
    "This is face {number} of the photo on the Analyse tab. Change one thing and see whether the answer follows: what "
    "matters to the network moves its answer; what does not leaves it alone."
)
LOOK = "Where it may look"
LOOK_CAPTION = (
    "The scene as the network gets it. Click a cell to take its attention away, and again to give it back; the rest "
    "is rescaled to add up to 100%."
)
KEEP_ALL = "Keep all"
STRONGEST = "Only the strongest"
UNIFORM = "Uniform"
SHUFFLED = "Shuffled"
BUTTONS_INFO = (
    "Keep all: the network’s own attention. Only the strongest: its strongest cell alone. Uniform: the same for every "
    "cell. Shuffled: its own values, moved to random cells; the same seed gives the same order."
)
TYPE_CELL = "Without a mouse?"
CELL = "A cell, by row and column"
CELL_INFO = "Two numbers, such as 2, 5; row 1 is at the top, column 1 on the left. Press Enter."
BOARD_ALT = (
    "The scene with its {rows} by {columns} grid. {removed} of {cells} cells are removed; the strongest, in row {row} "
    "and column {column}, has {peak:.1f} times an even share."
)
WEIGH = "How it may weigh"
SLIDER = "Weight of the face"
SLIDER_INFO = "Sets by hand how much the face counts; the scene gets the rest. 0: the scene alone. 1: the face alone."
FREE = "Let the network weigh"
FLIPS = "As the weight of the face grows from 0 to 1, the label is {labels}."
FLIP_STEP = "{label} from {weight:.2f}"
NO_FLIP = "The label is {label} at every weight of the face."
CURVE_ALT = (
    "Curves of the seven probabilities over the weight of the face. {flips} The network’s own weight is {own:.2f}."
)
SEE = "What it may see"
SCENE_INPUT = "Scene"
SCENE_INFO = "Black: no scene at all. Blurred: its colours and light, but no detail."
FACE_INPUT = "Face"
FACE_INFO = "Black: the network sees no face, only the scene."
AS_IS, BLACK, BLURRED = "As it is", "Black", "Blurred"
ANSWER = "What it answers now"
RESET = "Undo all"
BEFORE, NOW, CHANGE = "Original", "Now", "Change"
NOTHING_SET = "Nothing is set by hand yet, so this is the original answer."
STAYS = "The label stays {label}."
FLIPPED = "The label changes from {before} to {after}."
SET = "Set by hand: {things}."
SET_WEIGHT = "weight of the face {weight:.2f}"
SET_UNIFORM, SET_SHUFFLED = "uniform attention", "shuffled attention (seed {seed})"
SET_CELLS = "{count} of {cells} cells removed"
SET_SCENE, SET_FACE = "scene {how}", "face {how}"
ABOUT_ITEMS = (
    (
        "Probability",
        "How the network shares out 100% among seven labels, after temperature scaling (Guo et al. 2017, On "
        "calibration of modern neural networks). Changes are in percentage points. A large change means that what you "
        "changed mattered for this face; no change means that it did not, however bright it was on a map.",
    ),
    (
        "Attention",
        "How much each cell counts in the network’s summary of the scene; all cells add up to 100%, and an even share "
        "of 49 cells is 2% (Le et al. 2021, eq. 3 to 5). If uniform or shuffled attention gives the same answer, "
        "where it looked did not matter (Jain and Wallace 2019, Attention is not explanation; Wiegreffe and Pinter "
        "2019, Attention is not not explanation). Removing cells tests one place at a time (Serrano and Smith 2019, Is "
        "attention interpretable?).",
    ),
    (
        "Fusion weights",
        "How much face and scene count in what the last layers see; together 100% (Le et al. 2021, eq. 6). The curve "
        "tries every weight of the face from 0 to 1 and leaves everything else alone. Where the thick line changes, "
        "the label flips; a flip close to the network’s own weight means that the label hangs by a thread.",
    ),
    (
        "Scene and face, black or blurred",
        "What is left of the answer without that input. The network has never learned from such pictures, so read the "
        "direction of a change rather than its size (Hooker et al. 2019, A benchmark for interpretability methods).",
    ),
)
PEOPLE = "The people of this photo"
PEOPLE_CAPTION = (
    "The same scene, without face {scene}, paired with each face: where would each of them make the network look?"
)
FACE_NUMBER = "Face {number}"
PEOPLE_ALIKE = (
    "All of them make the network look at this scene alike: at most {most:.0%} of the attention lies elsewhere."
)
PEOPLE_DIFFER = (
    "The face steers where the network looks: between face {first} and face {second}, {most:.0%} of the attention lies "
    "elsewhere."
)
PEOPLE_ROW = (
    "Face {number}: {distance:.1%} of its attention lies elsewhere than face {scene}’s; weight of the face {weight}."
)
PEOPLE_FIRST = "This photo has {count} faces; the chosen one and the first of the others are compared, {limit} in all."
PEOPLE_ABOUT = (
    "The distance is the total variation between two attention maps: half the sum of the differences between their "
    "cells, which is the share of attention that would have to move to turn one map into the other. 0%: the same map. "
    "100%: no cell in common (Jain and Wallace 2019, Attention is not explanation, use it in the same way). Attention "
    "depends on the face by design (Le et al. 2021, eq. 3); a small distance says that for this scene it hardly does."
)
PEOPLE_ALT = "The attention maps of {count} faces over one scene. {words}"
