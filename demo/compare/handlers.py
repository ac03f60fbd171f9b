"""What the tab *Compare methods* does: plain functions from values to values.

``start`` writes a job into the visit, ``work`` does it map by map and shows each at once, and whatever
takes the job away (``stop``, a newer job, another face) ends the work at its next report of progress.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import gradio as gr
from markupsafe import Markup

from demo import html, pictures
from demo.compare import views, words
from demo.engine import Engine
from demo.events import SAME
from demo.jobs import question_of
from demo.pictures import img_tag
from demo.views import moved_alt, subject
from demo.visits import Focus, Job, Question, SupersededError, Visit
from demo.words import NO_METHODS, STOPPED, SUBJECT_CHANGED
from glamor.explain import METHODS, Explanation

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
        return _idle(subject(None), "", _without(METHODS), ready=False)
    words = subject(visit.view)
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
        questions = tuple(dict.fromkeys(question_of(focus, method, baseline, smooth) for method in methods or ()))
    except Exception as error:
        return Sheet(status=html.problem(error))
    if not questions:
        return Sheet(status=html.note(NO_METHODS, "warn"))
    visit.jobs[TAB], visit.compared, visit.one_scale = Job(visit.view, focus, questions), (), bool(one_scale)
    wanted = {question.method: _card(question.method, html.empty(words.CARD_WAIT)) for question in questions}
    return Sheet(
        status="",
        run=gr.update(interactive=False),
        cancel=gr.update(interactive=True),
        cards=_without(METHODS.keys() - wanted.keys()) | wanted,
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
    status = words.DONE.format(count=found, wanted=len(job.questions), known=before)
    # One scale for all is known only now.
    yield _idle(SAME, html.caption(status), _drawn(visit, job.focus) if visit.one_scale else None)


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
    return _idle(SAME, html.caption(STOPPED), _without(missing))


def _made(engine: Engine, visit: Visit, job: Job, index: int, progress: Progress | None) -> str:
    """Return one map's card; what goes wrong with it is said on the card."""
    question, count = job.questions[index], len(job.questions)
    status = words.DOING.format(number=index + 1, count=count, method=METHODS[question.method].name)

    def report(done: float) -> None:
        visit.expect_job(TAB, job)
        if progress is not None:
            progress((index + done) / count, status)

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
        return _card(question.method, html.problem(error))


def _ended(visit: Visit, job: Job) -> Sheet:
    """Say that another face was chosen; stay silent if the visitor stopped the work or asked anew."""
    if visit.jobs.get(TAB) is not job:
        return Sheet()
    del visit.jobs[TAB]
    visit.compared = ()
    return _idle(SAME, html.note(SUBJECT_CHANGED), _without(METHODS))


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
    picture = img_tag(pictures.moved(focus.prediction, explanation, OPACITY, limit), moved_alt(explanation))
    return _card(explanation.method, picture + views.card(explanation))


def _card(method: str, body: str) -> Markup:
    return html.heading(METHODS[method].name) + body


def _without(methods: Any) -> dict[str, str]:
    return dict.fromkeys(methods, HIDDEN)


def _idle(subject: Any, status: Any = SAME, cards: Mapping[str, str] | None = None, ready: bool = True) -> Sheet:
    """Return a sheet on which nothing is being worked on; without a face nothing can be asked."""
    return Sheet(subject, status, gr.update(interactive=ready), gr.update(interactive=False), cards or {})
