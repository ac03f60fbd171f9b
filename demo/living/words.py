"""Every word of the picture; ``{name}`` is filled in by its script."""

from __future__ import annotations

EMPTY = "Add a photo with a face, and watch here what the network does with it."

PICTURE = {
    "title": "The network at work",
    "lead": (
        "Face {number} on its way through the network, from left to right. Touch anything: everything after it is "
        "computed again at once, here in your browser."
    ),
    "look": "Look",
    "look_gloss": (
        "All that the network gets: the face, cut out, and the middle of the photo with that face painted black, in "
        "{rows} by {columns} cells. The greener a cell, the more attention it gets."
    ),
    "face": "Face",
    "scene": "Scene",
    "sum": "Sum",
    "sum_gloss": "Each cell counts with its share of the attention; together they are what the scene says.",
    "grid": "The scene in {rows} by {columns} cells. Arrows move, space takes a cell away or puts it back.",
    "cell": "row {row}, column {column}: {share} of the attention",
    "cell_removed": "row {row}, column {column}: removed",
    "told": (
        "Row {row}, column {column}: {share} of the attention, {times} times an even share, of a scene that counts "
        "{scene}."
    ),
    "told_removed": "Row {row}, column {column} is removed; the others share its attention.",
    "remove": "Remove this cell",
    "put_back": "Put this cell back",
    "last_cell": "The last cell has to stay.",
    "blank_face": "Blank the face",
    "blank_scene": "Blank the scene",
    "ask": "Ask",
    "ask_gloss": (
        "The face asks each cell how much it matters. {units} small detectors, the hidden units, hear both; here "
        "they are for row {row}, column {column}."
    ),
    "ask_face": "What the face says",
    "ask_face_gloss": "The same for every cell: the face’s half of each hidden unit.",
    "ask_cell": "What the cell says",
    "ask_cell_gloss": "The cell’s half of each hidden unit; click another cell and only this changes.",
    "ask_terms": "What each unit adds to the score",
    "ask_terms_gloss": (
        "The two halves are added; what is negative is cut off (ReLU), the rest is brought to scale (BatchNorm), cut "
        "off again, and weighed."
    ),
    "ask_chart": "{count} bars, one a hidden unit",
    "score": "Score",
    "score_gloss": "All that the units add, plus a constant. A higher score draws more attention.",
    "share": "Share",
    "share_gloss": "Softmax: e to the score, divided by the same for all cells together, so that all shares are 100%.",
    "share_term": "e^({score} − {largest}) ÷ {sum} = {share}",
    "switching": "Of {units} units {count} switch between cells; only these let the face choose where to look.",
    "switching_gloss": (
        "What the face says through the other units, it says of all cells alike; then no cell gains on another."
    ),
    "not_asked": "In this network the scene alone says where to look; the face is not asked.",
    "mix": "Mix",
    "mix_gloss": "How loud each side is in what the last layers hear. It is not each side’s share of the answer.",
    "slider": "Weight of the face",
    "slider_value": "face {face}, scene {scene}",
    "asks_face": "Face asks",
    "asks_scene": "Scene asks",
    "asks": "{score}, by softmax {share}",
    "asks_gloss": "Each side says in one number how loud it wants to be; softmax turns the two into weights.",
    "own": "the network’s own: {face}",
    "back": "Back to the network’s own",
    "segments": "Label by weight of the face",
    "segments_gloss": "Which label wins at each weight of the face.",
    "flips": "The label changes from {labels}.",
    "flip": "{before} to {after} where the face weighs {face}",
    "no_flips": "The label is {label} at every weight of the face.",
    "answer": "Answer",
    "answer_gloss": "How the network shares out 100% among its labels. The small line is its own answer, untouched.",
    "untouched": "Nothing is changed: this is the network’s own answer.",
    "changed": "You changed: {things}.",
    "changed_cells": "{count} of {cells} cells removed",
    "changed_weight": "the face weighs {face}",
    "changed_face": "the face is blank",
    "changed_scene": "the scene is blank",
    "stays": "The label stays {after}: {from} → {to}.",
    "flipped": "The label goes from {before} to {after}.",
    "reset": "Undo all",
}
