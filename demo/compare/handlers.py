"""What the tab *Compare methods* does: plain functions from values to values.

``start`` writes a job into the visit, ``work`` does it map by map and shows each at once, and whatever
takes the job away (``stop``, a newer job, another face) ends the work at its next report of progress.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any, NamedTuple

import gradio as gr

from demo import markup, pictures, text
from demo.analyse.outputs import SAME
from demo.compare import views as compare_markup
from demo.engine import Engine
from demo.guard import message_of
from demo.shown import inline
from demo.visits import BASELINE, Focus, Job, Question, SupersededError, Visit
from glamor.explain import METHODS, Explanation, find_method

TAB = "compare"
OPACITY = 0.85
HIDDEN = ""  # a card of which nothing is seen
Progress = Callable[[float, str], Any]  # told the share done and at what


class Sheet(NamedTuple):
    """All that the tab may change; ``cards`` by the key of their method, each one piece of HTML."""

    subject: Any = SAME
    status: Any = SAME
    run: Any = SAME
    cancel: Any = SAME
    cards: Mapping[str, str] = MappingProxyType({})

    def outputs(self) -> list[Any]:
        """Return the values in the order of the page's outputs."""
        cards = (self.cards.get(key, SAME) for key in METHODS)
        return [self.subject, self.status, self.run, self.cancel, *cards]


def refresh(visit: Visit) -> Sheet:
    """Bring the tab up to date with what is chosen in *Analyse*; nothing is computed."""
    focus = visit.view.focus if visit.view else None
    if visit.view is None or focus is None:
        return _idle(compare_markup.subject(None, 0), "", _without(METHODS), ready=False)
    words = compare_markup.subject(focus, len(visit.view.predictions))
    job = visit.jobs.get(TAB)
    if job is not None and job.view.is_about_the_same(visit.view):
        return Sheet(subject=words)  # the work goes on showing its maps
    about = {(question.face, question.target) for question in visit.compared}
    if about == {(focus.question.face, focus.question.target)}:
        return _idle(words)
    visit.compared = ()
    return _idle(words, "", _without(METHODS))


def start(visit: Visit, methods: Sequence[str], baseline: str, smooth: bool, one_scale: bool) -> Sheet:
    """Ask for maps; they are made by :func:`work`."""
    focus = visit.view.focus if visit.view else None
    if visit.view is None or focus is None:
        return refresh(visit)
    try:
        questions = tuple(dict.fromkeys(ask(focus, method, baseline, smooth) for method in methods or ()))
    except Exception as error:
        return Sheet(status=markup.note(escape(message_of(error)), "warn"))
    if not questions:
        return Sheet(status=markup.note(text.NO_METHODS, "warn"))
    visit.jobs[TAB], visit.compared, visit.one_scale = Job(visit.view, focus, questions), (), bool(one_scale)
    wanted = {question.method: _card(question.method, markup.empty(text.CARD_WAIT)) for question in questions}
    return Sheet(
        status="",
        run=gr.update(interactive=False),
        cancel=gr.update(interactive=True),
        cards=_without(METHODS.keys() - wanted.keys()) | wanted,
    )


def ask(focus: Focus, method: str, baseline: str, smooth: bool) -> Question:
    """Return the question that a method's map answers; what the method has no use for is left out.

    Raises:
        ExplainError: if there is no such method.
    """
    entry = find_method(method)
    return Question(
        focus.question.face,
        entry.key,
        focus.question.target,
        baseline if entry.uses_baseline else BASELINE,
        bool(smooth) and entry.can_smooth,
    )


def work(engine: Engine, visit: Visit, progress: Progress | None = None) -> Iterator[Sheet]:
    """Do the job that was asked for, one map after the other; maps that are known are not made again."""
    job = visit.jobs.get(TAB)
    if job is None:
        yield Sheet()  # it was stopped while it waited
        return
    before = sum(question in visit.maps for question in job.questions)
    try:
        for index, question in enumerate(job.questions):
            card = _made(engine, visit, job, index, progress)
            visit.expect_job(TAB, job)
            visit.compared = (*visit.compared, question)
            yield Sheet(cards={question.method: card})
    except SupersededError:
        yield _ended(visit, job)
        return
    visit.jobs.pop(TAB, None)
    found = sum(question in visit.maps for question in job.questions)
    words = text.COMPARE_DONE.format(count=found, wanted=len(job.questions), known=before)
    # One scale for all is known only now.
    yield _idle(SAME, markup.caption(words), _drawn(visit, job.focus) if visit.one_scale else None)


def rescale(visit: Visit, one_scale: bool) -> Sheet:
    """Draw the maps again, each on its own colour scale or all on one; nothing is computed."""
    visit.one_scale = bool(one_scale)
    focus = visit.view.focus if visit.view else None
    return Sheet() if focus is None else Sheet(cards=_drawn(visit, focus))


def stop(visit: Visit) -> Sheet:
    """End the work; maps that are ready stay."""
    job = visit.jobs.pop(TAB, None)
    if job is None:
        return Sheet()
    missing = [question.method for question in job.questions if question not in visit.compared]
    return _idle(SAME, markup.caption(text.STOPPED), _without(missing))


def _made(engine: Engine, visit: Visit, job: Job, index: int, progress: Progress | None) -> str:
    """Return one map's card; what goes wrong with it is said on the card."""
    question, count = job.questions[index], len(job.questions)
    words = text.COMPARE_DOING.format(number=index + 1, count=count, method=METHODS[question.method].name)

    def report(done: float) -> None:
        visit.expect_job(TAB, job)
        if progress is not None:
            progress((index + done) / count, words)

    try:
        known = visit.maps.get(question)
        if known is None:
            known = engine.explain(
                job.focus.prediction,
                question.method,
                question.target,
                report,
                baseline=question.baseline,
                smooth=question.smooth,
            )
            visit.expect_job(TAB, job)
            visit.maps[question] = known
        return _drawn_card(job.focus, known, _limit(visit, (*visit.compared, question)))
    except SupersededError:
        raise
    except Exception as error:
        return _card(question.method, markup.note(escape(message_of(error)), "warn"))


def _ended(visit: Visit, job: Job) -> Sheet:
    """Say that another face was chosen; stay silent if the visitor stopped the work or asked anew."""
    if visit.jobs.get(TAB) is not job:
        return Sheet()
    del visit.jobs[TAB]
    visit.compared = ()
    return _idle(SAME, markup.note(text.SUBJECT_CHANGED), _without(METHODS))


def _drawn(visit: Visit, focus: Focus) -> dict[str, str]:
    """Draw all maps that stand side by side."""
    limit = _limit(visit, visit.compared)
    about = [question for question in visit.compared if question.face == focus.question.face]
    maps = [visit.maps[question] for question in about if question in visit.maps]
    return {one.method: _drawn_card(focus, one, limit) for one in maps}


def _limit(visit: Visit, questions: Sequence[Question]) -> float | None:
    """Return the colour scale that these maps share; None if each has its own."""
    if not visit.one_scale:
        return None
    return pictures.limit_of(visit.maps[question] for question in questions if question in visit.maps)


def _drawn_card(focus: Focus, explanation: Explanation, limit: float | None) -> str:
    picture = inline(pictures.moved(focus.prediction, explanation, OPACITY, limit), markup.moved_alt(explanation))
    return _card(explanation.method, picture + compare_markup.card(explanation))


def _card(method: str, html: str) -> str:
    return markup.heading(METHODS[method].name) + html


def _without(methods: Any) -> dict[str, str]:
    return dict.fromkeys(methods, HIDDEN)


def _idle(subject: Any, status: Any = SAME, cards: Mapping[str, str] | None = None, ready: bool = True) -> Sheet:
    """Return a sheet on which nothing is being worked on; without a face nothing can be asked."""
    return Sheet(subject, status, gr.update(interactive=ready), gr.update(interactive=False), cards or {})
