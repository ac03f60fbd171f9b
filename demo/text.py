"""Every word that a visitor reads; templates are filled with ``str.format``."""

from __future__ import annotations

TITLE = "GLAMOR-Net, explained"
LEAD = (
    "Add a photo of people. A small neural network names the expression it reads in each face and in the scene "
    "around it, and this page shows what it went by."
)
MEANING = (
    "<b>What you see</b> is an expression label predicted by a network. It is not what the person feels, and it is "
    "often wrong."
)
LIMITS = (
    "For research and teaching. Do not use it to judge, select or monitor people: inferring emotions at work and in "
    "education is banned in the EU (AI Act, Art. 5(1)(f)), and people exposed to it elsewhere must be told "
    "(Art. 50(3))."
)
PRIVACY = (
    "Your photo is analysed on this server and is not kept: location and other metadata are dropped, working copies "
    "are deleted within the hour, and nothing is logged."
)

TAB_ANALYSE = "Analyse"

PHOTO = "Photo"
DROP_HERE = "Drop a photo here\nor click to choose one"
EXAMPLES = "Or try one"

ANSWER = "What it answered"
ANSWER_EMPTY = "Seven expressions and their probabilities appear here, one face at a time."
ANSWER_LEAD = "Face {number} of {count}: the network’s best match is"
ANSWER_LEAD_ONLY = "The network’s best match is"
UNCERTAIN = "A close call: “{second}” is about as likely, so do not read much into the first place."
BOX_SOURCE_DETECTED = "Face found with a confidence of {score:.0%}."
BOX_SOURCE_PERSON = "Face box given by hand."

SAW = "What it saw"
SAW_EMPTY = "The two pictures the network gets: the face, cut out, and the scene with that face blacked out."
SAW_CAPTION = "Its two inputs: the face alone, and the scene with this face blacked out."
SAW_ALT = "The two inputs of the network for face {number}: the cropped face, and the scene with the face blacked out."
LOOKED = "Where it looked"
LOOKED_EMPTY = "Which parts of the scene it gave weight to, drawn on the part of the photo that it can see."
LOOKED_CAPTION = "Bright cells of the scene got more attention. The strongest has {peak:.1f} times an even share."
LOOKED_ALT = (
    "The photo with the network's attention over the scene. The strongest cell is {where} of the area it sees, "
    "with {peak:.1f} times an even share."
)
WEIGHED = "How it weighed"
WEIGHED_EMPTY = "How much of the answer rests on the face and how much on the scene."
WEIGHED_MOSTLY = "It gave the {winner} most of the weight."
WEIGHED_MORE = "It gave the {winner} somewhat more weight."
WEIGHED_EVEN = "It gave both about equal weight."
WEIGHED_CAPTION = "The network sets these two weights anew for every face; together they make 100 %."
FACE, SCENE = "Face", "Scene"
MOVED = "What moved the answer"
MOVED_EMPTY = "Which pixels spoke for the answer and which against it, in the face and in the scene."
MOVED_CAPTION = "Orange speaks for “{target}”, blue against it."
MOVED_METHOD = "About {method}"
MOVED_DELTA = "What it leaves unexplained: {delta:.2g}, where the score itself (the logit) is {logit:.2f}."
MOVED_ALT = (
    "{method}: what spoke for and against {target}. {face_share:.0%} of the total lies in the face picture, "
    "{context_share:.0%} in the scene."
)
MOVED_WAIT = "The maps take a few seconds."
WORKING = "Working it out"

CONTROLS = "Look closer"
WHICH_FACE = "Face"
WHICH_FACE_INFO = "Or click a face on the photo."
METHOD = "Method"
TARGET = "Label to explain"
OPACITY = "Strength of the colours"
ADD_FACE = "A face is missing or wrong?"
ADD_FACE_INFO = "Click two opposite corners on the photo, or type the box in pixels of the photo."
REMOVE_FACE = "Remove the chosen face"
MARK = "Mark a face with two clicks"
BOX = "Box: x1, y1, x2, y2"
BOX_INFO = "Pixels from the photo’s upper left corner."
BOX_BUTTON = "Use this box"

PHOTO_ALT = "Your photo with {count} numbered faces; face {number} is selected: {emotion}."
PHOTO_ALT_NO_FACE = "Your photo. No face was found in it."
NO_FACE = (
    "<b>No face was found in this photo.</b> If you see one, click two opposite corners of it on the photo, or type "
    "its box below “A face is missing or wrong?”."
)
NO_FACE_THERE = "There is no numbered face at that place. Click inside one of the boxes."
FACE_REMOVED = "Face {number} is off the list; the others are numbered anew."
LAST_FACE_REMOVED = (
    "<b>No face is left.</b> Click two opposite corners of one on the photo, or type its box below “A face is missing "
    "or wrong?”."
)
FIRST_CORNER = "Click the first corner of the face on the photo."
SECOND_CORNER = "Now click the opposite corner."
NEEDS_PHOTO = "Add a photo first."
PHOTO_SIZE = "The photo is {width} × {height} pixels."

UNTRAINED = (
    "<b>Untrained weights.</b> The checkpoint in use does not say what it was trained on, so its numbers mean nothing "
    "and no prediction is shown. Start the app with trained weights."
)
UNTRAINED_PLAIN = (
    "The checkpoint in use has untrained weights (its config says nothing of training), so no prediction is given; "
    "start the app with trained weights."
)
FELL_BACK = "The checkpoint {source} could not be loaded, so the built-in weights are in use. {reason}"
UNEXPECTED = "Something went wrong on our side. Please try again; if it happens again, try another photo."
BAD_BOX = "The box is “{given}”; accepted: four numbers x1, y1, x2, y2 in pixels with x1 < x2 and y1 < y2."
BAD_BOXES = "The boxes are {given}; accepted: a list of boxes, each four numbers x1, y1, x2, y2 in photo pixels."
BAD_FACE = "Face “{given}” was asked for; accepted: a whole number from 1 to {count}, counted from left to right."
NO_FACE_API = "No face was found in this photo; give its box as x1, y1, x2, y2 in photo pixels."
BAD_CLASS = "The class is “{given}”; accepted: {names}."
BAD_OPACITY = "The opacity is “{given}”; accepted: a number from 0 to 1."
NO_PHOTO_API = "No photo came with the request; send one as the first argument."

MADE_WITH = "Weights: {source} · trained on {trained_on}"

STOP = "Stop"
AGAIN = "Explain again"
STOPPED = "Stopped. The other panels still hold; ask again, or for another method or label."

COPY_LINK = "Copy link"
COPIED = "The link to these settings is copied. The photo is not part of it."
IN_ADDRESS_BAR = "Your browser lets no page copy: take the link from the address bar. The photo is not part of it."
BAD_LINK = "The link asks for {name} “{given}”, which there is not; accepted: {names}."

ADD_PHOTO = "Add your photo"
CONSENT = (
    "Add only photos of people who agree to it. A photo is used for this page alone: it is deleted within the hour, "
    "and at once with “Delete now”."
)
DELETE = "Delete now"
DELETED = "Deleted: your photos, all that was drawn from them, and what this page remembered of your visit."

LIVE = "Live from your webcam"
LIVE_INFO = "The attention for the largest face, several times a second. Frames are analysed and thrown away."
LIVE_CAMERA = "Webcam"
LIVE_EMPTY = "Start the webcam: what the network makes of it appears here."
LIVE_NO_FACE = "No face in sight."
LIVE_FACE = "{number} {emotion} {probability:.0%}"
LIVE_ALT = "The webcam’s picture with the network’s attention and a numbered box around each face."
