"""The parts of the page that are words and bars: small pieces of HTML, every value escaped."""

from __future__ import annotations

from html import escape

import numpy as np

from demo import text
from demo.visits import Focus, View
from glamor.explain import METHODS, Explanation
from glamor.predictor import Prediction

# From which difference of the two weights they are called somewhat, and mostly, one-sided.
SOMEWHAT, MOSTLY = 0.1, 0.3


def note(html: str, kind: str = "info") -> str:
    """Return a message to the visitor; ``kind`` is info or warn; nothing for no message."""
    return f'<div class="note {kind}" role="status">{html}</div>' if html else ""


def header() -> str:
    """Return the page's title and what the page is."""
    return f"<h1>{text.TITLE}</h1><p>{text.LEAD}</p>"


def footer(source: str, trained_on: str) -> str:
    """Return what the result is not, the limits of use, and which weights are in use."""
    weights = text.MADE_WITH.format(source=escape(source), trained_on=escape(trained_on))
    return f"<p>{text.LIMITS}</p><p>{text.PRIVACY}</p><p>{weights}</p>"


def heading(title: str) -> str:
    """Return the title of one panel."""
    return f"<h2>{escape(title)}</h2>"


def caption(words: str) -> str:
    """Return the words under a picture."""
    return f'<p class="caption">{escape(words)}</p>'


def empty(words: str) -> str:
    """Return what a panel says before there is anything to show."""
    return f'<p class="empty">{escape(words)}</p>'


def answer(focus: Focus, count: int, example: bool = False) -> str:
    """Return the label and the seven probabilities of the chosen one of ``count`` faces.

    Args:
        focus: the chosen face.
        count: of the photo's faces.
        example: whether the page chose the photo.
    """
    question, prediction = focus
    lead = text.ANSWER_LEAD if count > 1 else text.ANSWER_LEAD_ONLY
    lead = lead.format(number=question.face + 1, count=count)
    said = f'<p class="example">{escape(text.FIRST_EXAMPLE)}</p>' if example else ""
    percent = f"{prediction.probabilities.max():.0%}"
    found = text.BOX_SOURCE_PERSON
    if prediction.face_score is not None:
        found = text.BOX_SOURCE_DETECTED.format(score=prediction.face_score)
    return (
        f'{said}<p class="lead">{escape(lead)}</p>'
        f'<p class="label"><strong>{escape(prediction.emotion)}</strong> <span>{percent}</span></p>'
        f"{_doubt(prediction)}{_probabilities(prediction)}{caption(f'{text.ANSWER_CAPTION} {found}')}"
    )


def weighed(prediction: Prediction) -> str:
    """Return the fusion weights as one bar in two colours, with a sentence."""
    face, scene = prediction.fusion_weights
    gap, winner = abs(face - scene), text.FACE if face > scene else text.SCENE
    verdict = text.WEIGHED_MOSTLY if gap > MOSTLY else text.WEIGHED_MORE if gap > SOMEWHAT else text.WEIGHED_EVEN
    verdict = verdict.format(winner=winner.lower())
    return (
        '<div class="weights">'
        f'<div class="weight face"><span>{text.FACE}</span><strong>{face:.0%}</strong></div>'
        f'<div class="weight scene"><span>{text.SCENE}</span><strong>{scene:.0%}</strong></div></div>'
        f'<div class="split" aria-hidden="true"><i class="face" style="width:{face:.2%}"></i>'
        f'<i class="scene" style="width:{scene:.2%}"></i></div>'
        f'<p class="verdict">{verdict}</p>{caption(text.WEIGHED_CAPTION)}'
    )


def moved(explanation: Explanation) -> str:
    """Return how to read the attribution maps; what the method does unfolds on demand."""
    method = METHODS[explanation.method]
    about = escape(method.caption)
    if explanation.convergence_delta is not None:
        delta = abs(explanation.convergence_delta)
        about = f"{about} {text.MOVED_DELTA.format(delta=delta, logit=explanation.logit)}"
    about = f"{about} {text.SOURCE} {escape(method.source)}."
    summary = escape(text.MOVED_METHOD.format(method=method.name))
    words = caption(text.MOVED_CAPTION.format(target=explanation.target_name))
    return f'{words}<details class="about"><summary>{summary}</summary>{about}</details>'


def looked_caption(prediction: Prediction) -> str:
    """Return how concentrated the attention is."""
    return caption(text.LOOKED_CAPTION.format(peak=peak_share(prediction)))


def peak_share(prediction: Prediction) -> float:
    """Return the strongest cell's attention as a multiple of an even share."""
    return float(prediction.attention.max() * prediction.attention.size)


def looked_alt(prediction: Prediction) -> str:
    """Return the attention map in words."""
    row, column = np.unravel_index(int(prediction.attention.argmax()), prediction.attention.shape)
    rows, columns = prediction.attention.shape
    vertical = ("at the top", "in the middle", "at the bottom")[min(2, int(3 * row / rows))]
    across = ("left", "centre", "right")[min(2, int(3 * column / columns))]
    return text.LOOKED_ALT.format(where=f"{vertical} {across}", peak=peak_share(prediction))


def moved_alt(explanation: Explanation) -> str:
    """Return the attribution maps in words."""
    face, context = (float(np.abs(values).sum()) for values in (explanation.face, explanation.context))
    total = face + context or 1.0
    return text.MOVED_ALT.format(
        method=METHODS[explanation.method].name,
        target=explanation.target_name,
        face_share=face / total,
        context_share=context / total,
    )


def photo_alt(view: View) -> str:
    """Return the numbered photo in words."""
    if view.focus is None:
        return text.PHOTO_ALT_NO_FACE
    question, prediction = view.focus
    return text.PHOTO_ALT.format(count=len(view.predictions), number=question.face + 1, emotion=prediction.emotion)


def _doubt(prediction: Prediction) -> str:
    if not prediction.uncertain:
        return ""
    second = prediction.class_names[int(prediction.probabilities.argsort()[-2])]
    return f'<p class="doubt">{escape(text.UNCERTAIN.format(second=second))}</p>'


def _probabilities(prediction: Prediction) -> str:
    best = int(prediction.probabilities.argmax())
    rows = zip(prediction.class_names, prediction.probabilities.tolist(), strict=True)
    items = "".join(_probability(name, value, i == best) for i, (name, value) in enumerate(rows))
    return f'<ul class="probabilities">{items}</ul>'


def _probability(name: str, value: float, best: bool) -> str:
    chosen = ' class="best"' if best else ""
    bar = f'<i style="width:{value:.2%}"></i>'
    return f'<li{chosen}><span>{escape(name)}</span><b aria-hidden="true">{bar}</b><span>{value:.1%}</span></li>'
