"""Turned photos and small faces on the tab *Analyse*."""

from __future__ import annotations

import numpy as np
from PIL import Image

from demo.analyse import handlers
from demo.visits import Session

METHOD, OPACITY = "grad_cam", 0.7


def _analysed(engine, photo):
    session = Session()
    return session, handlers.analyse(engine, session, photo, METHOD, OPACITY)


def test_a_turned_photo_is_said_and_one_press_turns_it(engine, astronaut):
    session, screen = _analysed(engine, np.ascontiguousarray(np.rot90(astronaut)))
    assert "turned by about 90° counter-clockwise" in screen.answer
    assert (screen.turn["value"], screen.turn["visible"]) == ("Turn the photo by 90°", True)
    turned = handlers.turn(engine, session, METHOD, OPACITY)
    _, upright = _analysed(engine, astronaut)
    assert turned.answer == upright.answer
    assert not turned.turn["visible"]
    assert handlers.turn(engine, session, METHOD, OPACITY) == handlers.Outputs()


def test_a_photo_that_shows_its_face_only_when_turned(engine, grace_hopper):
    session, screen = _analysed(engine, np.ascontiguousarray(np.rot90(grace_hopper)))
    assert "No face was found in this photo as it is" in screen.notice
    assert "Turn the photo by 90°" in screen.notice
    assert screen.turn["visible"]
    handlers.turn(engine, session, METHOD, OPACITY)
    assert len(session.analysis.predictions) == 1
    assert not session.analysis.upright_turn


def test_a_box_without_a_face_is_said(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    screen = handlers.add_box(engine, session, "300, 350, 400, 450", METHOD, OPACITY)
    assert "The detector sees no face in this box" in screen.answer
    assert not screen.turn["visible"]


def test_small_faces_are_searched_when_the_tick_is_set_and_the_time_is_said(engine, astronaut):
    head = np.asarray(Image.fromarray(astronaut[20:250, 110:340]).resize((104, 104), Image.Resampling.LANCZOS))
    photo = np.full((600, 2700, 3), 90, np.uint8)
    photo[300:404, 2000:2104] = head
    session, screen = _analysed(engine, photo)
    assert not session.analysis.predictions
    assert "seconds" not in screen.notice
    handlers.add_box(engine, session, "100, 100, 200, 200", METHOD, OPACITY)
    screen = handlers.search_small_faces(engine, session, True, METHOD, OPACITY)
    by_hand, small = session.analysis.predictions
    assert by_hand.face_box_xyxy == (100, 100, 200, 200)
    assert 1950 < small.face_box_xyxy[0] < 2104
    assert "searched for small faces too, in" in screen.notice
    following = handlers.analyse(engine, session, photo, METHOD, OPACITY)
    assert "small faces too" in following.notice
    handlers.search_small_faces(engine, session, False, METHOD, OPACITY)
    assert not session.analysis.predictions


def test_the_tick_waits_for_a_photo(engine):
    session = Session()
    assert handlers.search_small_faces(engine, session, True, METHOD, OPACITY) == handlers.Outputs()
    assert session.small_faces
