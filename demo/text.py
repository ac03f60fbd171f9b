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
EXAMPLE_NAMES = ("Eileen Collins", "Grace Hopper")
FIRST_EXAMPLE = "An example, analysed already. Your photo replaces it."

ANSWER = "What it answered"
ANSWER_EMPTY = "Seven expressions and their probabilities appear here, one face at a time."
ANSWER_LEAD = "Face {number} of {count}: the network’s best match is"
ANSWER_LEAD_ONLY = "The network’s best match is"
UNCERTAIN = "A close call: “{second}” is about as likely, so do not read much into the first place."
ANSWER_CAPTION = "The labels share 100 %, after the network’s temperature (Guo et al. 2017)."
BOX_SOURCE_DETECTED = "Face found with a confidence of {score:.0%}."
BOX_SOURCE_PERSON = "Face box given by hand."

SAW = "What it saw"
SAW_EMPTY = "The two pictures the network gets: the face, cut out, and the scene with that face blacked out."
SAW_CAPTION = "Its two inputs: the face alone, and the scene with this face blacked out."
SAW_ALT = "The two inputs of the network for face {number}: the cropped face, and the scene with the face blacked out."
LOOKED = "Where it looked"
LOOKED_EMPTY = "Which parts of the scene it gave weight to, drawn on the part of the photo that it can see."
LOOKED_CAPTION = (
    "Bright cells of the scene got more attention (Le et al. 2021). The strongest has {peak:.1f} times an even share."
)
LOOKED_ALT = (
    "The photo with the network's attention over the scene. The strongest cell is {where} of the area it sees, "
    "with {peak:.1f} times an even share."
)
WEIGHED = "How it weighed"
WEIGHED_EMPTY = "How much of the answer rests on the face and how much on the scene."
WEIGHED_MOSTLY = "It gave the {winner} most of the weight."
WEIGHED_MORE = "It gave the {winner} somewhat more weight."
WEIGHED_EVEN = "It gave both about equal weight."
WEIGHED_CAPTION = "The network sets these two weights anew for every face; together they make 100 % (Le et al. 2021)."
FACE, SCENE = "Face", "Scene"
MOVED = "What moved the answer"
MOVED_EMPTY = "Which pixels spoke for the answer and which against it, in the face and in the scene."
MOVED_CAPTION = "Orange speaks for “{target}”, blue against it."
MOVED_METHOD = "About {method}"
MOVED_DELTA = (
    "What it leaves unexplained: {delta:.2g}, where the score itself (the logit) is {logit:.2f}. The nearer to 0, the "
    "better do the pixels add up to the answer (Sundararajan et al. 2017)."
)
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
BAD_PHOTO = "The photo is “{given}”; accepted: a file, described as Gradio’s clients do; see “Use via API”."
BAD_WORD = "The {what} is “{given}”; accepted: its name."
MANY_BOXES = "There are {count:,} boxes; accepted: at most {most} a request; send the others in another one."
OUT_OF_MEMORY = "There is not enough memory for this right now; choose a quicker method, or try again in a minute."
TOO_LONG = "The request is too long; accepted: up to {limit} MiB; upload the photo as a file instead."
NOT_A_REQUEST = 'The request is not as accepted: JSON such as {"data": [the endpoint’s arguments]}; see “Use via API”.'
NO_SUCH_ENDPOINT = "There is no such endpoint; accepted: predict, explain, intervene, trust."
BAD_INPUTS = (
    "The photo cannot be read from the request; accepted: a file that was uploaded to this app before, or one inline "
    "as data:image/jpeg;base64,...; see “Use via API”."
)
CACHE_UNWRITABLE = "The pictures cannot be kept: the server’s disk is full or cannot be written; try again later."
CLOSING = "The server is being stopped, so this was given up; try again in a minute."
BAD_BOUND = "{name} is “{given}”; accepted: a whole number from 1 to {highest:,}; set another."
NO_CACHE = "{folder} cannot be written ({reason}); set GRADIO_TEMP_DIR to a folder that can."
NO_PHOTO_API = "No photo came with the request; send one as the first argument."

MADE_WITH = "Weights: {source} · trained on {trained_on}"

STOP = "Stop"
AGAIN = "Explain again"
MOVED_STOPPED = "Stopped. The other panels still hold; ask again, or for another method or label."

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
VISIT_OVER = (
    "This visit is over: the page forgets a visit after an hour without use, or earlier when very many people come. "
    "Reload the page and add the photo again."
)
DELETED = "Deleted: your photos, all that was drawn from them, and what this page remembered of your visit."

LIVE = "Live from your webcam"
LIVE_INFO = "The attention for the largest face, several times a second. Frames are analysed and thrown away."
LIVE_CAMERA = "Webcam"
LIVE_EMPTY = "Start the webcam: what the network makes of it appears here."
LIVE_NO_FACE = "No face in sight."
LIVE_FACE = "{number} {emotion} {probability:.0%}"
LIVE_ALT = "The webcam’s picture with the network’s attention and a numbered box around each face."
# --- Interventions

TAB_INTERVENTIONS = "Interventions"
LAB_EMPTY = (
    "Add a photo in the tab Analyse and choose a face there. Then come back: here you can make the network look "
    "elsewhere, weigh otherwise or see less, and read at once what it would have answered."
)
LAB_LEAD = (
    "This is face {number} of the photo in the tab Analyse. Change one thing and see whether the answer follows: what "
    "matters to the network moves its answer, what does not leaves it alone."
)
LAB_LOOK = "Where it may look"
LAB_LOOK_CAPTION = (
    "The scene as the network gets it. Click a cell to take its attention away, click again to give it back; the "
    "rest is made to add up to 100 % again."
)
LAB_KEEP_ALL = "Keep all"
LAB_STRONGEST = "Only the strongest"
LAB_UNIFORM = "Uniform"
LAB_SHUFFLED = "Shuffled"
LAB_BUTTONS_INFO = (
    "Keep all: the network’s own attention. Only the strongest: its strongest cell alone. Uniform: every cell "
    "the same. Shuffled: its own values, each on some other cell; the same seed shuffles alike."
)
LAB_TYPE_CELL = "Without a mouse?"
LAB_CELL = "A cell by its row and column"
LAB_CELL_INFO = "Two numbers from 1, such as 2, 5; row 1 is at the top, column 1 on the left. Press Enter."
LAB_BOARD_ALT = (
    "The scene with its {rows} by {columns} grid. {removed} of {cells} cells are removed; the strongest, in row {row} "
    "and column {column}, has {peak:.1f} times an even share."
)
LAB_WEIGH = "How it may weigh"
LAB_SLIDER = "Weight of the face"
LAB_SLIDER_INFO = "Forces how much the face counts; the scene gets the rest. 0: the scene alone, 1: the face alone."
LAB_FREE = "Let the network weigh"
LAB_FLIPS = "As the weight of the face grows from 0 to 1, the label is {labels}."
LAB_FLIP_STEP = "{label} from {weight:.2f}"
LAB_NO_FLIP = "The label is {label} at every weight of the face."
LAB_CURVE_ALT = "Curves of the seven probabilities over the weight of the face. {flips} The network’s own is {own:.2f}."
LAB_SEE = "What it may see"
LAB_SCENE = "Scene"
LAB_SCENE_INFO = "Black: no scene at all. Blurred: its colours and light, but no detail."
LAB_FACE_INPUT = "Face"
LAB_FACE_INFO = "Black: the network sees nobody, only the scene."
LAB_AS_IS, LAB_BLACK, LAB_BLURRED = "As it is", "Black", "Blurred"
LAB_ANSWER = "What it answers now"
LAB_RESET = "Undo all"
LAB_BEFORE, LAB_NOW, LAB_CHANGE = "Untouched", "Now", "Change"
LAB_NOTHING_SET = "Nothing is set by hand yet, so this is the untouched answer."
LAB_STAYS = "The label stays {label}."
LAB_FLIPPED = "The label changes from {before} to {after}."
LAB_SET = "Set by hand: {things}."
LAB_SET_WEIGHT = "weight of the face {weight:.2f}"
LAB_SET_UNIFORM, LAB_SET_SHUFFLED = "uniform attention", "shuffled attention (seed {seed})"
LAB_SET_CELLS = "{count} of {cells} cells removed"
LAB_SET_SCENE, LAB_SET_FACE = "scene {how}", "face {how}"
LAB_ABOUT = "How to read these numbers"
LAB_ABOUT_ITEMS = (
    (
        "Probability",
        "How the network shares out 100 % among seven labels, after its temperature (Guo et al. 2017, On calibration "
        "of modern neural networks). Changes are in percentage points. A large change means that what you changed "
        "mattered for this face; no change means that it did not, however bright its map was.",
    ),
    (
        "Attention",
        "How much each cell of the scene counts in the scene’s summary; all cells add up to 100 %, and an even share "
        "of 49 cells is 2 % (Le et al. 2021, eq. 3 to 5). If uniform or shuffled attention gives the same answer, "
        "where it looked did not matter (Jain and Wallace 2019, Attention is not explanation; Wiegreffe and Pinter "
        "2019, Attention is not not explanation). Removing cells tests one place at a time (Serrano and Smith 2019, Is "
        "attention interpretable?).",
    ),
    (
        "Fusion weights",
        "How much face and scene count in what the last layers see; together 100 % (Le et al. 2021, eq. 6). The curve "
        "forces every weight of the face from 0 to 1 and leaves all else alone. Where the thick line changes, the "
        "label flips; a flip close to the network’s own weight means that the label hangs by a thread.",
    ),
    (
        "Scene and face, black or blurred",
        "What is left of the answer without that input. The network has never learned from such pictures, so read the "
        "direction of a change rather than its size (Hooker et al. 2019, A benchmark for interpretability methods).",
    ),
)
LAB_PEOPLE = "The people of this photo"
LAB_PEOPLE_CAPTION = (
    "The same scene, the one with face {scene} hidden, put to each face: where would each of them make the network "
    "look?"
)
LAB_FACE = "Face {number}"
LAB_PEOPLE_ALIKE = "All of them look at this scene alike: at most {most:.0%} of the attention lies elsewhere."
LAB_PEOPLE_DIFFER = (
    "The face steers the look: between face {first} and face {second}, {most:.0%} of the attention lies elsewhere."
)
LAB_PEOPLE_ROW = (
    "Face {number}: {distance:.1%} of its attention lies elsewhere than face {scene}’s; "
    "weight of the face {weight:.0%}."
)
LAB_PEOPLE_FIRST = "This photo has {count} faces; the chosen one and the first others are compared, {limit} in all."
LAB_PEOPLE_ABOUT = (
    "The distance is the total variation between two attention maps: half the sum of the differences of their cells, "
    "the share of attention that would have to move to turn one map into the other. 0 %: the same map, 100 %: no cell "
    "in common (used so by Jain and Wallace 2019, Attention is not explanation). The attention depends on the face by "
    "design (Le et al. 2021, eq. 3); a small distance says that for this scene it hardly does."
)
LAB_PEOPLE_ALT = "The attention maps of {count} faces over one scene. {words}"
BAD_WEIGHT = "The weight of the face is “{given}”; accepted: a number from 0 to 1, or nothing for the network’s own."
BAD_CELL = "The cell is “{given}”; accepted: its row from 1 to {rows} and its column from 1 to {columns}, such as 2, 5."
BAD_GRID = "The attention is “{given}”; accepted: {rows} rows of {columns} numbers from 0 up, not all of them 0."
BAD_SEEN = "The {what} is “{given}”; accepted: {names}."

# --- Two photos

TAB_PHOTOS = "Two photos"
SWAP_LEAD = (
    "Put every face before every scene. If the label goes with the face, the network went by the face; if it stays "
    "with the scene, it went by the scene."
)
SWAP_PHOTOS = "The photos"
SWAP_FIRST, SWAP_SECOND = "A photo", "Another photo"
SWAP_MORE = "More photos"
SWAP_WITH = "With the photo of the tab Analyse"
SWAP_WITH_INFO = "Its faces take part as well, those that you marked there too."
SWAP_WHO = "Who takes part"
SWAP_LARGEST, SWAP_EVERYBODY = "The largest face of each photo", "Every face"
SWAP_WHO_INFO = "Of a single photo, every face takes part. Six people at most, photo by photo, from left to right."
SWAP_EXAMPLES = "Try two examples"
SWAP_CLEAR = "Remove these photos"
SWAP_MATRIX = "Every face before every scene"
SWAP_EMPTY = "Add two photos, or one with several people. Each face is then put before each scene."
SWAP_ALONE = "There is only one face so far. Add another photo, or one with several people."
SWAP_NOBODY = "No face was found. Add a photo that shows a face well."
SWAP_NO_FACE = "No face was found in photo {photo}, so it is left out."
SWAP_TOO_MANY = "There are {count} faces; the first {limit} take part, photo by photo and from left to right."
SWAP_TOO_MANY_PHOTOS = "Only the first {limit} photos take part."
SWAP_ALL_ALIKE = "At home all {count} faces have the label {label}, so no swap can tell which input decides."
SWAP_SUMMARY = (
    "In {face} of {telling} telling pairs the face’s label won, in {scene} the scene’s, in {neither} neither."
)
SWAP_WEIGHT = "On average the face’s weight is {home:.0%} at home and {away:.0%} before another scene."
SWAP_CAPTION = (
    "Rows are faces, columns are scenes with their own face hidden; dark frames are the photos as they are. Bright "
    "cells got more attention. The bar is the weight of face (violet) and scene (green)."
)
SWAP_ALT = "A table of pictures: {count} faces before {count} scenes. {words}"
SWAP_TABLE = "The same in words"
SWAP_FACE, SWAP_SCENE = "Face {number}", "Scene {number}"
SWAP_FROM = "photo {photo}"
SWAP_CELL_WEIGHT = "face {weight:.0%}"
SWAP_HOME, SWAP_BOTH, SWAP_FACE_WON, SWAP_SCENE_WON, SWAP_NEITHER = (
    "at home",
    "both agree",
    "the face’s label",
    "the scene’s label",
    "neither’s label",
)
SWAP_ABOUT_ITEMS = (
    (
        "Telling pairs",
        "Pairs of a face and another photo’s scene whose own labels differ: only these can tell which of the two the "
        "answer follows. The same is counted for shape against texture by Geirhos et al. 2019 (ImageNet-trained CNNs "
        "are biased towards texture). A handful of pairs is a hint, not a statistic.",
    ),
    (
        "Percentage beside a label",
        "The probability of that label for this face before this scene, from one pass of the network over all pairs.",
    ),
    (
        "Weight of the face",
        "The network’s own fusion weight for the pair, 100 % less the scene’s (Le et al. 2021, eq. 6). It says what "
        "the network gives the face; who won says what came of it.",
    ),
    (
        "Attention",
        "The map of each pair on one scale for all; 1× is an even share of the cells (Le et al. 2021, eq. 3 to 5). "
        "Compare the pictures of a column: the scene is the same, only the face changes.",
    ),
)

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

LIGHTER = "Integrated Gradients take fewer steps and Occlusion covers each place once, with and without the change."

# Each figure of the tab Trust: its name, what it is, how to read it, and who proposed it.
TRUST_INFOS = {
    "pixels": (
        WHAT_IS_THIS,
        "The scene is cut into the cells of the attention grid. They are covered with the scene’s mean colour one "
        "after the other, those first that a map ranks highest, and the probability of the label is read each time "
        "(deletion); then the same from nothing to the whole scene (insertion). The grey band holds 95 % of random "
        "orders.",
        "A good map makes deletion fall sooner and insertion rise sooner than the band. Read from right to left, "
        "insertion covers first what the map ranks lowest.",
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
        "Gradients, and the probability that is lost when one of them is made black.",
        "If said and done point to different inputs, do not read the weights as reasons. A loss with a minus sign is "
        "a gain.",
        "Weights: Le et al., 2021. Integrated Gradients: Sundararajan, Taly, Yan, ICML 2017",
    ),
    "convergence": (
        "Does not add up by",
        "By how much the sum of all pixels misses what the score (the logit) gains from the baseline to the photo, as "
        "a share of that gain (convergence delta). Only for methods that promise to add up.",
        "Up to {convergence:.0%} is fine: this is where the authors stop adding steps. Above it, read the map as a "
        "ranking, not as amounts.",
        "Sundararajan, Taly, Yan: Axiomatic attribution for deep networks, ICML 2017",
    ),
    "sensitivity": (
        "Trembles by",
        "The largest change of the map under noise that nobody sees (5 of 255 grey levels), in lengths of the map. For "
        f"this check {LIGHTER}",
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
        "again each time. The curve is its similarity (SSIM) with the trained network’s map. For this check "
        f"{LIGHTER}",
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

DOWNLOAD = "Download"
DOWNLOAD_BUSY = "Putting it together…"
DOWNLOAD_READY = "Your download has begun: {name}."
DOWNLOAD_SHOWS_PEOPLE = "Its pictures show the person in the photo; the photo’s file and its metadata are not in it."
DOWNLOAD_SHOWS_OTHERS = (
    "Its pictures show everybody in the photo; give it only to whom they would. The photo’s file and its metadata are "
    "not in it."
)
DOWNLOAD_BLURRED = (
    "Its pictures show the chosen person. The other faces are blurred, but for any that the network did not find or "
    "that you took off the list; the photo’s file and its metadata are not in it."
)
BLUR_OTHERS = "Blur the other faces"
DOWNLOAD_NEEDS_FACE = "Add a photo with a face first; then its analysis can be downloaded."

TAB_ABOUT = "About"
ABOUT_CHECKPOINT = "The weights in use"
ABOUT_WHICH = "Weights"
ABOUT_WHICH_INFO = "These answer on every tab; the faces of your photo are asked about again when you choose others."
ABOUT_SOURCE, ABOUT_REVISION, ABOUT_HASH = "Source", "Revision", "sha256"
ABOUT_LICENSE, ABOUT_TRAINED, ABOUT_LABELS = "Licence", "Trained on", "Labels"
ABOUT_FOLDER = "a folder, no revision"
ABOUT_UNKNOWN = "not stated"
ABOUT_SCORES = "What they score"
ABOUT_SCORES_INFO = (
    "Measured on labelled photos kept out of training, with 95 % intervals; expect a little less elsewhere. Recall is "
    "the share of a label’s photos that were given it, averaged over the labels. “Off by” says by how much the shown "
    "probabilities are off on average, “by luck” what that would be if they were exact: few photos never fit exactly."
)
ABOUT_NO_SCORES = "No scores came with these weights, so how often they are right is not known."
ABOUT_AUDIT = "Which explanation to show"
ABOUT_AUDIT_WORDS = (
    "Every check of the tab Trust, on {count} photos of the set “{dataset}” and for every map. {advice} The whole "
    "table stands in the model card below."
)
ABOUT_NO_AUDIT = (
    "The explanations of these weights were not checked over many photos; the tab Trust checks them on one."
)
ABOUT_COLUMNS = ("Set", "Shown to it", "Photos", "Recall", "Accuracy", "Off by", "By luck")
ABOUT_CONDITIONS = {
    "fused": "face and scene",
    "face only": "the face alone",
    "context blanked": "the scene blacked out",
    "face blanked": "the face blacked out",
    "uniform attention": "attention spread evenly",
    "fusion one half": "both weighed equally",
    "attention alone": "only a black scene",
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
ABOUT_SCENE_HELPS = " The scene helps: between {low:+.1f} and {high:+.1f} points (95 % interval)."
ABOUT_SCENE_HARMS = " The scene misleads it: between {low:+.1f} and {high:+.1f} points (95 % interval)."
ABOUT_SCENE_UNSURE = (
    " Whether the scene helps cannot be told from so few photos: between {low:+.1f} and {high:+.1f} points (95 %)."
)
ABOUT_WEAK_ATTENTION = (
    "With a black scene, and nothing known of the face but where it makes the network look, it still finds "
    "{recall:.0%} of an average label (95 % interval {low:.0%} to {high:.0%}): attention also passes on what the face "
    "shows, so its map is not only about the scene."
)
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
SIDE_ABOUT_ITEMS = (
    (
        "Difference of the probabilities",
        "The largest over the labels, after each one’s own temperature (Guo et al. 2017, On calibration of modern "
        "neural networks). 0 %: both answer alike. Where the labels agree, a large difference means that one of them "
        "is much surer; which one is right, neither number tells.",
    ),
    (
        "Weights of face and scene, and attention",
        "Each set of weights has its own (Le et al. 2021, eq. 3 to 6). Two networks may reach one label by different "
        "ways: compare what they weigh and where they look before you trust that they agree.",
    ),
)
SIDE_OTHER_LABELS = "They answer {first} and {second}, from different sets of labels."

TAB_MANY = "Many photos"
MANY_TITLE = "Many photos at once"
MANY_INFO = "A zip or several photos: up to {files} files and {size} MB unpacked. Work begins as soon as they are here."
MANY_FILES = "Zip or photos"
MANY_STOP = "Stop"
MANY_FACES = "Every face"
MANY_FACES_INFO = (
    "Sort by clicking a column’s title. Click a row to open its photo under “Analyse”. Labels are predicted by a "
    "network; they are not what people feel."
)
MANY_HEADERS = ("No.", "", "Photo", "Face", "Label", "Probability %", "Face weight %", "Scene weight %", "Remark")
MANY_NO_FACE = "no face found"
MANY_UNCERTAIN = "a close call"
MANY_PROGRESS = "{done} of {total} photos"
MANY_WAIT = "Waiting for its turn: one visitor’s photos at a time."
MANY_RATE = ", {rate:.1f} a second, about {left:.0f} s left"
MANY_DONE = "{photos} photos with {faces} faces are analysed."
MANY_STOPPED = "Stopped: {photos} of {total} photos, with {faces} faces, are analysed."
MANY_FAILED = "{count} of them could not be read; the table says why."
MANY_NONE = "There is no photo in these files; accepted: JPEG, PNG, WebP, GIF, BMP or TIFF, or a zip of them."
MANY_TOO_MANY = "These are {count} photos; accepted: at most {most} at once; hand them in by parts, or use the shell."
MANY_OTHER_WEIGHTS = (
    "The weights {source} gave these answers. You have chosen others since; add the files again to ask those."
)
MANY_GONE = "This photo is not here any more. Add the files again."
MANY_PARQUET, MANY_CSV, MANY_PAGE = "Rows as Parquet", "Rows as CSV", "Summary as HTML"
MANY_LABELS, MANY_LOOKED, MANY_WEIGHED = "Labels", "Where it looked, on average", "How it weighed"
