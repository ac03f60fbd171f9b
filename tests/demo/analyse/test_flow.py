"""What a visitor does after the first answer: remove, stop, ask again, come by a link; what is computed for it."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from demo.analyse import handlers, words
from demo.analyse.outputs import MapOutputs
from demo.engine import Engine
from demo.events import HIDE, SHOW
from demo.links import Link
from demo.visits import Session
from demo.words import ANSWER_LEAD_ONLY

METHOD, OPACITY = "grad_cam", 0.7


class Counting(Engine):
    """The real engine, which tells how often it was asked to compute."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.predictor)
        self.asked: list[str] = []

    def predict(self, *args, **kwargs):
        self.asked.append("predict")
        return super().predict(*args, **kwargs)

    def explain(self, *args, **kwargs):
        self.asked.append("explain")
        return super().explain(*args, **kwargs)

    def since(self) -> list[str]:
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def counting(engine):
    return Counting(engine)


def _analysed(engine, photo):
    session = Session()
    return session, handlers.analyse(engine, session, photo, METHOD, OPACITY)


def test_each_change_computes_only_what_depends_on_it(counting, two_people):
    session, _ = _analysed(counting, two_people)
    handlers.explain(counting, session, OPACITY)
    assert counting.since() == ["predict", "explain"]

    handlers.redraw(session, 0.2)
    assert counting.since() == [], "opacity is a matter of drawing"

    handlers.ask(session, "saliency", session.analysis.request.target)
    handlers.explain(counting, session, OPACITY)
    handlers.ask(session, "saliency", "Fear")
    handlers.explain(counting, session, OPACITY)
    assert counting.since() == ["explain", "explain"], "another method, then another class: no new prediction"

    handlers.choose_face(session, 1, OPACITY)
    handlers.explain(counting, session, OPACITY)
    assert counting.since() == ["explain"], "every face was predicted with the photo"

    handlers.choose_face(session, 0, OPACITY)
    handlers.ask(session, METHOD, session.analysis.request.target)
    handlers.explain(counting, session, OPACITY)
    handlers.ask(session, "saliency", "Fear")
    handlers.explain(counting, session, OPACITY)
    assert counting.since() == [], "what was answered once is remembered"


def test_a_wrong_face_is_taken_off_the_list(counting, two_people):
    session, first = _analysed(counting, two_people)
    assert first.remove == SHOW
    _, right = session.analysis.predictions
    counting.since()
    screen = handlers.remove_face(session, OPACITY)
    (left,) = session.analysis.predictions
    assert left is right
    assert screen.faces["choices"] == [(f"1 {right.emotion}", 0)]
    assert words.FACE_REMOVED.format(number=1) in screen.notice
    assert ANSWER_LEAD_ONLY in screen.answer
    assert screen.photo["value"] != first.photo["value"], "its box is gone from the photo"
    assert counting.since() == []


def test_removing_the_last_face_says_so_and_a_new_one_can_be_marked(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    screen = handlers.remove_face(session, OPACITY)
    assert words.LAST_FACE_REMOVED in screen.notice
    assert words.ANSWER_EMPTY in screen.answer
    assert (screen.remove, screen.stop) == (HIDE, HIDE)
    np.testing.assert_array_equal(session.analysis.photo.pixels(engine), astronaut)
    handlers.click_photo(engine, session, (100.0, 100.0), METHOD, OPACITY)
    handlers.click_photo(engine, session, (200.0, 200.0), METHOD, OPACITY)
    assert session.analysis.predictions[0].face_box_xyxy == (100.0, 100.0, 200.0, 200.0)


def test_without_a_photo_there_is_nothing_to_remove(engine):
    assert words.NEEDS_PHOTO in handlers.remove_face(Session(), OPACITY).notice


def test_stop_ends_the_work_and_asking_again_answers(engine, astronaut):
    session, screen = _analysed(engine, astronaut)
    assert (screen.stop, screen.again) == (SHOW, HIDE)
    handlers.ask(session, "occlusion", "Fear")
    told, stopped = [], []

    def stop_early(done):
        told.append(done)
        stopped.append(handlers.stop(session))

    assert handlers.explain(engine, session, OPACITY, stop_early) == MapOutputs()
    assert len(told) == 1
    assert session.maps == {}
    assert words.MOVED_STOPPED in stopped[0].words
    assert (stopped[0].stop, stopped[0].again) == (HIDE, SHOW)

    asked = handlers.ask(session, "grad_cam", "Fear")
    assert (asked.stop, asked.again) == (SHOW, HIDE)
    answered = handlers.explain(engine, session, OPACITY)
    assert "Fear" in answered.words
    assert (answered.stop, answered.again) == (HIDE, HIDE)


def test_stop_also_ends_work_that_has_not_begun(counting, astronaut):
    session, _ = _analysed(counting, astronaut)
    handlers.stop(session)
    counting.since()
    assert handlers.explain(counting, session, OPACITY) == MapOutputs()
    assert counting.since() == []


def test_stop_from_another_thread_ends_a_running_explanation(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    handlers.ask(session, "occlusion", "Fear")
    running, told, answers = threading.Event(), [], []

    def report(done):
        told.append(done)
        running.set()

    worker = threading.Thread(target=lambda: answers.append(handlers.explain(engine, session, OPACITY, report)))
    worker.start()
    assert running.wait(120)
    handlers.stop(session)
    worker.join(120)
    assert answers == [MapOutputs()]
    assert 1.0 not in told


def test_the_class_of_a_link_holds_for_the_next_photo_until_the_visitor_chooses(engine, astronaut, grace_hopper):
    session = Session()
    handlers.open_link(session, Link(label="Disgust"))
    screen = handlers.analyse(engine, session, astronaut, METHOD, OPACITY)
    assert screen.target["value"] == "Disgust"
    handlers.ask(session, METHOD, "Fear")
    screen = handlers.analyse(engine, session, grace_hopper, METHOD, OPACITY)
    assert screen.target["value"] == session.analysis.predictions[0].emotion
