"""Every word that a visitor reads in more than one place; templates are filled with ``str.format``."""

from __future__ import annotations

from markupsafe import Markup

TITLE = "GLAMOR-Net, explained"
LEAD = (
    "Add a photo of people. A small neural network names the expression it reads in each face and in the scene "
    "around it, and this page shows what it went by."
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
DROP_HERE = "Drop a photo here\nor click to choose one"
FIRST_EXAMPLE = "An example, analysed already. Your photo replaces it."
ANSWER_LEAD = "Face {number} of {count}: the network’s best match is"
ANSWER_LEAD_ONLY = "The network’s best match is"
UNCERTAIN = "A close call: “{second}” is about as likely, so do not read much into the first place."
ANSWER_CAPTION = "The labels share 100 %, after the network’s temperature (Guo et al. 2017)."
BOX_SOURCE_DETECTED = "Face found with a confidence of {score:.0%}."
BOX_SOURCE_PERSON = "Face box given by hand."
LOOKED_CAPTION = (
    "Bright cells of the scene got more attention (Le et al. 2021). The strongest has {peak:.1f} times an even share."
)
LOOKED_ALT = (
    "The photo with the network's attention over the scene. The strongest cell is {where} of the area it sees, "
    "with {peak:.1f} times an even share."
)
WEIGHED_MOSTLY = "It gave the {winner} most of the weight."
WEIGHED_MORE = "It gave the {winner} somewhat more weight."
WEIGHED_EVEN = "It gave both about equal weight."
WEIGHED_CAPTION = "The network sets these two weights anew for every face; together they make 100 % (Le et al. 2021)."
FACE, SCENE = "Face", "Scene"
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

PHOTO_ALT = "Your photo with {count} numbered faces; face {number} is selected: {emotion}."
PHOTO_ALT_NO_FACE = "Your photo. No face was found in it."

UNTRAINED = Markup(
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
NO_ANSWER = (
    "There is no such answer: it was fetched before, nobody asked for it, or it was not fetched within {minutes} min; "
    "ask again."
)
NO_SUCH_ENDPOINT = "There is no such endpoint; accepted: predict, explain, intervene, trust."
BAD_INPUTS = (
    "The photo cannot be read from the request; accepted: a file that was uploaded to this app before, or one inline "
    "as data:image/jpeg;base64,...; see “Use via API”."
)
CACHE_UNWRITABLE = "The pictures cannot be kept: the server’s disk is full or cannot be written; try again later."
CLOSING = "The server is being stopped, so this was given up; try again in a minute."
NO_CACHE = "{folder} cannot be written ({reason}); set GRADIO_TEMP_DIR to a folder that can."
NO_PHOTO_API = "No photo came with the request; send one as the first argument."

MADE_WITH = "Weights: {source} · trained on {trained_on}"

COPY_LINK = "Copy link"
COPIED = "The link to these settings is copied. The photo is not part of it."
IN_ADDRESS_BAR = "Your browser lets no page copy: take the link from the address bar. The photo is not part of it."
BAD_LINK = "The link asks for {name} “{given}”, which there is not; accepted: {names}."
DELETE = "Delete now"
VISIT_OVER = (
    "This visit is over: the page forgets a visit after an hour without use, or earlier when very many people come. "
    "Reload the page and add the photo again."
)
DELETED = "Deleted: your photos, all that was drawn from them, and what this page remembered of your visit."

TAB_INTERVENTIONS = "Interventions"
HOW_TO_READ_NUMBERS = "How to read these numbers"
BAD_WEIGHT = "The weight of the face is “{given}”; accepted: a number from 0 to 1, or nothing for the network’s own."
BAD_CELL = "The cell is “{given}”; accepted: its row from 1 to {rows} and its column from 1 to {columns}, such as 2, 5."
BAD_GRID = "The attention is “{given}”; accepted: {rows} rows of {columns} numbers from 0 up, not all of them 0."
BAD_SEEN = "The {what} is “{given}”; accepted: {names}."

TAB_SWAP = "Two photos"

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
PACE_FAST, PACE_SECONDS, PACE_SLOW = "fast", "seconds", "slow"
METHOD_CHOICE = "{method} · {pace}"

LIGHTER = "Integrated Gradients take fewer steps and Occlusion covers each place once, with and without the change."

# Each figure of the tab Trust: its name, what it is, how to read it, and who proposed it.
MEASURES = {
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

TAB_ABOUT = "About"
NOT_ALLOWED = "These weights are not among those that this page offers; accepted: {names}."

TAB_MANY = "Many photos"

NO_FILE = "There is no such file here, or no longer; files are kept for half an hour at most."
NO_SUCH_ADDRESS = "There is nothing at this address."
WRONG_HOST = (
    "This app does not answer to the name in the request’s Host header; open it at its own address, or let whoever "
    "hosts it add the name to GLAMOR_ALLOWED_HOSTS."
)
FOREIGN_PAGE = (
    "This came from another website’s page, which may not send anything here; open the app itself, or let whoever "
    "hosts it add the app’s name to GLAMOR_ALLOWED_HOSTS."
)
BAD_HOST_NAME = (
    "GLAMOR_ALLOWED_HOSTS has “{given}”; accepted: names or addresses, separated by commas, without http:// and "
    "without a port, such as glamor.example.org."
)
BAD_PROXY = (
    "GLAMOR_TRUSTED_PROXY has “{given}”; accepted: 1 for a proxy at a private address, 0 for none, or addresses and "
    "networks, separated by commas, such as 10.0.0.5 or 10.0.0.0/24."
)

TOO_MANY_PARTS = "The request holds too many values; accepted: up to {limit} commas and brackets; send fewer."
TOO_DEEP = "The request holds lists in lists, too many; accepted: up to {limit} levels; send it flat."
UNREADABLE = "The request cannot be read; accepted: JSON whose numbers have up to {digits} digits, in whole characters."
TOO_MANY_ARGUMENTS = "{given} arguments came for {name}, which takes {most}: {names}; leave out the others."
BAD_ARGUMENTS = "The arguments are not those of {name}, which takes {names}; leave out the others."
TOO_MANY_VALUES = "{given} values came for an event that takes {most}; reload the page and try again."
STALLED = "Too little of the request came for {seconds} seconds, so it was given up; send it again."
MANY_ARRIVING = "{most} long requests are on their way already, the most that are accepted; try again in a moment."
MANY_ARRIVING_FROM_YOU = (
    "{most} long requests from your address are on their way already, the most that are accepted; let these end first."
)
MANY_BODIES = "The app cannot hold more requests right now; try again in a moment, or upload the photo as a file first."
MANY_PROGRAMS = "The app is busy: {waiting} calls of programs wait already; try again in a moment."
MANY_TOOLS = "The app is busy: {most} tools are being called, the most that are accepted; try again in a moment."
BUSY = "The app is busy: {waiting} requests wait already; try again in a moment."
NOT_FETCHED = (
    "Nothing can be fetched from the photo’s address; accepted: a public address of a picture that anybody may open, "
    "or upload the photo."
)
FETCH_TOO_LONG = "The photo’s address took longer than {seconds} s to send it; upload the photo instead."
CACHE_FULL = "The app has no room for more files right now; try again in half an hour, or send a smaller one."
UPLOAD_TOO_LONG = "The upload is too long; accepted: up to {files} files of {limit} MiB each; send it in parts."
FILE_TOO_LONG = "A file is too large; accepted: up to {limit} MiB each; send a smaller copy."
TOO_MANY_FILES = (
    "Too many files came at once; accepted: up to {limit}; put photos into one zip, or send the rest later."
)
NOT_AN_UPLOAD = "The upload is not as accepted: a whole form with one part “files” for each file; send it again."
BAD_LIMIT = "{name} is {given!r}; accepted: a whole number from 1 to {highest:,}; change it or leave it out."
NO_ROOM_FOR_VISITORS = (
    "{programs} is {given} and {all} is {waiting}, so programs could keep visitors out; make the first smaller."
)
