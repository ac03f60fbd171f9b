"""What the tab *Trust* does: plain functions from values to values.

As in :mod:`demo.compare`, ``start`` writes a job into the visit, ``work`` does it, and whatever takes the
job away ends the work at its next report of progress.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gradio as gr

from demo import html, pictures
from demo.engine import Engine
from demo.events import SAME
from demo.jobs import question_of
from demo.pictures import image_update
from demo.trust import views, words
from demo.views import subject
from demo.visits import Job, Question, SupersededError, Visit
from demo.words import NO_METHODS, STOPPED, SUBJECT_CHANGED
from glamor.explain.trust import Trust

TAB = "trust"


class Panel(NamedTuple):
    """All that the tab may change, in the order of the page's outputs."""

    subject: Any = SAME
    status: Any = SAME
    run: Any = SAME
    cancel: Any = SAME
    results: Any = SAME
    verdict: Any = SAME
    pixels: Any = SAME
    weights: Any = SAME
    order: Any = SAME
    reliance: Any = SAME
    reliance_words: Any = SAME
    reliability: Any = SAME
    cascade: Any = SAME
    stability: Any = SAME


ASKED = Panel(run=gr.update(interactive=False), cancel=gr.update(interactive=True))
IDLE = Panel(run=gr.update(interactive=True), cancel=gr.update(interactive=False))
NOTHING = {"results": gr.update(visible=False), "verdict": html.empty(words.EMPTY)}


def refresh(visit: Visit, methods: Sequence[str] | None) -> Panel:
    """Bring the tab up to date with what is chosen in *Analyse*; nothing is computed."""
    focus = visit.view.focus if visit.view else None
    if visit.view is None or focus is None:
        words = subject(None)
        return IDLE._replace(subject=words, status="", run=gr.update(interactive=False), **NOTHING)
    words = subject(visit.view)
    job = visit.jobs.get(TAB)
    if job is not None and job.view.is_about_the_same(visit.view):
        return ASKED._replace(subject=words)
    try:
        known = visit.checks.get(_questions(visit, methods))
    except Exception:  # a strange choice of methods is answered when it is asked for
        known = None
    if known is None:
        return IDLE._replace(subject=words, status="", **NOTHING)
    return _shown(known)._replace(subject=words, status="")


def start(visit: Visit, methods: Sequence[str] | None) -> Panel:
    """Ask for the checks of some methods' maps; they are made by :func:`work`."""
    if visit.view is None or visit.view.focus is None:
        return refresh(visit, methods)
    try:
        questions = _questions(visit, methods)
    except Exception as error:
        return Panel(status=html.problem(error))
    if not questions:
        return Panel(status=html.note(NO_METHODS, "warn"))
    visit.jobs[TAB] = Job(visit.view, visit.view.focus, questions)
    return ASKED._replace(status="", **NOTHING)


def work(engine: Engine, visit: Visit, progress: Callable[[float], Any] | None = None) -> Panel:
    """Run the checks that were asked for; what is known already is not computed again."""
    job = visit.jobs.get(TAB)
    if job is None:
        return Panel()  # it was stopped while it waited
    try:
        found = visit.checks.get(job.questions) or _examined(engine, visit, job, progress)
    except SupersededError:
        if visit.jobs.get(TAB) is not job:
            return Panel()  # stopped, or asked anew: somebody else has said so
        return _ended(visit, job, html.note(SUBJECT_CHANGED))
    except Exception as error:
        return _ended(visit, job, html.problem(error))
    visit.jobs.pop(TAB, None)
    return _shown(found)._replace(status="")


def stop(visit: Visit) -> Panel:
    """End the work."""
    if visit.jobs.pop(TAB, None) is None:
        return Panel()
    return IDLE._replace(status=html.caption(STOPPED))


def _questions(visit: Visit, methods: Sequence[str] | None) -> tuple[Question, ...]:
    if visit.view is None or visit.view.focus is None:
        return ()
    focus = visit.view.focus
    return tuple(dict.fromkeys(question_of(focus, method) for method in methods or ()))


def _examined(engine: Engine, visit: Visit, job: Job, progress: Callable[[float], Any] | None) -> Trust:
    def report(done: float) -> None:
        visit.expect_job(TAB, job)
        if progress is not None:
            progress(done)

    methods, photo = [question.method for question in job.questions], job.view.photo.pixels(engine)
    found = engine.examine(photo, job.focus.prediction, methods, job.focus.question.target, report)
    visit.expect_job(TAB, job)
    visit.checks[job.questions] = found
    # The maps that were checked need not be made again to be compared.
    visit.maps |= dict(zip(job.questions, found.explanations, strict=True))
    return found


def _ended(visit: Visit, job: Job, status: str) -> Panel:
    if visit.jobs.get(TAB) is job:
        del visit.jobs[TAB]
    return IDLE._replace(status=status, **NOTHING)


def _shown(trust: Trust) -> Panel:
    faith = trust.faithfulness
    return IDLE._replace(
        results=gr.update(visible=True),
        verdict=views.verdict(trust),
        pixels=image_update(pictures.removal(trust, faith.pixels), views.removal_alt(faith.pixels)),
        weights=image_update(pictures.removal(trust, faith.weights), views.removal_alt(faith.weights)),
        order=views.order(trust),
        reliance=image_update(pictures.reliance(trust), trust.reliance.verdict),
        reliance_words=views.reliance(trust),
        reliability=views.reliability(trust),
        cascade=image_update(pictures.cascade(trust), views.cascade_alt(trust)),
        stability=views.stability(trust),
    )
