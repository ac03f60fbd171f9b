"""The people of a photo as plain functions, on seeded random weights."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from demo.analyse import handlers
from demo.engine import Engine
from demo.people import handlers as people
from demo.people import words
from demo.people.handlers import MOST_PEOPLE, Outputs
from demo.visits import Session
from glamor.explain import Intervention, People, intervene
from glamor.prepare import Prepared


@pytest.fixture
def session(engine: Engine, two_people: NDArray[np.uint8]) -> Session:
    """Two faces analysed, the larger one (left) chosen."""
    session = Session()
    handlers.analyse(engine, session, two_people, "grad_cam", 0.7)
    return session


def test_the_people_of_a_photo_look_at_the_chosen_ones_scene(engine: Engine, session: Session) -> None:
    handlers.choose_face(session, 1, 0.7)
    shown = people.people(engine, session)
    assert session.analysis is not None
    prepared = [one.prepared for one in session.analysis.predictions]
    own = intervene(engine.predictor.model, prepared[1], Intervention()).attention[0]
    other = intervene(engine.predictor.model, prepared[1], Intervention(face=prepared[0].face)).attention[0]
    distance = (own - other).abs().sum().item() / 2
    assert f"Face 1: {distance:.1%} of its attention lies elsewhere than face 2’s" in shown.words
    assert shown.picture["visible"] is True
    assert "2 faces over one scene" in shown.picture["alt_text"]


def test_one_face_alone_has_nobody_to_be_compared_with(engine: Engine, astronaut: NDArray[np.uint8]) -> None:
    session = Session()
    assert words.EMPTY in people.people(engine, session).words
    handlers.analyse(engine, session, astronaut, "grad_cam", 0.7)
    shown = people.people(engine, session)
    assert words.ALONE in shown.words
    assert shown.picture["visible"] is False


def test_of_many_the_chosen_one_and_the_first_of_the_others_are_compared(
    engine: Engine, two_people: NDArray[np.uint8], session: Session
) -> None:
    for i in range(MOST_PEOPLE):
        handlers.add_box(engine, session, f"{10 * i}, 10, {10 * i + 80}, 90", "grad_cam", 0.7)
    assert session.analysis is not None
    count = len(session.analysis.predictions)
    handlers.choose_face(session, count - 1, 0.7)
    shown = people.people(engine, session)
    assert words.FIRST.format(count=count, limit=MOST_PEOPLE) in shown.words
    assert f"than face {count}’s" in shown.words


class _Slow(Engine):
    """An engine during whose work something happens."""

    def __init__(self, engine: Engine, session: Session) -> None:
        super().__init__(engine.predictor)
        self.session = session

    def compare_people(self, people: list[Prepared], scene: int) -> People:  # type: ignore[override]
        handlers.choose_face(self.session, 1, 0.7)
        return super().compare_people(people, scene)


def test_what_is_about_another_face_by_now_is_not_shown(engine: Engine, session: Session) -> None:
    assert people.people(_Slow(engine, session), session) == Outputs()


def test_the_shared_network_is_never_touched(engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    model = engine.predictor.model
    monkeypatch.setattr(model, "forward", lambda *_: pytest.fail("the shared network was used"))
    combine = type(model).combine

    def only_copies(self: object, *args: object) -> object:
        assert self is not model
        return combine(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(type(model), "combine", only_copies)
    assert people.people(engine, session).picture["visible"] is True
