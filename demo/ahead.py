"""What a visit works out once; and what follows every answer, begun while the answer is on its way to the browser.

A browser needs a tenth of a second to show an answer and to ask for more. Meanwhile the face's way through the network
is worked out, and a map that is cheap; whoever asks for them then finds them, or waits for what has been begun.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Any

from demo import gallery
from demo.engine import Engine
from demo.visits import ATTENTION, Analysis, Selection, Session
from glamor.explain import METHODS, Explanation, Walk
from glamor.explain.flips import Flips
from glamor.explain.parts import NoParts, Parts
from glamor.predictor import Prediction

LIGHT = 5  # passes of the network: what costs more is begun when it is asked for, and can be given up
_WORKER = ThreadPoolExecutor(1, "ahead")
_UNDER_WAY: dict[Hashable, Future[Any]] = {}
_LOCK = Lock()


def begin(engine: Engine, session: Session) -> None:
    """Begin what will be asked of the chosen face; returns at once."""
    analysis = session.analysis
    if analysis is not None and analysis.selection is not None and engine.trained:
        _WORKER.submit(_follow, engine, session, analysis)


def walk_of(engine: Engine, session: Session, prediction: Prediction) -> Walk:
    """Return a face's way through the network, followed once a visit."""
    known = session.walks  # another photo's answer brings another dictionary

    def follow() -> Walk:
        if id(prediction) not in known:
            known[id(prediction)] = prediction, engine.walk(prediction)
        return known[id(prediction)][1]

    return _once((id(prediction), "walk"), follow)


def map_of(session: Session, selection: Selection, explain: Callable[[], Explanation]) -> Explanation:
    """Return the map that is asked for, made by ``explain`` once a visit."""
    (request, prediction), known, begun = selection, session.maps, session.begun
    if request not in known:
        known[request] = _once((id(prediction), request), lambda: begun.pop(request, None) or explain())
    return known[request]


def parts_of(engine: Engine, session: Session, prediction: Prediction) -> Parts | NoParts:
    """Return what each part of a face adds to its label, by what the visit shows of a missing part."""
    known, missing = session.parts, session.missing
    key = id(prediction), missing

    def find() -> Parts | NoParts:
        if key not in known:
            known[key] = prediction, engine.parts(prediction, prediction.emotion, None, missing)
        return known[key][1]

    return _once((*key, "parts"), find)


def flips_of(engine: Engine, session: Session, prediction: Prediction) -> Flips:
    """Return what would turn the label of a face, its parts and the examples' scenes among it."""
    known, key = session.flips, (id(prediction), session.missing)

    def find() -> Flips:
        if key not in known:
            parts = parts_of(engine, session, prediction)
            known[key] = prediction, engine.flips(prediction, parts, gallery.scenes(engine))
        return known[key][1]

    return _once((*key, "flips"), find)


def _follow(engine: Engine, session: Session, analysis: Analysis) -> None:
    if session.analysis is not analysis or analysis.selection is None:
        return  # overtaken
    request, prediction = analysis.selection
    begun = session.begun

    def make() -> Explanation:
        begun[request] = engine.explain(prediction, request.method, request.target)
        return begun[request]

    with suppress(Exception):  # whoever asks for it is told
        walk_of(engine, session, prediction)
        if request.method != ATTENTION and METHODS[request.method].cost <= LIGHT and request not in session.maps:
            _once((id(prediction), request), make)


def _once(key: Hashable, work: Callable[[], Any]) -> Any:
    """Return what the work comes to; if it is under way already, of that which is."""
    with _LOCK:
        under_way = _UNDER_WAY.get(key)
        own: Future[Any] = _UNDER_WAY.setdefault(key, Future())
    if under_way is not None:
        return under_way.result()
    try:
        own.set_result(work())
    except BaseException as error:
        own.set_exception(error)
    finally:
        del _UNDER_WAY[key]
    return own.result()
