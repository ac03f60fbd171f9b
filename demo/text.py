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

# The tabs Compare methods and Trust.
TAB_COMPARE, TAB_TRUST = "Compare methods", "Trust"
SUBJECT = "Face {number} of {count}, label “{target}”. Choose another face or label in the tab Analyse."
SUBJECT_EMPTY = "Add a photo in the tab Analyse first; then come back here."
STOPPED = "Stopped. What was ready stays."
SUBJECT_CHANGED = "Another face or label was chosen meanwhile, so this was stopped. Press the button again."
CANCEL = "Stop"
METHODS_LABEL = "Methods"
NO_METHODS = "No method is chosen; choose at least one."
BAD_METHODS = "The methods are “{given}”; accepted: a list of their names, for example integrated_gradients, grad_cam."
WHAT_IS_THIS = "What is this?"
HOW_TO_READ, SOURCE, NEEDS = "How to read it:", "Source:", "Needs:"

COMPARE_LEAD = (
    "Different methods answer the same question in different ways. Choose some and press Compare: their maps of face "
    "and scene appear here side by side. Where they agree, trust them more."
)
SETTINGS = "Baseline and SmoothGrad"
COMPARE_RUN = "Compare"
COMPARE_METHODS_INFO = (
    "Fast: at once. Seconds: one or two. Slow: several. SmoothGrad takes ten times as long, noise four times."
)
PACE_FAST, PACE_SECONDS, PACE_SLOW = "fast", "seconds", "slow"
METHOD_CHOICE = "{method} · {pace}"
BASELINE = "Compared with"
BASELINE_INFO = "What “nothing there” looks like, for the methods that take the photo away."
BASELINE_NAMES = {
    "black": "Black",
    "mean": "Its mean colour",
    "blurred": "The photo blurred",
    "noise": "Random noise (mean of 4)",
}
SMOOTH = "SmoothGrad"
SMOOTH_INFO = "Average over slightly noisy copies, for the gradient methods; the others stay as they are."
SCALE = "Colour scale"
SCALE_OWN, SCALE_ONE = "Each its own", "One for all"
SCALE_INFO = (
    "One for all: the same colour is the same amount. Saliency and Guided Backprop count in another unit than the rest."
)
COMPARE_DOING = "{number} of {count}: {method}"
COMPARE_DONE = "Done: {count} of {wanted} maps, {known} of them known already."
CARD_WAIT = "Not made yet."
CARD_BASELINE = "Compared with: {baseline}."
CARD_SMOOTH = "Smoothed."
CARD_PLAIN = "Orange speaks for “{target}”, blue against it."
CARD_DELTA = "All pixels together miss the score’s rise of {gained:.2f} by {delta:.2g} ({share:.1%})."
CARD_DELTA_FLAT = "All pixels together miss the score’s rise, which is zero, by {delta:.2g}."

TRUST_LEAD = "A map can look right and be wrong. These checks ask the network itself, on this photo, for this face."
TRUST_EMPTY = "Press the button: the verdict and all its numbers appear here. It takes up to half a minute."
TRUST_RUN = "Check"
TRUST_METHODS_INFO = "Which maps to check, beside the network’s own attention. Each adds a few seconds."
TRUST_DOING = "Checking"
TRUST_QUESTION = "Does attention show where the evidence is?"
TRUST_ANSWERS = {"better": "Yes", "partly": "Partly", "chance": "No", "worse": "No", "nothing": "Cannot tell"}
OUTCOMES = {
    "better": "better than chance",
    "partly": "partly better",
    "chance": "no better than chance",
    "worse": "worse than chance",
    "nothing": "nothing to find",
}
PIXELS_TITLE = "Covering parts of the scene"
WEIGHTS_TITLE = "Taking away attention"
ORDER_TITLE = "Who finds the evidence"
RELIANCE_TITLE = "Face or scene: said and done"
RELIABILITY_TITLE = "How reliable each map is"
CASCADE_TITLE = "Does the map depend on learning?"
STABILITY_TITLE = "Does the answer hold?"
RANDOM_ROW = "Random order"
ORDER_HEADS = ("Map", "Deletion", "Insertion", "By pixels", "By weights", "Agreement")
RELIABILITY_HEADS = ("Map", "Does not add up by", "Trembles by", "Foretells with error", "Left when all is forgotten")
STABILITY_HEADS = ("What was done", "Label", "“{target}”", "Face weight", "Attention alike")
PLAIN_VARIANT = "Nothing"
CHANGED = "changed"
NOT_DEFINED = "–"
NO_WARNINGS = "No figure is beyond its limit."
FLAT_ERROR = "A flat map, which knows nothing but how much was removed, foretells with an error of {flat:.2f}."
CASCADE_ALT = "Similarity of each map to itself after all weights are shuffled: {figures}."
REMOVAL_ALT = "Deletion and insertion curves. {verdicts}"

# Each figure of the tab Trust: its name, what it is, how to read it, and who proposed it.
TRUST_INFOS = {
    "pixels": (
        WHAT_IS_THIS,
        "The scene is cut into the cells of the attention grid. They are covered with the scene’s mean colour one "
        "after the other, those first that a map ranks highest, and the probability of the label is read each time "
        "(deletion); then the same from nothing to the whole scene (insertion). The grey band holds 95 % of random "
        "orders.",
        "A good map makes deletion fall sooner and insertion rise sooner than the band.",
        "Petsiuk, Das, Saenko: RISE, BMVC 2018",
    ),
    "weights": (
        WHAT_IS_THIS,
        "The photo stays as it is; the attention of the cells is set to zero in a map’s order, and the rest is made "
        "to add up to 1 again.",
        "As above. Where this curve falls and the one for covered pixels does not, the weight counts but the place "
        "holds no evidence of its own.",
        "Jain, Wallace: Attention is not explanation, NAACL 2019",
    ),
    "auc": (
        "Deletion and insertion",
        "The mean height of each curve, from 0 to 1 (area under the curve, AUC).",
        "Deletion: lower is better. Insertion: higher is better. A map beats chance only if both leave the band of "
        "random orders on the good side.",
        "Petsiuk, Das, Saenko: RISE, BMVC 2018",
    ),
    "agreement": (
        "Agreement",
        "Spearman’s rank correlation between attention and a map, cell by cell, without the blacked-out face.",
        "1: both rank the cells alike. 0: unrelated. −1: opposite.",
        "Jain, Wallace: Attention is not explanation, NAACL 2019",
    ),
    "reliance": (
        WHAT_IS_THIS,
        "Said: the weights that the network gives face and scene. Done: the share of each in the absolute Integrated "
        "Gradients, and the probability that is lost when one of them is blanked.",
        "If said and done point to different inputs, do not read the weights as reasons. A loss with a minus sign is "
        "a gain.",
        "Weights: Le et al., 2021. Integrated Gradients: Sundararajan, Taly, Yan, ICML 2017",
    ),
    "convergence": (
        "Does not add up by",
        "By how much the sum of all pixels misses what the score gains from the baseline to the photo, as a share of "
        "that gain (convergence delta). Only for methods that promise to add up.",
        "Up to {convergence:.0%} is fine: this is where the authors stop adding steps. Above it, read the map as a "
        "ranking, not as amounts.",
        "Sundararajan, Taly, Yan: Axiomatic attribution for deep networks, ICML 2017",
    ),
    "sensitivity": (
        "Trembles by",
        "The largest change of the map under noise that nobody sees (5 of 255 grey levels), in lengths of the map.",
        "0: it keeps still. Above {sensitivity:.0f}, what is drawn is as much the noise as the photo.",
        "Yeh et al.: On the (in)fidelity and sensitivity of explanations, NeurIPS 2019",
    ),
    "infidelity": (
        "Foretells with error",
        "Random tiles of face and scene are removed; the map foretells what each removal costs. This is the mean "
        "squared error, as a share of the mean squared cost.",
        "0: foretells every loss. 1: knows nothing. It should be below the error of a flat map.",
        "Yeh et al.: On the (in)fidelity and sensitivity of explanations, NeurIPS 2019",
    ),
    "similarity": (
        "Left when all is forgotten",
        "The network’s weights are shuffled layer by layer, from the answer down to the pixels, and the map is made "
        "again each time. The curve is its similarity (SSIM) with the trained network’s map.",
        "It should fall towards 0. Above {similarity} at the end, much of the map shows the photo or the "
        "architecture, not what was learned.",
        "Adebayo et al.: Sanity checks for saliency maps, NeurIPS 2018",
    ),
    "stability": (
        WHAT_IS_THIS,
        "The same question with the face box moved or scaled, the photo mirrored, compressed, brighter or darker: "
        "changes that mean nothing to a person. “Attention alike” is the correlation with the first row’s attention.",
        "Labels that change are marked. The more there are, the less the answer means.",
        "After Hendrycks, Dietterich: Benchmarking neural network robustness, ICLR 2019",
    ),
}
