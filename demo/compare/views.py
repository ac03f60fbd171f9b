"""The cards of the tab *Compare*."""

from __future__ import annotations

from markupsafe import Markup

from demo import html
from demo.compare import words
from demo.views import measure_info
from demo.words import MOVED_METHOD, NEEDS, SOURCE
from glamor.explain import METHODS, Explanation
from glamor.explain.trust import relative_delta


def card(explanation: Explanation) -> Markup:
    """Return what one map compares with, how far it adds up, and, on demand, what its method does."""
    method = METHODS[explanation.method]
    sentences = [words.CARD_PLAIN.format(target=explanation.target_name)]
    if explanation.baseline is not None:
        sentences.append(words.CARD_BASELINE.format(baseline=words.BASELINE_NAMES[explanation.baseline].lower()))
    if explanation.smooth:
        sentences.append(words.CARD_SMOOTH)
    if explanation.convergence_delta is not None:
        sentences.append(_delta(explanation, explanation.convergence_delta))
    lines = (method.caption, f"{NEEDS} {method.needs}.", f"{SOURCE} {method.source}.")
    about = html.joined(Markup("<p>{}</p>").format(line) for line in lines)
    adds_up = html.NOTHING if explanation.convergence_delta is None else measure_info("convergence")
    return html.caption(" ".join(sentences)) + html.details(MOVED_METHOD.format(method=method.name), about) + adds_up


def _delta(explanation: Explanation, delta: float) -> str:
    gained, share = explanation.logit - (explanation.baseline_logit or 0.0), relative_delta(explanation)
    if share is None or gained == 0:
        return words.CARD_DELTA_FLAT.format(delta=abs(delta))
    return words.CARD_DELTA.format(gained=gained, delta=abs(delta), share=share)
