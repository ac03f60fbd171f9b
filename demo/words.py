"""Every word that a visitor reads in more than one place; templates are filled with ``str.format``."""

from __future__ import annotations

from markupsafe import Markup

TITLE = "GLAMOR-Net, explained"
LEAD = (
    "Add a photo of people. For each face, a small neural network predicts an expression from the face and the scene "
    "around it. This page shows what it went by."
)
LIMITS = (
    "For research and teaching. Do not use it to judge, select or monitor people. Inferring emotions at work and in "
    "education is banned in the EU (AI Act, Art. 5(1)(f)). People exposed to it elsewhere must be told (Art. 50(3))."
)
PRIVACY = (
    "Your photo is analysed on this server and is not kept. Location and other metadata are dropped, working copies "
    "are deleted within the hour, and nothing is logged."
)

EXAMPLE_NAMES = ("A photographer", "Grace Hopper", "Eileen Collins")  # of demo.examples
SCENE_DECIDES, FACE_DECIDES, IT_FAILS = "Scene tips it", "Face decides", "Fails: {label}"
TAB_ANALYSE = "Analyse"
DROP_HERE = "Drop a photo here\nor click to choose one"
FIRST_EXAMPLE = "An example, already analysed. Your photo replaces it."
ANSWER_LEAD = "Face {number} of {count}: the network’s best match is"
ANSWER_LEAD_ONLY = "The network’s best match is"
ANSWER_CAPTION = "Temperature-scaled (Guo et al. 2017)."
BOX_SOURCE_DETECTED = "Face found: {score:.0%} sure."
BOX_SOURCE_PERSON = "Face box set by hand."
LOOKED_CAPTION = (
    "Brighter cells got more attention (Le et al. 2021). The strongest has {peak:.1f} times an even share, of a scene "
    "that counts {scene}."
)
LOOKED_ALT = (
    "The photo with the network's attention over the scene. The strongest cell is {where} of the area it sees, "
    "with {peak:.1f} times an even share."
)
WEIGHED_MOSTLY = "It gave the {winner} most of the weight."
WEIGHED_MORE = "It gave the {winner} somewhat more weight."
WEIGHED_EVEN = "It gave both about equal weight."
WEIGHED_CAPTION = "The network sets both weights for each face; they add up to 100% (Le et al. 2021)."
FACE, SCENE = "Face", "Scene"
MOVED_CAPTION = "Orange speaks for “{target}”, blue against it."
MOVED_METHOD = "About {method}"
MOVED_DELTA = (
    "Completeness gap, which is what the map leaves unexplained: {delta:.2g}, where the score itself (the logit) is "
    "{logit:.2f}. The nearer to 0, the better the pixels add up to the answer (Sundararajan et al. 2017)."
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
    "The checkpoint in use has untrained weights (its configuration says nothing of training), so no prediction is "
    "given. Start the app with trained weights."
)
FELL_BACK = "The checkpoint {source} could not be loaded, so the built-in weights are in use. {reason}"
UNEXPECTED = "Something went wrong on our side. Please try again; if it happens again, try another photo."
BAD_BOX = "That box is “{given}”. Enter four numbers, x1, y1, x2, y2, in photo pixels, with x1 < x2 and y1 < y2."
BAD_BOXES = "The boxes are {given}. Send a list of boxes, each with four numbers, x1, y1, x2, y2, in photo pixels."
BAD_REGIONS = "The parts are {given}. Send an object of names and boxes, such as a mouth at x1, y1, x2, y2."
BAD_FACE = "There is no face “{given}”. Enter a whole number from 1 to {count}, counted from left to right."
NO_FACE_API = "No face was found in this photo. Send the face’s box as x1, y1, x2, y2 in photo pixels."
BAD_CLASS = "There is no class “{given}”. Choose one of {names}."
BAD_OPACITY = "The opacity is “{given}”. Enter a number from 0 to 1."
BAD_PHOTO = "That photo is “{given}”. Send a file in the form that Gradio’s clients use; see “Use via API”."
BAD_WORD = "The {what} is “{given}”. Give its name as text."
MANY_BOXES = "There are {count:,} boxes. Send at most {most} in one request and the others in another."
OUT_OF_MEMORY = "There is not enough memory for this right now. Choose a quicker method, or try again in a minute."
TOO_LONG = "The request is too long. Send up to {limit} MiB, or upload the photo as a file instead."
NOT_A_REQUEST = (
    'This is not a valid request. Send JSON such as {"data": [the endpoint’s arguments]}; see “Use via API”.'
)
NO_ANSWER = (
    "There is no such answer: it has already been fetched, nobody asked for it, or it was not fetched within "
    "{minutes} min. Ask again."
)
NO_SUCH_ENDPOINT = "There is no such endpoint. Choose predict, explain, intervene or trust."
BAD_INPUTS = (
    "The photo cannot be read from the request. Send a file that has been uploaded to this app, or the photo itself "
    "as data:image/jpeg;base64,...; see “Use via API”."
)
BAD_INLINE = (
    "The photo in the request is not base64; accepted is data:image/jpeg;base64,... with or without line breaks and "
    "padding. Please send it anew, or upload it as a file."
)
CACHE_UNWRITABLE = "The pictures cannot be saved: the server’s disk is full or not writable. Try again later."
CLOSING = "The server is shutting down, so this was stopped. Try again in a minute."
NO_CACHE = "{folder} is not writable ({reason}). Set GRADIO_TEMP_DIR to a folder that is."
NO_PHOTO_API = "The request holds no photo. Send one as the first argument."

MADE_WITH = "Weights: {source} · trained on {trained_on}"

COPY_LINK = "Copy link"
COPIED = "The link to these settings has been copied. It does not include the photo."
IN_ADDRESS_BAR = (
    "Your browser does not let pages copy. Copy the link from the address bar. It does not include the photo."
)
BAD_FACE_LINK = "The link asks for face “{given}”. Enter a whole number from 1, counted from left to right."
BAD_LINK = "The link asks for {name} “{given}”, which is not available. Choose one of {names}."
FORMER_LINK = (
    "This link is of the former tab Interventions. What it sets by hand is set in “The network at work” now, as far as "
    "it can be. A shuffling comes in another order there."
)
DELETE = "Delete now"
VISIT_OVER = (
    "This visit is over: the page forgets a visit after an hour without use, or sooner when very many people come. "
    "Reload the page and add the photo again."
)
DELETED = "Deleted: your photos, everything drawn from them, and what this page remembered of your visit."

HOW_TO_READ_NUMBERS = "How to read these numbers"
BAD_WEIGHT = "The weight of the face is “{given}”. Enter a number from 0 to 1, or nothing for the network’s own."
BAD_CELL = "That cell is “{given}”. Enter its row, from 1 to {rows}, and its column, from 1 to {columns}, such as 2, 5."
BAD_GRID = "The attention is “{given}”. Send {rows} rows of {columns} numbers, none below 0 and not all of them 0."
BAD_SEEN = "The {what} is “{given}”. Choose one of {names}."

TAB_COMPARE, TAB_TRUST = "Compare", "Trust"
SUBJECT = "Face {number} of {count}, label “{target}”. Choose another face or label on the Analyse tab."
SUBJECT_EMPTY = "Add a photo on the Analyse tab first, then come back here."
STOPPED = "Stopped. What was already finished has been kept."
SUBJECT_CHANGED = "Another face or label was chosen in the meantime, so this was stopped. Press the button again."
CANCEL = "Stop"
METHODS_LABEL = "Methods"
MARKED = "{name} ({note})"
NO_METHODS = "No method is selected. Choose at least one."
BAD_METHODS = "The methods are “{given}”. Send a list of their names, for example integrated_gradients, grad_cam."
WHAT_IS_THIS = "What is this?"
HOW_TO_READ, SOURCE, NEEDS = "How to read it:", "Source:", "Needs:"
PACE_FAST, PACE_SECONDS, PACE_SLOW = "fast", "seconds", "slow"
METHOD_CHOICE = "{method} · {pace}"

LIGHTER = "Integrated Gradients takes fewer steps and Occlusion covers each place once, with and without the change."

# Each figure of the tab Trust: its name, what it is, how to read it, and who proposed it.
MEASURES = {
    "pixels": (
        WHAT_IS_THIS,
        "The scene is cut into the cells of the attention grid. They are covered with the scene’s mean colour one "
        "after another, starting with those that a map ranks highest. Each time the probability of the label is read "
        "(deletion). Then the same is done from nothing to the whole scene (insertion). The grey band holds 95% "
        "of random orders.",
        "A good map makes deletion fall sooner and insertion rise sooner than the band. Read from right to left, "
        "insertion covers first what the map ranks lowest.",
        "Petsiuk, Das, Saenko: RISE, BMVC 2018",
    ),
    "weights": (
        WHAT_IS_THIS,
        "The photo stays as it is. The attention of the cells is set to zero in a map’s order, and the rest is "
        "rescaled to add up to 1.",
        "As above. Where this curve falls and the one for covered pixels does not, the weight counts but the place "
        "itself holds no evidence.",
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
        "1: both rank the cells in the same order. 0: unrelated. −1: opposite.",
        "Jain, Wallace: Attention is not explanation, NAACL 2019",
    ),
    "reliance": (
        WHAT_IS_THIS,
        "Stated: the weights that the network gives to face and scene. Measured: the share of each in the absolute "
        "Integrated Gradients, and the probability that is lost when one of them is blacked out.",
        "If stated and measured reliance point to different inputs, do not read the weights as reasons. In the "
        "sentence, a loss with a minus sign is a gain.",
        "Weights: Le et al., 2021. Integrated Gradients: Sundararajan, Taly, Yan, ICML 2017",
    ),
    "convergence": (
        "Completeness gap",
        "What the map leaves unexplained. From the baseline to the photo the score (the logit) gains something, and "
        "all pixels together should add up to that gain. The gap is what they miss, as a share of the gain (the "
        "convergence delta). It is known only for methods that are meant to add up.",
        "Up to {convergence:.0%} is fine: this is where the authors stop adding steps. Above it, read the map as a "
        "ranking, not as amounts.",
        "Sundararajan, Taly, Yan: Axiomatic attribution for deep networks, ICML 2017",
    ),
    "sensitivity": (
        "Sensitivity",
        "How much the map changes when the input changes a little (max-sensitivity). This is the largest change under "
        "noise too faint to see (up to 5 of 255 grey levels). It is given as a multiple of the map’s own length (its "
        f"norm). For this check, {LIGHTER}",
        "0: the map does not change. Above {sensitivity:.0f}, what is drawn is as much the noise as the photo.",
        "Yeh et al.: On the (in)fidelity and sensitivity of explanations, NeurIPS 2019",
    ),
    "infidelity": (
        "Infidelity",
        "How badly the map predicts what happens when parts of the input are removed. Random tiles of face and scene "
        "are removed, and the loss that the map predicts is compared with the real one. This is the mean squared "
        "error, as a share of the mean squared loss.",
        "0: it predicts every loss. 1: it predicts nothing. It should be below the infidelity of a flat map.",
        "Yeh et al.: On the (in)fidelity and sensitivity of explanations, NeurIPS 2019",
    ),
    "similarity": (
        "Similarity after randomisation",
        "Cascading randomisation: the network’s weights are shuffled layer by layer, from the output back to the "
        "input, and the map is made again each time. The curve is its similarity (SSIM) to the trained network’s map; "
        f"the table shows where it ends. For this check, {LIGHTER}",
        "It should fall towards 0. Above {similarity} at the end, much of the map shows the photo or the "
        "architecture, not what was learned.",
        "Adebayo et al.: Sanity checks for saliency maps, NeurIPS 2018",
    ),
    "stability": (
        WHAT_IS_THIS,
        "The same question with the face box moved or scaled, or the photo mirrored, compressed, brightened or "
        "darkened: changes that mean nothing to a person. “Attention correlation” compares the attention with that of "
        "the first row.",
        "Labels that change are marked. The more there are, the less the answer means.",
        "After Hendrycks, Dietterich: Benchmarking neural network robustness, ICLR 2019",
    ),
}

TAB_ABOUT = "About"
NOT_ALLOWED = "This page does not offer these weights. Choose one of {names}."

TAB_MANY = "Many photos"

NO_FILE = "There is no such file here, or it has been deleted: files are kept for half an hour at most."
NO_SUCH_ADDRESS = "There is nothing at this address."
WRONG_HOST = (
    "This app does not answer to the name in the request’s Host header. Open it at its own address, or ask whoever "
    "hosts it to add the name to GLAMOR_ALLOWED_HOSTS."
)
FOREIGN_PAGE = (
    "This came from another website’s page, which may not send anything here. Open the app itself, or ask whoever "
    "hosts it to add the app’s name to GLAMOR_ALLOWED_HOSTS."
)
PORT_TAKEN = (
    "Port {port} of {host} is taken by another program; end that one, or choose another port with --port, such as 7861."
)
PORT_FORBIDDEN = "Port {port} of {host} may not be used by this user; choose one above 1023 with --port, such as 7860."
NO_PORT = "--port is {port}; give a number from 1 to 65535."
NOT_AN_ADDRESS = (
    "--host is {host}, which is no address of this machine; give 127.0.0.1 or ::1 for this machine alone, or 0.0.0.0 "
    "for others too."
)
BAD_HOST_NAME = (
    "GLAMOR_ALLOWED_HOSTS contains “{given}”. Give names or addresses, separated by commas, without http:// and "
    "without a port, such as glamor.example.org."
)
BAD_PROXY = (
    "GLAMOR_TRUSTED_PROXY contains “{given}”. Give 1 for a proxy at a private address, 0 for none, or addresses and "
    "networks, separated by commas, such as 10.0.0.5 or 10.0.0.0/24."
)

TOO_MANY_PARTS = "The request holds too many values. Send up to {limit} commas and brackets."
TOO_DEEP = "The request nests its lists too deeply. Send up to {limit} levels."
UNREADABLE = "The request cannot be read. Send JSON with intact characters and numbers of up to {digits} digits."
TOO_MANY_ARGUMENTS = "{name} was given {given} arguments, but takes {most}: {names}. Leave out the others."
BAD_ARGUMENTS = "These are not the arguments of {name}, which takes {names}. Leave out the others."
TOO_MANY_VALUES = "The request holds {given} values for an event that takes {most}. Reload the page and try again."
STALLED = "Too little of the request arrived in {seconds} seconds, so it was dropped. Send it again."
MANY_ARRIVING = "{most} long requests are already on their way, which is the most accepted. Try again in a moment."
MANY_ARRIVING_FROM_YOU = (
    "{most} long requests from your address are already on their way, which is the most accepted. Let them finish "
    "first."
)
MANY_BODIES = "The app cannot hold more requests right now. Try again in a moment, or upload the photo as a file first."
MANY_PROGRAMS = "The app is busy: {waiting} calls from programs are already waiting. Try again in a moment."
MANY_TOOLS = "The app is busy: {most} tools are running, which is the most accepted. Try again in a moment."
BUSY = "The app is busy: {waiting} requests are already waiting. Try again in a moment."
NOT_FETCHED = (
    "Nothing can be fetched from the photo’s address. Give the public address of a picture that anybody may open, or "
    "upload the photo."
)
FETCH_TOO_LONG = "Fetching the photo took longer than {seconds} s. Upload the photo instead."
CACHE_FULL = "The app has no room for more files right now. Try again in half an hour, or send a smaller one."
UPLOAD_TOO_LONG = "The upload is too large. Send up to {files} files of {limit} MiB each; split it if need be."
FILE_TOO_LONG = "A file is too large. Send a copy of up to {limit} MiB."
TOO_MANY_FILES = "Too many files came at once. Send up to {limit}, put photos into one zip, or send the rest later."
NOT_AN_UPLOAD = "This is not a valid upload. Send a complete form with one part “files” for each file."
BAD_LIMIT = "{name} is {given!r}. Set it to a whole number from 1 to {highest:,}, or leave it out."
NO_ROOM_FOR_VISITORS = (
    "{programs} is {given} and {all} is {waiting}, so programs could keep visitors out. Make the first smaller."
)
