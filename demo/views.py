"""A prediction and an explanation in words and bars."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from demo import html, words
from demo.visits import Analysis, Selection
from glamor.explain import METHODS, Explanation
from glamor.explain.registry import Method
from glamor.explain.trust import CONVERGENCE_LIMIT, SANITY_LIMIT, SENSITIVITY_LIMIT
from glamor.predictor import Prediction
from glamor.remarks import doubts, view_remark
from glamor.words import percent

# From which difference of the two weights they are called somewhat, and mostly, one-sided.
SOMEWHAT, MOSTLY = 0.1, 0.3
# Up to this many forward passes a map is called fast, and one of seconds: about 0.1 and 1 second.
FAST, SECONDS = 10, 100
LIMITS = {"convergence": CONVERGENCE_LIMIT, "sensitivity": SENSITIVITY_LIMIT, "similarity": SANITY_LIMIT}


def answer(selection: Selection, count: int, example: bool = False) -> Markup:
    """Return the label and the seven probabilities of the chosen one of ``count`` faces.

    Args:
        selection: the chosen face.
        count: of the photo's faces.
        example: whether the page chose the photo.
    """
    request, prediction = selection
    lead = words.ANSWER_LEAD if count > 1 else words.ANSWER_LEAD_ONLY
    found = words.BOX_SOURCE_PERSON
    if prediction.face_score is not None:
        found = words.BOX_SOURCE_DETECTED.format(score=prediction.face_score)
    return html.joined(
        [
            Markup('<p class="example">{}</p>').format(words.FIRST_EXAMPLE) if example else html.NOTHING,
            Markup('<p class="lead">{}</p>').format(lead.format(number=request.face + 1, count=count)),
            html.label(prediction.emotion, prediction.probabilities.max()),
            *(Markup('<p class="doubt">{}</p>').format(sentence) for sentence in doubts(prediction)),
            _probabilities(prediction),
            html.caption(f"{words.ANSWER_CAPTION} {found}"),
        ]
    )


def weighed(prediction: Prediction) -> Markup:
    """Return the fusion weights as one bar in two colours, with a sentence."""
    face, scene = prediction.fusion_weights
    gap, winner = abs(face - scene), words.FACE if face > scene else words.SCENE
    verdict = words.WEIGHED_MOSTLY if gap > MOSTLY else words.WEIGHED_MORE if gap > SOMEWHAT else words.WEIGHED_EVEN
    weight = Markup('<div class="weight {}"><span>{}</span><strong>{}</strong></div>')
    split = Markup('<i class="{}" style="width:{:.2%}"></i>')
    return html.joined(
        [
            Markup('<div class="weights">{}{}</div>').format(
                weight.format("face", words.FACE, percent(face)), weight.format("scene", words.SCENE, percent(scene))
            ),
            Markup('<div class="split" aria-hidden="true">{}{}</div>').format(
                split.format("face", face), split.format("scene", scene)
            ),
            html.verdict(verdict.format(winner=winner.lower())),
            html.caption(words.WEIGHED_CAPTION),
        ]
    )


def moved(explanation: Explanation) -> Markup:
    """Return how to read the attribution maps; what the method does unfolds on demand."""
    method = METHODS[explanation.method]
    about = [method.caption]
    if explanation.convergence_delta is not None:
        delta = abs(explanation.convergence_delta)
        about.append(words.MOVED_DELTA.format(delta=delta, logit=explanation.logit))
    about.append(f"{words.SOURCE} {method.source}.")
    meaning = html.caption(words.MOVED_CAPTION.format(target=explanation.target_name))
    return meaning + html.details(words.MOVED_METHOD.format(method=method.name), " ".join(about))


def looked_caption(prediction: Prediction) -> Markup:
    """Return how concentrated the attention is."""
    values = {"peak": peak_share(prediction), "scene": percent(prediction.fusion_weights[1])}
    return html.caption(_with_view(prediction, words.LOOKED_CAPTION.format(**values)))


def peak_share(prediction: Prediction) -> float:
    """Return the strongest cell's attention as a multiple of an even share."""
    return float(prediction.attention.max() * prediction.attention.size)


def looked_alt(prediction: Prediction, sentence: str = words.LOOKED_ALT) -> str:
    """Return the attention map in words; ``sentence`` says what it lies on, ``where`` its peak is and how high."""
    row, column = np.unravel_index(int(prediction.attention.argmax()), prediction.attention.shape)
    rows, columns = prediction.attention.shape
    vertical = ("at the top", "in the middle", "at the bottom")[min(2, int(3 * row / rows))]
    across = ("left", "centre", "right")[min(2, int(3 * column / columns))]
    return _with_view(prediction, sentence.format(where=f"{vertical} {across}", peak=peak_share(prediction)))


def moved_alt(explanation: Explanation) -> str:
    """Return the attribution maps in words."""
    face, context = (float(np.abs(values).sum()) for values in (explanation.face, explanation.context))
    total = face + context or 1.0
    return words.MOVED_ALT.format(
        method=METHODS[explanation.method].name,
        target=explanation.target_name,
        face_share=face / total,
        context_share=context / total,
    )


def photo_alt(analysis: Analysis) -> str:
    """Return the numbered photo in words."""
    if analysis.selection is None:
        return words.PHOTO_ALT_NO_FACE
    request, prediction = analysis.selection
    return words.PHOTO_ALT.format(count=len(analysis.predictions), number=request.face + 1, emotion=prediction.emotion)


def subject(analysis: Analysis | None) -> Markup:
    """Return which face and which label a tab is about, or how to choose one."""
    if analysis is None or analysis.request is None:
        return html.empty(words.SUBJECT_EMPTY)
    number, count = analysis.request.face + 1, len(analysis.predictions)
    return html.caption(words.SUBJECT.format(number=number, count=count, target=analysis.request.target))


def method_choice(method: Method) -> str:
    """Return a method's name and its cost class."""
    pace = words.PACE_FAST if method.cost <= FAST else words.PACE_SECONDS if method.cost <= SECONDS else words.PACE_SLOW
    return words.METHOD_CHOICE.format(method=method.name, pace=pace)


def measure_info(*keys: str) -> Markup:
    """Return what measures are, how to read them and who proposed them, unfolded on demand."""
    return html.joined(_measure_info(*words.MEASURES[key]) for key in keys)


def _measure_info(name: str, what: str, reading: str, source: str) -> Markup:
    paragraph = Markup("<p>{}</p>").format(what)
    named = Markup("<p><b>{}</b> {}</p>")
    read = named.format(words.HOW_TO_READ, reading.format(**LIMITS))
    return html.details(name, paragraph + read + named.format(words.SOURCE, f"{source}."))


def _with_view(prediction: Prediction, sentence: str) -> str:
    """Return a sentence, and whether the scene lacks the face."""
    return " ".join(filter(None, (sentence, view_remark(prediction.prepared.geometry))))


def _probabilities(prediction: Prediction) -> Markup:
    best = int(prediction.probabilities.argmax())
    rows = zip(prediction.class_names, prediction.probabilities.tolist(), strict=True)
    items = html.joined(_probability(name, value, i == best) for i, (name, value) in enumerate(rows))
    return Markup('<ul class="probabilities">{}</ul>').format(items)


def _probability(name: str, value: float, best: bool) -> Markup:
    chosen = Markup(' class="best"') if best else html.NOTHING
    return Markup(
        '<li{}><span>{}</span><b aria-hidden="true"><i style="width:{:.2%}"></i></b><span>{:.1%}</span></li>'
    ).format(chosen, name, value, value)
