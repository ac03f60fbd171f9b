"""The words of the tab *Compare methods*: small pieces of HTML, every value escaped."""

from __future__ import annotations

from html import escape

from demo import markup, text
from demo.trust import views as trust_markup
from demo.visits import Focus
from glamor.explain import METHODS, Explanation
from glamor.explain.registry import Method
from glamor.explain.trust import relative_delta

# Up to this many forward passes a map is called fast, and one of seconds: about 0.1 and 1 second.
FAST, SECONDS = 10, 100


def subject(focus: Focus | None, count: int) -> str:
    """Return which of ``count`` faces and which label a tab is about, or how to choose one."""
    if focus is None:
        return markup.empty(text.SUBJECT_EMPTY)
    question = focus.question
    return markup.caption(text.SUBJECT.format(number=question.face + 1, count=count, target=question.target))


def choice(method: Method) -> str:
    """Return a method's name and its cost class."""
    pace = text.PACE_FAST if method.cost <= FAST else text.PACE_SECONDS if method.cost <= SECONDS else text.PACE_SLOW
    return text.METHOD_CHOICE.format(method=method.name, pace=pace)


def card(explanation: Explanation) -> str:
    """Return what one map compares with, how far it adds up, and, on demand, what its method does."""
    method = METHODS[explanation.method]
    words = [text.CARD_PLAIN.format(target=explanation.target_name)]
    if explanation.baseline is not None:
        words.append(text.CARD_BASELINE.format(baseline=text.BASELINE_NAMES[explanation.baseline].lower()))
    if explanation.smooth:
        words.append(text.CARD_SMOOTH)
    if explanation.convergence_delta is not None:
        words.append(_delta(explanation, explanation.convergence_delta))
    about = "".join(
        f"<p>{escape(line)}</p>"
        for line in (method.caption, f"{text.NEEDS} {method.needs}.", f"{text.SOURCE} {method.source}.")
    )
    summary = escape(text.MOVED_METHOD.format(method=method.name))
    adds_up = "" if explanation.convergence_delta is None else trust_markup.info("convergence")
    method_words = f'<details class="about"><summary>{summary}</summary>{about}</details>'
    return f"{markup.caption(' '.join(words))}{method_words}{adds_up}"


def _delta(explanation: Explanation, delta: float) -> str:
    gained, share = explanation.logit - (explanation.baseline_logit or 0.0), relative_delta(explanation)
    if share is None or gained == 0:
        return text.CARD_DELTA_FLAT.format(delta=abs(delta))
    return text.CARD_DELTA.format(gained=gained, delta=abs(delta), share=share)
