"""What is begun before it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from demo import ahead
from demo.analyse import handlers
from demo.engine import Engine
from demo.parts.handlers import cards
from demo.visits import Session
from glamor.errors import ExplainError
from glamor.explain.parts import BLURRED, REPLACEMENTS

PATIENCE = 120  # seconds


def _put_up(engine: Engine, photo: np.ndarray, method: str) -> Session:
    session = Session()
    handlers.analyse(engine, session, photo, method, 0.7)
    return session


def _settle() -> None:
    """Wait for what was begun."""
    ahead._WORKER.submit(lambda: None).result(PATIENCE)


def _until(true: Callable[[], bool]) -> bool:
    ended = threading.Event()
    return any(true() or ended.wait(0.02) for _ in range(50 * PATIENCE))


@pytest.mark.parametrize(("method", "begun"), [("grad_cam", True), ("kernel_shap", False), ("attention", False)])
def test_a_way_through_the_network_and_a_cheap_map_are_begun_and_a_dear_map_is_not(
    small_engine, astronaut, method, begun
):
    session = _put_up(small_engine, astronaut, method)
    ahead.begin(small_engine, session)
    _settle()
    assert [prediction for prediction, _ in session.walks.values()] == [session.analysis.selection.prediction]
    assert list(session.begun) == ([session.analysis.request] if begun else [])
    assert session.maps == {}, "what nobody has asked for is not shown"


def test_what_two_ask_for_at_once_is_worked_out_once(small_engine, astronaut, monkeypatch):
    session, calls, go_on = _put_up(small_engine, astronaut, "attention"), [], threading.Event()
    walk = small_engine.walk

    def slow(prediction: Any) -> Any:
        calls.append(prediction)
        assert go_on.wait(PATIENCE)
        return walk(prediction)

    monkeypatch.setattr(small_engine, "walk", slow)
    prediction = session.analysis.selection.prediction
    with ThreadPoolExecutor(2) as two:
        first, second = (two.submit(ahead.walk_of, small_engine, session, prediction) for _ in range(2))
        assert _until(lambda: bool(calls))
        go_on.set()
        assert first.result(PATIENCE) is second.result(PATIENCE)
    assert calls == [prediction]


def test_what_failed_is_told_to_whoever_asks_and_tried_again(small_engine, astronaut, monkeypatch):
    session = _put_up(small_engine, astronaut, "attention")
    prediction = session.analysis.selection.prediction
    with monkeypatch.context() as broken:
        broken.setattr(small_engine, "walk", lambda _: (_ for _ in ()).throw(ExplainError("no")))
        with pytest.raises(ExplainError, match="no"):
            ahead.walk_of(small_engine, session, prediction)
    assert ahead.walk_of(small_engine, session, prediction) is session.walks[id(prediction)][1]


def test_another_photo_meanwhile_ends_what_was_begun_for_the_one_before(small_engine, astronaut, grace_hopper):
    session, go_on = _put_up(small_engine, astronaut, "grad_cam"), threading.Event()
    ahead._WORKER.submit(go_on.wait, PATIENCE)
    ahead.begin(small_engine, session)
    handlers.analyse(small_engine, session, grace_hopper, "grad_cam", 0.7)
    go_on.set()
    _settle()
    assert (session.walks, session.begun) == ({}, {})


def test_a_map_that_was_begun_is_the_one_that_is_shown(small_engine, astronaut, monkeypatch):
    session = _put_up(small_engine, astronaut, "grad_cam")
    ahead.begin(small_engine, session)
    _settle()
    begun = session.begun[session.analysis.request].result()
    monkeypatch.setattr(small_engine, "explain", lambda *_: pytest.fail("it is there"))
    shown = handlers.explain(small_engine, session, 0.7)
    assert shown.picture["visible"]
    assert session.maps == {session.analysis.request: begun}


def test_whoever_asks_for_a_map_does_not_wait_behind_what_was_begun_for_others(small_engine, astronaut):
    session, go_on = _put_up(small_engine, astronaut, "grad_cam"), threading.Event()
    ahead._WORKER.submit(go_on.wait, PATIENCE)
    ahead.begin(small_engine, session)
    (begun,) = session.begun.values()
    assert handlers.explain(small_engine, session, 0.7).picture["visible"]
    assert begun.cancelled(), "it is not made twice"
    go_on.set()


def test_parts_and_flips_are_found_once_for_each_way_of_showing_a_missing_part(small_engine, astronaut, monkeypatch):
    session, asked = _put_up(small_engine, astronaut, "attention"), []
    parts = small_engine.parts

    def counted(*args: Any) -> Any:
        asked.append(args[-1])
        return parts(*args)

    monkeypatch.setattr(small_engine, "parts", counted)
    prediction = session.analysis.selection.prediction
    for missing in (BLURRED, REPLACEMENTS[2], BLURRED):
        session.missing = missing
        for _ in range(2):
            list(cards(small_engine, session))
            ahead.flips_of(small_engine, session, prediction, missing)
    assert asked == [BLURRED, REPLACEMENTS[2]]
    before = ahead.parts_of(small_engine, session, prediction, BLURRED)
    handlers.analyse(small_engine, session, astronaut.copy(), "attention", 0.7)
    assert ahead.parts_of(small_engine, session, session.analysis.selection.prediction, BLURRED) is not before
