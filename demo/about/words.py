"""Every word that a visitor reads in the tab *About*; templates are filled with ``str.format``."""

from __future__ import annotations

CHECKPOINT = "The weights in use"
WHICH = "Weights"
WHICH_INFO = (
    "These weights answer on every tab. When you choose others, they are asked about the faces of your photo again."
)
SOURCE, REVISION, HASH = "Source", "Revision", "sha256"
LICENSE, TRAINED, LABELS = "Licence", "Trained on", "Labels"
FOLDER = "a folder, no revision"
UNKNOWN = "not stated"
SCORES = "How well they score"
SCORES_INFO = (
    "Measured on labelled photos kept out of training, with 95% intervals; expect a little less elsewhere. Recall is "
    "the share of a label’s photos that were given that label, averaged over the labels. “Off by” is the average error "
    "of the probabilities shown (expected calibration error). “By luck” is what it would be if they were exact: few "
    "photos never fit exactly."
)
NO_SCORES = "No scores came with these weights, so it is not known how often they are right."
SETS = "How often the named labels hold the right one"
SETS_COLUMNS = ("Set", "Faces", "Right one named", "Labels named")
SETS_INFO = (
    "How often the labels named beside an answer held the right one, on labelled faces that took no part in choosing "
    "them. They are meant to in {level:.0%} of cases; sources with few faces say little."
)
AUDIT = "Which explanation to show"
AUDIT_WORDS = (
    "Every check of the Trust tab, for every map, on {count} photos of the set “{dataset}”. {advice} The full table is "
    "in the model card below."
)
NO_AUDIT = "The explanations of these weights have not been checked over many photos; the Trust tab checks them on one."
COLUMNS = ("Set", "What it was shown", "Photos", "Recall", "Accuracy", "Off by", "By luck")
CONDITIONS = {
    "fused": "face and scene",
    "face only": "the face alone",
    "context blanked": "the scene blacked out",
    "face blanked": "the face blacked out",
    "uniform attention": "attention spread evenly",
    "fusion one half": "both weighted equally",
    "attention alone": "only a black scene",
}
MEANING = "What the label means"
MEANING_WORDS = (
    "It is the word that annotators would most likely have given the picture, as far as the network can tell. It is a "
    "guess at how an expression looks to others. It is not what the person feels. A smile may be polite, and a frown "
    "may be due to the sun. People do not all show the same feeling with the same face.",
    "The maps show what moved the network’s answer, not what is true about the person, and different methods may "
    "disagree.",
)
WEAK = "Where it fails"
WEAK_RECALL = (
    "On {count} labelled photos ({dataset}), it recognises {recall:.0%} of the photos of a label on average. The "
    "true share may differ (95% interval {low:.0%} to {high:.0%}); guessing would recognise {chance:.0%}."
)
WEAK_CLASSES = (
    "It misses {first} most often, recognising {first_recall:.0%} of such photos, then {second} ({second_recall:.0%})."
)
WEAK_PRECISION = "When it says {name}, it is right in {precision:.0%} of cases: this is its least reliable label."
WEAK_SCENE = "With the scene blacked out, it recognises {recall:.0%} on average instead of {fused:.0%}."
SCENE_HELPS = " The scene helps, by {low:+.1f} to {high:+.1f} points (95% interval)."
SCENE_HARMS = " The scene misleads it, by {low:+.1f} to {high:+.1f} points (95% interval)."
SCENE_UNSURE = (
    " Whether the scene helps cannot be told from so few photos: {low:+.1f} to {high:+.1f} points (95% interval)."
)
WEAK_ATTENTION = (
    "With a black scene, it knows of the face only where this makes it look. It still recognises {recall:.0%} on "
    "average (95% interval {low:.0%} to {high:.0%}). So attention also passes on what the face shows, and its map is "
    "not only about the scene."
)
WEAK_ALWAYS = (
    "How well it does for people of different ages, skin colours or cultures has not been measured.",
    "Small, turned, covered or badly lit faces, drawings and strong filters are unlike what it learned from.",
)
BANNED = "Where it must not be used"
BANNED_WORDS = (
    "At work and in education: systems that infer people’s emotions there are banned in the EU (AI Act, Art. 5(1)(f)). "
    "Only medical and safety reasons are excepted.",
    "Anywhere without telling people: whoever exposes people to such a system must inform them (AI Act, Art. 50(3)).",
    "To judge, hire, grade, diagnose or monitor anybody. It is made for research and teaching.",
)
PRIVACY = "What happens to a photo"
PRIVACY_WORDS = (
    "It is analysed on this server; location, time and other metadata are dropped at once. Working copies that "
    "the page needs are deleted within the hour. Nothing of it is logged, sent elsewhere or used for training.",
    "Photograph only people who agree to it.",
)
CARD = "Model card"
NO_CARD = "No model card came with these weights."

SIDE_BY_SIDE = "Two sets of weights on your photo"
SIDE_INFO = "What both make of the face chosen under “Analyse”."
SIDE_FIRST, SIDE_SECOND, SIDE_BUTTON = "One", "The other", "Compare"
SIDE_NEEDS_FACE = "Add a photo with a face under “Analyse” first."
SIDE_AGREE = "Both answer {label}. Their probabilities differ by up to {difference:.0%}."
SIDE_DIFFER = "They disagree: {first} and {second}. Their probabilities differ by up to {difference:.0%}."
SIDE_ABOUT_ITEMS = (
    (
        "Difference of the probabilities",
        "The largest difference over all labels, after each one’s own temperature scaling (Guo et al. 2017, On "
        "calibration of modern neural networks). 0%: both give the same answer. Where the labels agree, a large "
        "difference means that one of them is much surer; neither number tells which one is right.",
    ),
    (
        "Weights of face and scene, and attention",
        "Each set of weights has its own (Le et al. 2021, eq. 3 to 6). Two networks may reach the same label in "
        "different ways. Compare how they weigh face and scene and where they look before you trust their agreement.",
    ),
)
SIDE_OTHER_LABELS = "They answer {first} and {second}, choosing from different sets of labels."
