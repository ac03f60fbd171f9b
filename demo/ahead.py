"""What a visit works out once; and what follows every answer, begun while the answer is on its way to the browser.

A browser needs a tenth of a second to show an answer and to ask for more. Meanwhile the face's way through the network
is worked out, and a map that is cheap; whoever asks for them then finds them, or waits for what has been begun.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from demo import gallery
from demo.engine import Engine
from demo.visits import ATTENTION, MapRequest, Session
from glamor.explain import METHODS, Explanation, Walk
from glamor.explain.flips import Flips
from glamor.explain.parts import NoParts, Parts
from glamor.predictor import Prediction

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

LIGHT = 5  # passes of the network: what costs more is begun when it is asked for, and can be given up
_WORKER = ThreadPoolExecutor(1, "ahead")
_UNDER_WAY: dict[Hashable, Future[Any]] = {}
_LOCK = Lock()


def begin(engine: Engine, session: Session) -> None:
    """Begin what will be asked of the chosen face; returns at once."""
    analysis = session.analysis
    if analysis is None or analysis.selection is None or not engine.trained:
        return
    request, prediction = analysis.selection

    def unless_overtaken(work: Callable[..., T], *args: Any) -> T | None:
        return work(*args) if session.analysis is analysis else None

    _WORKER.submit(unless_overtaken, walk_of, engine, session, prediction)
    if request.method != ATTENTION and METHODS[request.method].cost <= LIGHT and request not in session.maps:
        asked = engine.explain, prediction, request.method, request.target
        session.begun[request] = _WORKER.submit(lambda: unless_overtaken(*asked))


def map_of(session: Session, request: MapRequest, explain: Callable[[], Explanation]) -> Explanation:
    """Return the map that is asked for: the one that has been begun, else that which ``explain`` makes."""
    known = session.maps  # another photo's answer brings another dictionary
    if request not in known:
        begun = session.begun.pop(request, None)
        if begun is not None and begun.cancel():
            begun = None  # it still waited behind what was begun for others
        known[request] = (begun.result() if begun else None) or explain()
    return known[request]


def walk_of(engine: Engine, session: Session, prediction: Prediction) -> Walk:
    """Return a face's way through the network, followed once a visit."""
    return _kept(session.walks, id(prediction), prediction, lambda: engine.walk(prediction))


def parts_of(engine: Engine, session: Session, prediction: Prediction, missing: str) -> Parts | NoParts:
    """Return what each part of a face adds to its label, by what is shown of a missing part; found once a visit."""
    key = id(prediction), missing
    return _kept(session.parts, key, prediction, lambda: engine.parts(prediction, prediction.emotion, None, missing))


def flips_of(engine: Engine, session: Session, prediction: Prediction, missing: str) -> Flips:
    """Return what would turn the label of a face, its parts and the examples' scenes among it; found once a visit."""

    def find() -> Flips:
        return engine.flips(prediction, parts_of(engine, session, prediction, missing), gallery.scenes(engine))

    return _kept(session.flips, (id(prediction), missing), prediction, find)


def _kept(known: dict[K, tuple[Prediction, T]], key: K, prediction: Prediction, work: Callable[[], T]) -> T:
    """Return what is known of a face, worked out by the first who asks; kept beside the face, whose key it has."""

    def find() -> T:
        if key not in known:
            known[key] = prediction, work()
        return known[key][1]

    return _once((id(known), key), find)


def _once(key: Hashable, work: Callable[[], T]) -> T:
    """Return what the work comes to; if it is under way already, of that which is."""
    with _LOCK:
        under_way: Future[T] | None = _UNDER_WAY.get(key)
        own: Future[T] = _UNDER_WAY.setdefault(key, Future())
    if under_way is not None:
        return under_way.result()
    try:
        own.set_result(work())
    except BaseException as error:
        own.set_exception(error)
    finally:
        del _UNDER_WAY[key]
    return own.result()
