"""What the tab *Trust* does: plain functions from values to values.

As in :mod:`demo.compare`, ``start`` writes a job into the session, ``work`` does it, and whatever takes the
job away ends the work at its next report of progress.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gradio as gr

from demo import html, pictures
from demo.engine import Engine
from demo.events import SAME
from demo.jobs import request_for
from demo.pictures import image_update
from demo.trust import views, words
from demo.views import subject
from demo.visits import Job, MapRequest, Session, SupersededError
from demo.words import NO_METHODS, STOPPED, SUBJECT_CHANGED
from glamor.explain.trust import Trust

TAB = "trust"


class Outputs(NamedTuple):
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


ASKED = Outputs(run=gr.update(interactive=False), cancel=gr.update(interactive=True))
IDLE = Outputs(run=gr.update(interactive=True), cancel=gr.update(interactive=False))
NOTHING = {"results": gr.update(visible=False), "verdict": html.empty(words.EMPTY)}


def refresh(session: Session, methods: Sequence[str] | None) -> Outputs:
    """Bring the tab up to date with what is chosen in *Analyse*; nothing is computed."""
    selection = session.analysis.selection if session.analysis else None
    if session.analysis is None or selection is None:
        words = subject(None)
        return IDLE._replace(subject=words, status="", run=gr.update(interactive=False), **NOTHING)
    words = subject(session.analysis)
    job = session.jobs.get(TAB)
    if job is not None and job.analysis.is_about_the_same(session.analysis):
        return ASKED._replace(subject=words)
    try:
        known = session.checks.get(_questions(session, methods))
    except Exception:  # a strange choice of methods is answered when it is asked for
        known = None
    if known is None:
        return IDLE._replace(subject=words, status="", **NOTHING)
    return _shown(known)._replace(subject=words, status="")


def start(session: Session, methods: Sequence[str] | None) -> Outputs:
    """Ask for the checks of some methods' maps; they are made by :func:`work`."""
    if session.analysis is None or session.analysis.selection is None:
        return refresh(session, methods)
    try:
        requests = _questions(session, methods)
    except Exception as error:
        return Outputs(status=html.problem(error))
    if not requests:
        return Outputs(status=html.note(NO_METHODS, "warn"))
    session.jobs[TAB] = Job(session.analysis, session.analysis.selection, requests)
    return ASKED._replace(status="", **NOTHING)


def work(engine: Engine, session: Session, progress: Callable[[float], Any] | None = None) -> Outputs:
    """Run the checks that were asked for; what is known already is not computed again."""
    job = session.jobs.get(TAB)
    if job is None:
        return Outputs()  # it was stopped while it waited
    try:
        found = session.checks.get(job.requests) or _examined(engine, session, job, progress)
    except SupersededError:
        if session.jobs.get(TAB) is not job:
            return Outputs()  # stopped, or asked anew: somebody else has said so
        return _ended(session, job, html.note(SUBJECT_CHANGED))
    except Exception as error:
        return _ended(session, job, html.problem(error))
    session.jobs.pop(TAB, None)
    return _shown(found)._replace(status="")


def stop(session: Session) -> Outputs:
    """End the work."""
    if session.jobs.pop(TAB, None) is None:
        return Outputs()
    return IDLE._replace(status=html.caption(STOPPED))


def _questions(session: Session, methods: Sequence[str] | None) -> tuple[MapRequest, ...]:
    if session.analysis is None or session.analysis.selection is None:
        return ()
    selection = session.analysis.selection
    return tuple(dict.fromkeys(request_for(selection, method) for method in methods or ()))


def _examined(engine: Engine, session: Session, job: Job, progress: Callable[[float], Any] | None) -> Trust:
    def report(done: float) -> None:
        session.raise_if_superseded(TAB, job)
        if progress is not None:
            progress(done)

    methods, photo = [request.method for request in job.requests], job.analysis.photo.pixels(engine)
    found = engine.examine(photo, job.selection.prediction, methods, job.selection.request.target, report)
    session.raise_if_superseded(TAB, job)
    session.checks[job.requests] = found
    # The maps that were checked need not be made again to be compared.
    session.maps |= dict(zip(job.requests, found.explanations, strict=True))
    return found


def _ended(session: Session, job: Job, status: str) -> Outputs:
    if session.jobs.get(TAB) is job:
        del session.jobs[TAB]
    return IDLE._replace(status=status, **NOTHING)


def _shown(trust: Trust) -> Outputs:
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
