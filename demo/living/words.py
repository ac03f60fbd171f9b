"""Every word of the picture; ``{name}`` is filled in by its script."""

from __future__ import annotations

BAD_OTHER = "There is no such person to swap with; choose one from the list."
PERSON = "Face {number}, {emotion}"
GUEST = "Photo {photo}, face {number}, {emotion}"
EXAMPLE = "{name} (example)"
BLURRED = "face {number}, blurred"
BAD_STEP = "There is no such step of clearness; choose one from 1 to {last}."
EMPTY = "Add a photo with a face, and watch here what the network does with it."

PICTURE = {
    "title": "The network at work",
    "lead": (
        "Face {number} on its way through the network, from left to right. Touch anything: everything after it is "
        "computed again at once, here in your browser; only a less clear face is encoded on the server."
    ),
    "tour": "Guided tour",
    "tour_start": "Take the tour",
    "tour_on": "Go on with the tour, step {step} of {steps}",
    "tour_again": "Take the tour again",
    "tour_count": "{step} of {steps}",
    "tour_back": "Back",
    "tour_next": "Next",
    "tour_skip": "Leave the tour",
    "tour_end": "Finish",
    "tour_wait": "One moment.",
    "tour_made": "Done: it says {label}.",
    "tour_1": "The network gets face {number} and the green square of the photo, and says {label}, {share}.",
    "tour_1_do": "Look for what is dimmed: that part it never sees.",
    "tour_2": (
        "Of {cells} cells it looks most at row {row}, column {column}: {share} of its attention, {times} times an even "
        "share."
    ),
    "tour_2_do": "Remove that cell, and see where its attention goes.",
    "tour_3": (
        "The face asks each cell through {units} hidden units; {count} of them switch between cells, and only these "
        "let the face choose."
    ),
    "tour_3_do": "Click another cell, and see which of the rows of bars changes.",
    "tour_4": "The face asks with {loud} and the scene with {quiet}; softmax makes {face} and {scene} of these.",
    "tour_4_do": "Drag the slider to the middle, and watch the answer.",
    "tour_5": (
        "With no weight on the face the network says {label}, {share}; changes of the label on the way from none to "
        "all: {count}."
    ),
    "tour_5_do": "Drag the slider from one end to the other, and look for them.",
    "tour_6": "With a face {left} pixels wide the scene counts {after} instead of {before}.",
    "tour_6_same": "With a face {left} pixels wide the scene counts {after}, as with a clear face.",
    "tour_6_do": "Blur it further, then try a mask over the mouth.",
    "tour_7": "With the face black the network says {label}, {share}.",
    "tour_7_do": "Undo that and blank the scene: which of the two does it miss more?",
    "tour_8": "Before the scene of {name} it says {label}, {share}.",
    "tour_8_do": "Choose another face, too: does the answer go with the face or with the scene?",
    "tour_9": "Now it is your turn: at first it gives “{target}” {share}.",
    "tour_9_do": "Try to make it say {target}, by whatever you like.",
    "photo_alt": "The photo; faces found: {count}.",
    "seen": (
        "Of the scene the network sees the middle: {height} of the photo’s height and {width} of its width, squeezed "
        "into a square. The rest, dimmed here, it never sees."
    ),
    "seen_whole": "Of the scene the network sees the whole photo, squeezed into a square.",
    "seen_gloss": "As the network was trained: the photo is shrunk, and a square is cut from its middle.",
    "person": "{number} {label}",
    "person_now": "{number} {now}, was {label}",
    "whose": "Swap",
    "whose_gloss": "The network is given one person’s face and another’s scene; in it that other’s face is black.",
    "whose_face": "Face of",
    "whose_scene": "Scene of",
    "own_face": "face {number}, as it is",
    "own_scene": "face {number}, as it is",
    "gone": "somebody who is gone",
    "changed_face_of": "the face of {name}",
    "changed_scene_of": "the scene of {name}",
    "tried": "What I tried",
    "tried_hint": "Nothing yet. Whatever you change stands here, to go back to, and in the page’s address.",
    "tried_first": "as it is",
    "undo": "Undo",
    "look": "Look",
    "look_gloss": (
        "All that the network gets: the face, cut out, and the middle of the photo with that face painted black, in "
        "{rows} by {columns} cells. The greener a cell, the more attention it gets. Click one to choose it, and again "
        "to take it away."
    ),
    "face": "Face",
    "scene": "Scene",
    "sum": "Sum",
    "sum_gloss": (
        "Each cell counts with its share of the attention; together they are what the scene says (equation 5)."
    ),
    "grid": (
        "The scene in {rows} by {columns} cells. Arrows move; space or a second click removes a cell or puts it back."
    ),
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
    "attend": "Attention",
    "attend_gloss": "If another attention gives the same answer, where the network looked did not matter.",
    "attend_all": "Keep all",
    "attend_all_gloss": "The network’s own attention, of all cells.",
    "attend_strongest": "Only the strongest",
    "attend_strongest_gloss": "The strongest cell alone.",
    "attend_even": "Uniform",
    "attend_even_gloss": "The same for every cell.",
    "attend_shuffled": "Shuffle",
    "attend_shuffled_gloss": "Its own values, moved to other cells; each time in another order.",
    "blank_face": "Blank the face",
    "blank_scene": "Blank the scene",
    "clear": "How clear is the face",
    "clear_gloss": "The network gets this face instead; its face encoder runs again on the server, all else here.",
    "clear_kind": "What makes the face less clear",
    "clear_size": "Blur",
    "clear_darkness": "Darkness",
    "clear_eyes": "Mask over the eyes",
    "clear_mouth": "Mask over the mouth",
    "clear_blur": "Gaussian blur",
    "clear_none": "clear",
    "clear_size_amount": "{amount} pixels wide",
    "clear_darkness_amount": "{amount} of the light",
    "clear_eyes_amount": "{amount} of its height masked over the eyes",
    "clear_mouth_amount": "{amount} of its height masked over the mouth",
    "clear_blur_amount": "blurred by {amount} of its side",
    "clear_hint": "Blur, darken or mask the face: does the network turn to the scene?",
    "clear_blank": "The face is blank: there is nothing to blur.",
    "clear_said": "With a face {how} the scene counts {counts}; {label}.",
    "clear_said_forced": "With a face {how} the network itself would let the scene count {counts}; {label}.",
    "clear_turned": "{after} instead of {before}",
    "clear_same": "{after}, as with a clear face",
    "clear_stays": "the label stays {to}",
    "clear_flipped": "the label goes from {from} to {to}",
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
    "share_gloss": "Softmax (equation 4): e to the score, divided by the sum over the cells left; shares make 100%.",
    "share_term": "e^({score} − {largest}) ÷ {sum} = {share}",
    "share_removed": "{share}: the cell is removed, and the sum is over the others",
    "share_forced": "{share}, whatever its score",
    "switching": (
        "Of {units} units {count} switch between cells; only these let the face choose where to look. The paler "
        "ones say the same of every cell."
    ),
    "switching_gloss": (
        "What the face says through the other units, it says of all cells alike; then no cell gains on another."
    ),
    "unit": "One unit in numbers",
    "unit_gloss": "What a hidden unit makes of the two halves, step by step (equation 3 of the paper).",
    "unit_said": (
        "Unit {unit}: face {face} + cell {cell} = {sum}; ReLU {relu}; BatchNorm {norm}; ReLU {hidden}; times {weight} "
        "= {terms}"
    ),
    "copy": "Copy numbers",
    "copy_gloss": "All units of this cell as a table, in full precision.",
    "copy_all": "Copy all numbers",
    "copy_all_gloss": "Scores and shares of all cells, both weights, logits and probabilities, in full precision.",
    "copy_blocks": "Copy these maps",
    "copy_blocks_gloss": "Every channel that is shown, with its map in numbers; 255 steps from lowest to highest.",
    "copied": "Copied.",
    "not_copied": "This browser does not let the page copy.",
    "blocks": "Inside the two encoders",
    "blocks_gloss": (
        "What comes out of each block, from left to right, in its most telling channels. A channel answers to one kind "
        "of pattern: the fuller the colour, the stronger it answers there. The last maps become the face’s vector "
        "and the scene’s cells."
    ),
    "blocks_other": "These are of the inputs as they are, neither blank nor less clear.",
    "block": "{name}: {size} channels, {rows} × {columns}",
    "block_map": "channel {channel} of {size}: from {low} to {high}",
    "not_asked": "In this network the scene alone says where to look; the face is not asked.",
    "mix": "Mix",
    "mix_gloss": "How loud each side is in what the last layers hear. It is not each side’s share of the answer.",
    "slider": "Weight of the face",
    "slider_value": "face {face}, scene {scene}",
    "asks_face": "Face asks",
    "asks_scene": "Scene asks",
    "asks": "{score}, by softmax {share}",
    "asks_gloss": "Each side says in one number how loud it wants to be; softmax makes weights of both (equation 6).",
    "own": "the network’s own: {face}",
    "back": "Back to the network’s own",
    "segments": "Label by weight of the face",
    "segments_gloss": "Which label wins at each weight of the face.",
    "flips": "The label changes from {labels}.",
    "flip": "{before} to {after} where the face weighs {face}",
    "no_flips": "The label is {label} at every weight of the face.",
    "answer": "Answer",
    "answer_gloss": (
        "How the network shares out 100% among its labels. Change something, and a small line marks its own answer."
    ),
    "set_gloss": "Labels are named until the right one is among them as often as promised, on photos as they are.",
    "set_changed": "By the same rule it may be {labels} or {last} now.",
    "set_alone": "By the same rule it names {last} alone now.",
    "set_any": "By the same rule it may be any of the labels now.",
    "untouched": "Nothing is changed: this is the network’s own answer.",
    "changed": "You changed: {things}.",
    "changed_even": "the attention is uniform",
    "changed_shuffled": "the attention is shuffled",
    "changed_cells": "{count} of {cells} cells removed",
    "changed_weight": "the face weighs {face}",
    "changed_size": "the face is blurred",
    "changed_darkness": "the face is dark",
    "changed_eyes": "the eyes are masked",
    "changed_mouth": "the mouth is masked",
    "changed_blur": "the face is blurred",
    "changed_face": "the face is blank",
    "changed_scene": "the scene is blank",
    "stays": "The label stays {after}: {from} → {to}.",
    "flipped": "The label goes from {before} to {after}.",
    "reset": "Undo all",
}
