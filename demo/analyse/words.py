"""Every word that a visitor reads in the tab *Analyse*; templates are filled with ``str.format``."""

from __future__ import annotations

from markupsafe import Markup

MEANING = Markup(
    "<b>What you see</b> is an expression label predicted by a network. It is not what the person feels, and it is "
    "often wrong."
)

PHOTO = "Photo"
NAMED = "{name}: {problem}"
FORMER_STAYS = "What is shown is still the photo before."
REMOVE_PHOTO = "Remove Image"  # as Gradio names the same button elsewhere
ON_ITS_WAY = "Your photo is on its way. What is dimmed belongs to the one before."
EXAMPLES = "Or try one"

ANSWER = "What it answered"
ANSWER_EMPTY = "Seven expressions and their probabilities appear here, one face at a time."

MOVED = "Where it looked, and what moved the answer"
MOVED_EMPTY = "Where the network looks, and which pixels speak for the answer and which against it, appear here."
ATTENTION_ALT = (
    "The network’s two inputs, with its attention over the scene. The strongest cell is {where} of it, with {peak:.1f} "
    "times an even share."
)
MOVED_WAIT = "The maps take a few seconds."
WORKING = "Working it out"

CONTROLS = "Look closer"
WHICH_FACE = "Face"
WHICH_FACE_INFO = "Or click a face on the photo."
METHOD = "What the colours show"
METHOD_INFO = "Attention is where it looked; each method says in its own way what moved the answer."
ATTENTION = "Attention"
TARGET = "Label to explain"
TARGET_INFO = "Attention is the same for all labels."
OPACITY = "Strength of the colours"
ADD_FACE = "A face is missing or wrong?"
ADD_FACE_INFO = "Click two opposite corners on the photo, or type the box in photo pixels."
SMALL_FACES = "Small faces, too"
SMALL_FACES_INFO = "Searches large photos in tiles; takes a second or two."
SMALL_FACES_TOOK = "The photo was searched for small faces too, in {seconds:.1f} seconds."
REMOVE_FACE = "Remove the chosen face"
MARK = "Mark a face with two clicks"
BOX = "Box: x1, y1, x2, y2"
BOX_INFO = "In pixels from the photo’s top left corner."
BOX_BUTTON = "Use this box"
NO_FACE = Markup(
    "<b>No face was found in this photo.</b> If you see one, click two opposite corners of it on the photo, or type "
    "its box below “A face is missing or wrong?”."
)
TURN = "Turn the photo by {turn}°"
NO_FACE_UNTIL_TURNED = Markup(
    "<b>No face was found in this photo as it is.</b> Turned by {turn}° clockwise it shows one: press “{button}”."
)
NO_FACE_THERE = "There is no numbered face there. Click inside one of the boxes."
FACE_REMOVED = "Face {number} has been removed; the others have been renumbered."
LAST_FACE_REMOVED = Markup(
    "<b>No face is left.</b> Click two opposite corners of one on the photo, or type its box below “A face is missing "
    "or wrong?”."
)
FIRST_CORNER = "Click the first corner of the face on the photo."
SECOND_CORNER = "Now click the opposite corner."
NEEDS_PHOTO = "Add a photo first."
PHOTO_SIZE = "The photo is {width} × {height} pixels."

NOT_AUDITED = "Not audited: nobody has checked over many photos what such maps of these weights are worth."
AUDIT_BETTER = "Better than chance on {count} photos of the set “{dataset}”."
AUDIT_CHANCE = "No better than chance on {count} photos of the set “{dataset}”."
AUDIT_WORSE = "Worse than chance on {count} photos of the set “{dataset}”."
AUDIT_MIXED = "No better than chance in one of two tests on {count} photos of the set “{dataset}”."
AUDIT_INSANE = "Hardly depends on what was learned, as {count} photos of the set “{dataset}” show."
AUDIT_NUMBERS = (
    "Gain over random order by covering {deletion}, by uncovering {insertion} (95% intervals). Only the scene’s map "
    "was tested, not the face’s. Whether it holds for this very photo, the tab Trust tells."
)

STOP = "Stop"
AGAIN = "Explain again"
MOVED_STOPPED = "Stopped. Ask again, or choose another method or label; the rest of the page is still valid."

ADD_PHOTO = "Add your photo"
CONSENT = (
    "Add only photos of people who agree to it. Your photo is used for this page only: it is deleted within the hour, "
    "or at once with “Delete now”."
)

LIVE = "Live from your webcam"
LIVE_INFO = "Attention for the largest face, several times a second. Frames are analysed and then discarded."
LIVE_CAMERA = "Webcam"
LIVE_EMPTY = "Start the webcam, and what the network makes of it appears here."
LIVE_NO_FACE = "No face in sight."
LIVE_FACE = "{number} {emotion} {probability}"
LIVE_ALT = "The webcam’s picture with the network’s attention and a numbered box around each face."

DOWNLOAD = "Download"
DOWNLOAD_BUSY = "Preparing your download…"
DOWNLOAD_READY = "Your download has started: {name}."
DOWNLOAD_NEEDS_FACE = "Add a photo with a face first, then you can download its analysis."

DOWNLOAD_SHOWS_PEOPLE = (
    "Its pictures show the person in the photo; the photo file itself and its metadata are not included."
)
DOWNLOAD_SHOWS_OTHERS = (
    "Its pictures show everybody in the photo, so share it only with people they would share it with. The photo file "
    "itself and its metadata are not included."
)
DOWNLOAD_BLURRED = (
    "Its pictures show the chosen person. The other faces are blurred, except any that were not detected or that you "
    "removed. The photo file itself and its metadata are not included."
)
BLUR_OTHERS = "Blur the other faces"
