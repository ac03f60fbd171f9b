"""Every word that a visitor reads in the tab *About*; templates are filled with ``str.format``."""

from __future__ import annotations

CHECKPOINT = "The weights in use"
WHICH = "Weights"
WHICH_INFO = "These answer on every tab; the faces of your photo are asked about again when you choose others."
SOURCE, REVISION, HASH = "Source", "Revision", "sha256"
LICENSE, TRAINED, LABELS = "Licence", "Trained on", "Labels"
FOLDER = "a folder, no revision"
UNKNOWN = "not stated"
SCORES = "What they score"
SCORES_INFO = (
    "Measured on labelled photos kept out of training, with 95 % intervals; expect a little less elsewhere. Recall is "
    "the share of a label’s photos that were given it, averaged over the labels. “Off by” says by how much the shown "
    "probabilities are off on average, “by luck” what that would be if they were exact: few photos never fit exactly."
)
NO_SCORES = "No scores came with these weights, so how often they are right is not known."
AUDIT = "Which explanation to show"
AUDIT_WORDS = (
    "Every check of the tab Trust, on {count} photos of the set “{dataset}” and for every map. {advice} The whole "
    "table stands in the model card below."
)
NO_AUDIT = "The explanations of these weights were not checked over many photos; the tab Trust checks them on one."
COLUMNS = ("Set", "Shown to it", "Photos", "Recall", "Accuracy", "Off by", "By luck")
CONDITIONS = {
    "fused": "face and scene",
    "face only": "the face alone",
    "context blanked": "the scene blacked out",
    "face blanked": "the face blacked out",
    "uniform attention": "attention spread evenly",
    "fusion one half": "both weighed equally",
    "attention alone": "only a black scene",
}
MEANING = "What the label means"
MEANING_WORDS = (
    "It is the word under which annotators would most likely have filed the picture, as far as the network can tell: "
    "a guess at how an expression looks to others. It is not what the person feels. A smile may be polite, a frown "
    "may be the sun, and people do not show the same feeling with the same face.",
    "The maps show what moved the network’s answer, not what is true about the person, and different methods may "
    "disagree.",
)
WEAK = "Where it fails"
WEAK_RECALL = (
    "On {count} labelled photos ({dataset}) it finds {recall:.0%} of an average label (95 % interval {low:.0%} to "
    "{high:.0%}); blind guessing would find {chance:.0%}."
)
WEAK_CLASSES = (
    "It misses {first} most: it finds {first_recall:.0%} of such photos, and {second_recall:.0%} of {second}."
)
WEAK_PRECISION = "When it says {name}, that is right in {precision:.0%} of the cases: its least reliable word."
WEAK_SCENE = "With the scene blacked out it finds {recall:.0%} of an average label instead of {fused:.0%}."
SCENE_HELPS = " The scene helps: between {low:+.1f} and {high:+.1f} points (95 % interval)."
SCENE_HARMS = " The scene misleads it: between {low:+.1f} and {high:+.1f} points (95 % interval)."
SCENE_UNSURE = (
    " Whether the scene helps cannot be told from so few photos: between {low:+.1f} and {high:+.1f} points (95 %)."
)
WEAK_ATTENTION = (
    "With a black scene, and nothing known of the face but where it makes the network look, it still finds "
    "{recall:.0%} of an average label (95 % interval {low:.0%} to {high:.0%}): attention also passes on what the face "
    "shows, so its map is not only about the scene."
)
WEAK_ALWAYS = (
    "How it does for people of different ages, skin colours or cultures was not measured.",
    "Small, turned, covered or badly lit faces, drawings and strong filters are unlike what it learned from.",
)
BANNED = "Where it must not be used"
BANNED_WORDS = (
    "At work and in education: systems that infer emotions of people there are banned in the EU, except for medical or "
    "safety reasons (AI Act, Art. 5(1)(f)).",
    "Anywhere without telling people: whoever exposes people to such a system must inform them (AI Act, Art. 50(3)).",
    "To judge, hire, grade, diagnose or monitor anybody. It is made for research and teaching.",
)
PRIVACY = "What happens to a photo"
PRIVACY_WORDS = (
    "It is analysed on this server; place, time and other metadata are dropped at once. Working copies that "
    "the page needs are deleted within the hour. Nothing of it is logged, sent elsewhere, or used for training.",
    "Photograph only people who agree to it.",
)
CARD = "Model card"
NO_CARD = "No model card came with these weights."

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
