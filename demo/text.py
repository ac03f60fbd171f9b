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
ADD_FACE = "A face was missed?"
ADD_FACE_INFO = "Click two opposite corners on the photo, or type the box in pixels of the photo."
MARK = "Mark a face with two clicks"
BOX = "Box: x1, y1, x2, y2"
BOX_INFO = "Pixels from the photo’s upper left corner."
BOX_BUTTON = "Use this box"

PHOTO_ALT = "Your photo with {count} numbered faces; face {number} is selected: {emotion}."
PHOTO_ALT_NO_FACE = "Your photo. No face was found in it."
NO_FACE = (
    "<b>No face was found in this photo.</b> If you see one, click two opposite corners of it on the photo, or type "
    "its box below “A face was missed?”."
)
NO_FACE_THERE = "There is no numbered face at that place. Click inside one of the boxes."
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

DOWNLOAD = "Download"
DOWNLOAD_BUSY = "Putting it together…"
DOWNLOAD_READY = "Your download has begun: {name}."
DOWNLOAD_NEEDS_FACE = "Add a photo with a face first; then its analysis can be downloaded."

TAB_ABOUT = "About"
ABOUT_CHECKPOINT = "The weights in use"
ABOUT_WHICH = "Weights"
ABOUT_WHICH_INFO = "The page runs on the first; the others are here to be read about and compared."
ABOUT_SOURCE, ABOUT_REVISION, ABOUT_HASH = "Source", "Revision", "sha256"
ABOUT_LICENSE, ABOUT_TRAINED, ABOUT_LABELS = "Licence", "Trained on", "Labels"
ABOUT_FOLDER = "a folder, no revision"
ABOUT_UNKNOWN = "not stated"
ABOUT_SCORES = "What they score"
ABOUT_SCORES_INFO = (
    "Measured on labelled photos kept out of training, with 95 % intervals; expect a little less elsewhere. Recall is "
    "the share of a label’s photos that were given it, averaged over the labels. The last column says by how much the "
    "shown probabilities are off on average."
)
ABOUT_NO_SCORES = "No scores came with these weights, so how often they are right is not known."
ABOUT_COLUMNS = ("Photos", "Shown to it", "How many", "Recall", "Accuracy", "Off by")
ABOUT_CONDITIONS = {
    "fused": "face and scene",
    "face only": "the face alone",
    "context blanked": "the scene blacked out",
    "face blanked": "the face blacked out",
    "uniform attention": "attention spread evenly",
    "fusion one half": "face and scene weighed equally",
}
ABOUT_MEANING = "What the label means"
ABOUT_MEANING_WORDS = (
    "It is the word under which annotators would most likely have filed the picture, as far as the network can tell: "
    "a guess at how an expression looks to others. It is not what the person feels. A smile may be polite, a frown "
    "may be the sun, and people do not show the same feeling with the same face.",
    "The maps show what moved the network’s answer, not what is true about the person, and different methods may "
    "disagree.",
)
ABOUT_WEAK = "Where it fails"
ABOUT_WEAK_RECALL = (
    "On {count} labelled photos ({dataset}) it finds {recall:.0%} of an average label (95 % interval {low:.0%} to "
    "{high:.0%}); blind guessing would find {chance:.0%}."
)
ABOUT_WEAK_CLASSES = (
    "It misses {first} most: it finds {first_recall:.0%} of such photos, and {second_recall:.0%} of {second}."
)
ABOUT_WEAK_PRECISION = "When it says {name}, that is right in {precision:.0%} of the cases: its least reliable word."
ABOUT_WEAK_SCENE = "With the scene blacked out it finds {recall:.0%} of an average label instead of {fused:.0%}."
ABOUT_WEAK_ALWAYS = (
    "How it does for people of different ages, skin colours or cultures was not measured.",
    "Small, turned, covered or badly lit faces, drawings and strong filters are unlike what it learned from.",
)
ABOUT_BANNED = "Where it must not be used"
ABOUT_BANNED_WORDS = (
    "At work and in education: systems that infer emotions of people there are banned in the EU, except for medical or "
    "safety reasons (AI Act, Art. 5(1)(f)).",
    "Anywhere without telling people: whoever exposes people to such a system must inform them (AI Act, Art. 50(3)).",
    "To judge, hire, grade, diagnose or monitor anybody. It is made for research and teaching.",
)
ABOUT_PRIVACY = "What happens to a photo"
ABOUT_PRIVACY_WORDS = (
    "It is analysed on this server; place, time and other metadata are dropped at once. Working copies that "
    "the page needs are deleted within the hour. Nothing of it is logged, sent elsewhere, or used for training.",
    "Photograph only people who agree to it.",
)
ABOUT_CARD = "Model card"
ABOUT_NO_CARD = "No model card came with these weights."
NOT_ALLOWED = "These weights are not among those that this page offers; accepted: {names}."

SIDE_BY_SIDE = "Two sets of weights on your photo"
SIDE_INFO = "The face that is chosen under “Analyse”, answered by both."
SIDE_FIRST, SIDE_SECOND, SIDE_BUTTON = "One", "The other", "Compare"
SIDE_NEEDS_FACE = "Add a photo with a face under “Analyse” first."
SIDE_AGREE = "Both answer {label}. Their probabilities differ by up to {difference:.0%}."
SIDE_DIFFER = "They disagree: {first} and {second}. Their probabilities differ by up to {difference:.0%}."
SIDE_OTHER_LABELS = "They answer {first} and {second}, from different sets of labels."
