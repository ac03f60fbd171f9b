"""What the tab *Compare* does: plain functions from values to values.

``start`` writes a job into the session, ``work`` does it map by map and shows each at once, and whatever
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
from demo.jobs import request_for
from demo.pictures import img_tag
from demo.views import moved_alt, subject
from demo.visits import Job, MapRequest, Selection, Session, SupersededError
from demo.words import NO_METHODS, STOPPED, SUBJECT_CHANGED
from glamor.explain import METHODS, Explanation

TAB = "compare"
OPACITY = 0.85
HIDDEN = ""  # a card of which nothing is seen
Progress = Callable[[float, str], Any]  # told the share done and at what


class Outputs(NamedTuple):
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


def refresh(session: Session) -> Outputs:
    """Bring the tab up to date with what is chosen in *Analyse*; nothing is computed."""
    selection = session.analysis.selection if session.analysis else None
    if session.analysis is None or selection is None:
        return _idle(subject(None), "", _without(METHODS), ready=False)
    words = subject(session.analysis)
    job = session.jobs.get(TAB)
    if job is not None and job.analysis.is_about_the_same(session.analysis):
        return Outputs(subject=words)  # the work goes on showing its maps
    about = {(request.face, request.target) for request in session.compared}
    if about == {(selection.request.face, selection.request.target)}:
        return _idle(words)
    session.compared = ()
    return _idle(words, "", _without(METHODS))


def start(session: Session, methods: Sequence[str], baseline: str, smooth: bool, one_scale: bool) -> Outputs:
    """Ask for maps; they are made by :func:`work`."""
    selection = session.analysis.selection if session.analysis else None
    if session.analysis is None or selection is None:
        return refresh(session)
    try:
        requests = tuple(dict.fromkeys(request_for(selection, method, baseline, smooth) for method in methods or ()))
    except Exception as error:
        return Outputs(status=html.problem(error))
    if not requests:
        return Outputs(status=html.note(NO_METHODS, "warn"))
    session.jobs[TAB], session.compared, session.one_scale = (
        Job(session.analysis, selection, requests),
        (),
        bool(one_scale),
    )
    wanted = {request.method: _card(request.method, html.empty(words.CARD_WAIT)) for request in requests}
    return Outputs(
        status="",
        run=gr.update(interactive=False),
        cancel=gr.update(interactive=True),
        cards=_without(METHODS.keys() - wanted.keys()) | wanted,
    )


def work(engine: Engine, session: Session, progress: Progress | None = None) -> Iterator[Outputs]:
    """Do the job that was asked for, one map after the other; maps that are known are not made again."""
    job = session.jobs.get(TAB)
    if job is None:
        yield Outputs()  # it was stopped while it waited
        return
    before = sum(request in session.maps for request in job.requests)
    try:
        for index, request in enumerate(job.requests):
            card = _made(engine, session, job, index, progress)
            session.raise_if_superseded(TAB, job)
            session.compared = (*session.compared, request)
            yield Outputs(cards={request.method: card})
    except SupersededError:
        yield _ended(session, job)
        return
    session.jobs.pop(TAB, None)
    found = sum(request in session.maps for request in job.requests)
    status = words.DONE.format(count=found, wanted=len(job.requests), known=before)
    # One scale for all is known only now.
    yield _idle(SAME, html.caption(status), _drawn(session, job.selection) if session.one_scale else None)


def rescale(session: Session, one_scale: bool) -> Outputs:
    """Draw the maps again, each on its own colour scale or all on one; nothing is computed."""
    session.one_scale = bool(one_scale)
    selection = session.analysis.selection if session.analysis else None
    return Outputs() if selection is None else Outputs(cards=_drawn(session, selection))


def stop(session: Session) -> Outputs:
    """End the work; maps that are ready stay."""
    job = session.jobs.pop(TAB, None)
    if job is None:
        return Outputs()
    missing = [request.method for request in job.requests if request not in session.compared]
    return _idle(SAME, html.caption(STOPPED), _without(missing))


def _made(engine: Engine, session: Session, job: Job, index: int, progress: Progress | None) -> str:
    """Return one map's card; what goes wrong with it is said on the card."""
    request, count = job.requests[index], len(job.requests)
    status = words.DOING.format(number=index + 1, count=count, method=METHODS[request.method].name)

    def report(done: float) -> None:
        session.raise_if_superseded(TAB, job)
        if progress is not None:
            progress((index + done) / count, status)

    try:
        known = session.maps.get(request)
        if known is None:
            known = engine.explain(
                job.selection.prediction,
                request.method,
                request.target,
                report,
                baseline=request.baseline,
                smooth=request.smooth,
            )
            session.raise_if_superseded(TAB, job)
            session.maps[request] = known
        return _drawn_card(job.selection, known, _limit(session, (*session.compared, request)))
    except SupersededError:
        raise
    except Exception as error:
        return _card(request.method, html.problem(error))


def _ended(session: Session, job: Job) -> Outputs:
    """Say that another face was chosen; stay silent if the visitor stopped the work or asked anew."""
    if session.jobs.get(TAB) is not job:
        return Outputs()
    del session.jobs[TAB]
    session.compared = ()
    return _idle(SAME, html.note(SUBJECT_CHANGED), _without(METHODS))


def _drawn(session: Session, selection: Selection) -> dict[str, str]:
    """Draw all maps that stand side by side."""
    limit = _limit(session, session.compared)
    about = [request for request in session.compared if request.face == selection.request.face]
    maps = [session.maps[request] for request in about if request in session.maps]
    return {explanation.method: _drawn_card(selection, explanation, limit) for explanation in maps}


def _limit(session: Session, requests: Sequence[MapRequest]) -> float | None:
    """Return the colour scale that these maps share; None if each has its own."""
    if not session.one_scale:
        return None
    return pictures.limit_of(session.maps[request] for request in requests if request in session.maps)


def _drawn_card(selection: Selection, explanation: Explanation, limit: float | None) -> str:
    picture = img_tag(pictures.moved(selection.prediction, explanation, OPACITY, limit), moved_alt(explanation))
    return _card(explanation.method, picture + views.card(explanation))


def _card(method: str, body: str) -> Markup:
    return html.heading(METHODS[method].name) + body


def _without(methods: Any) -> dict[str, str]:
    return dict.fromkeys(methods, HIDDEN)


def _idle(subject: Any, status: Any = SAME, cards: Mapping[str, str] | None = None, ready: bool = True) -> Outputs:
    """Return a sheet on which nothing is being worked on; without a face nothing can be asked."""
    return Outputs(subject, status, gr.update(interactive=ready), gr.update(interactive=False), cards or {})
