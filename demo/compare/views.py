"""The cards of the tab *Compare methods*."""

from __future__ import annotations

from markupsafe import Markup

from demo import html, text
from demo.views import measure_info
from glamor.explain import METHODS, Explanation
from glamor.explain.trust import relative_delta


def card(explanation: Explanation) -> Markup:
    """Return what one map compares with, how far it adds up, and, on demand, what its method does."""
    method = METHODS[explanation.method]
    words = [text.CARD_PLAIN.format(target=explanation.target_name)]
    if explanation.baseline is not None:
        words.append(text.CARD_BASELINE.format(baseline=text.BASELINE_NAMES[explanation.baseline].lower()))
    if explanation.smooth:
        words.append(text.CARD_SMOOTH)
    if explanation.convergence_delta is not None:
        words.append(_delta(explanation, explanation.convergence_delta))
    lines = (method.caption, f"{text.NEEDS} {method.needs}.", f"{text.SOURCE} {method.source}.")
    about = html.joined(Markup("<p>{}</p>").format(line) for line in lines)
    adds_up = html.NOTHING if explanation.convergence_delta is None else measure_info("convergence")
    return html.caption(" ".join(words)) + html.details(text.MOVED_METHOD.format(method=method.name), about) + adds_up


def _delta(explanation: Explanation, delta: float) -> str:
    gained, share = explanation.logit - (explanation.baseline_logit or 0.0), relative_delta(explanation)
    if share is None or gained == 0:
        return text.CARD_DELTA_FLAT.format(delta=abs(delta))
    return text.CARD_DELTA.format(gained=gained, delta=abs(delta), share=share)
