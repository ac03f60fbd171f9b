"""The page's handlers as plain functions, on seeded random weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from demo.analyse import handlers, words
from demo.analyse.outputs import MapOutputs, Outputs
from demo.engine import Engine
from demo.events import HIDE, SAME, SHOW
from demo.kept import LONGEST_SHOWN
from demo.visits import ATTENTION, Session
from demo.words import BOX_SOURCE_PERSON, UNEXPECTED, UNTRAINED
from glamor.checkpoint import load_checkpoint
from glamor.figures import CONTEXT_COLOR, FACE_COLOR
from glamor.predictor import Predictor
from glamor.words import percent

METHOD, OPACITY = "grad_cam", 0.7


def _analysed(engine, photo):
    session = Session()
    screen = handlers.analyse(engine, session, photo, METHOD, OPACITY)
    return session, screen


def test_the_prediction_is_on_the_screen_before_any_attribution(engine, astronaut):
    session, screen = _analysed(engine, astronaut)
    (expected,) = engine.predictor.predict(astronaut)
    assert expected.emotion in screen.answer
    for name, probability in zip(expected.class_names, expected.probabilities, strict=True):
        assert f"<span>{name}</span>" in screen.answer
        assert f"{probability:.1%}" in screen.answer
    assert np.shape(screen.photo["value"]) == astronaut.shape
    assert screen.moved["value"] is None
    assert session.maps == {}


def test_faces_are_numbered_from_left_to_right_and_the_largest_is_chosen(engine, two_people):
    session, screen = _analysed(engine, two_people)
    left, right = session.analysis.predictions
    assert left.face_box_xyxy[0] < right.face_box_xyxy[0]
    assert screen.faces["value"] == 0
    assert [value for _, value in screen.faces["choices"]] == [0, 1]
    assert "Face 1 of 2" in screen.answer


def test_a_click_inside_a_box_chooses_that_face(engine, two_people):
    session, _ = _analysed(engine, two_people)
    x1, y1, x2, y2 = session.analysis.predictions[1].face_box_xyxy
    screen = handlers.click_photo(engine, session, ((x1 + x2) / 2, (y1 + y2) / 2), METHOD, OPACITY)
    assert screen.faces["value"] == 1
    assert "Face 2 of 2" in screen.answer


def test_a_click_beside_every_face_changes_nothing_but_says_so(engine, two_people):
    session, _ = _analysed(engine, two_people)
    before = session.analysis
    screen = handlers.click_photo(engine, session, (1.0, 599.0), METHOD, OPACITY)
    assert words.NO_FACE_THERE in screen.notice
    assert screen._replace(notice=SAME) == Outputs()
    assert session.analysis is before


def test_clicks_on_a_shrunk_photo_are_brought_back_to_photo_pixels(engine, two_people):
    large = np.asarray(Image.fromarray(two_people).resize((3072, 1800)))
    session, screen = _analysed(engine, large)
    assert max(np.shape(screen.photo["value"])) == LONGEST_SHOWN
    x1, y1, x2, y2 = session.analysis.predictions[1].face_box_xyxy
    shown = ((x1 + x2) / 2 * 1280 / 3072, (y1 + y2) / 2 * 1280 / 3072)
    assert handlers.click_photo(engine, session, shown, METHOD, OPACITY).faces["value"] == 1


def test_choosing_by_number_does_the_same_as_clicking(engine, two_people):
    session, _ = _analysed(engine, two_people)
    assert "Face 2 of 2" in handlers.choose_face(session, 1, OPACITY).answer
    assert session.analysis.request.face == 1


@pytest.mark.parametrize("index", [None, -1, 2, 99])
def test_a_number_of_no_face_changes_nothing(engine, two_people, index):
    session, _ = _analysed(engine, two_people)
    assert handlers.choose_face(session, index, OPACITY) == Outputs()


def test_without_a_face_two_clicks_mark_one(engine, nobody):
    session, screen = _analysed(engine, nobody)
    assert words.NO_FACE in screen.notice
    assert screen.moved == {**screen.moved, "value": None, "visible": False}
    first = handlers.click_photo(engine, session, (200.0, 180.0), METHOD, OPACITY)
    assert words.SECOND_CORNER in first.notice
    assert first.photo["value"] != screen.photo["value"], "the first corner is marked"
    second = handlers.click_photo(engine, session, (100.0, 80.0), METHOD, OPACITY)
    (expected,) = engine.predictor.predict(nobody, [(100.0, 80.0, 200.0, 180.0)])
    np.testing.assert_array_equal(session.analysis.predictions[0].probabilities, expected.probabilities)
    assert BOX_SOURCE_PERSON in second.answer


def test_a_typed_box_adds_a_face_in_its_place_and_chooses_it(engine, two_people):
    session, _ = _analysed(engine, two_people)
    screen = handlers.add_box(engine, session, "480, 300, 560, 380", METHOD, OPACITY)
    assert [prediction.face_score is None for prediction in session.analysis.predictions] == [False, True, False]
    assert "Face 2 of 3" in screen.answer


@pytest.mark.parametrize("box", ["", "1,2,3", "9999, 9999, 10001, 10001", "5,5,1,1"])
def test_a_bad_box_is_answered_in_words_and_loses_nothing(engine, astronaut, box):
    session, _ = _analysed(engine, astronaut)
    before = session.analysis
    screen = handlers.add_box(engine, session, box, METHOD, OPACITY)
    assert 'class="note warn"' in screen.notice
    assert screen.answer == SAME
    assert session.analysis is before


@pytest.mark.parametrize("rubbish", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut", "/no/such/file.png"])
def test_what_is_no_photo_is_answered_in_words_and_the_previous_photo_returns(engine, astronaut, rubbish):
    session, first = _analysed(engine, astronaut)
    screen = handlers.analyse(engine, session, rubbish, METHOD, OPACITY)
    assert 'class="note warn"' in screen.notice
    assert "Traceback" not in screen.notice
    np.testing.assert_array_equal(screen.photo["value"], first.photo["value"])
    assert screen.answer == SAME


def test_an_unforeseen_failure_is_one_plain_sentence_and_its_details_stay_out_of_the_log(engine, astronaut, caplog):
    class Broken(Engine):
        def predict(self, photo, boxes_xyxy=None, small_faces=False):
            raise RuntimeError("secret holiday.jpg")

    screen = handlers.analyse(Broken(engine.predictor), Session(), astronaut, METHOD, OPACITY)
    assert UNEXPECTED in screen.notice
    assert "RuntimeError" in caplog.text
    assert "holiday" not in caplog.text + screen.notice


def test_markup_in_a_message_is_shown_not_obeyed(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    screen = handlers.add_box(engine, session, "<img src=x onerror=alert(1)>", METHOD, OPACITY)
    assert "<img" not in screen.notice
    assert "&lt;img" in screen.notice


def test_removing_the_photo_clears_the_page(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    screen = handlers.analyse(engine, session, None, METHOD, OPACITY)
    assert session.analysis is None
    assert words.ANSWER_EMPTY in screen.answer
    assert handlers.explain(engine, session, OPACITY).picture["value"] is None


def test_an_explanation_answers_the_question_and_is_remembered(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    told = []
    first = handlers.explain(engine, session, OPACITY, told.append)
    (explanation,) = session.maps.values()
    assert explanation.method == METHOD
    assert explanation.target_name == session.analysis.selection.prediction.emotion
    assert explanation.target_name in first.words
    assert told[-1] == 1.0
    again = handlers.explain(engine, session, OPACITY, told.append)
    assert len(told) == told.index(1.0) + 1, "nothing was computed twice"
    np.testing.assert_array_equal(again.picture["value"], first.picture["value"])


def test_asking_for_another_class_explains_that_class(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    handlers.ask(session, METHOD, "Fear")
    assert "Fear" in handlers.explain(engine, session, OPACITY).words
    assert [request.target for request in session.maps] == ["Fear"]


@pytest.mark.parametrize(("method", "target"), [("tea_leaves", "Fear"), (METHOD, "Boredom"), (None, None)])
def test_an_unknown_method_or_class_is_answered_in_words(engine, astronaut, method, target):
    session, _ = _analysed(engine, astronaut)
    handlers.ask(session, method, target)
    moved = handlers.explain(engine, session, OPACITY)
    assert 'class="note warn"' in moved.words
    assert moved.picture["value"] is None


def test_an_answer_that_nobody_waits_for_ends_early_and_leaves_the_panel_alone(engine, two_people):
    session, _ = _analysed(engine, two_people)
    seen = []

    def ask_something_else(done):
        seen.append(done)
        handlers.choose_face(session, 1, OPACITY)

    handlers.ask(session, "occlusion", "Fear")
    assert handlers.explain(engine, session, OPACITY, ask_something_else) == MapOutputs()
    assert len(seen) == 1, "the next report of progress ended the work"
    assert session.maps == {}


def test_a_new_photo_forgets_the_maps_of_the_old_one(engine, astronaut, grace_hopper):
    session, _ = _analysed(engine, astronaut)
    handlers.explain(engine, session, OPACITY)
    handlers.analyse(engine, session, grace_hopper, METHOD, OPACITY)
    assert session.maps == {}


def test_opacity_redraws_the_map_and_computes_nothing(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    assert handlers.redraw(session, 0.1) is SAME, "there is none yet"
    moved = handlers.explain(engine, session, OPACITY)

    known = replace(session.analysis), dict(session.maps)
    assert handlers.redraw(session, 0.1)["value"] != moved.picture["value"]
    assert (session.analysis, session.maps) == known


def test_attention_is_there_at_once_and_nothing_is_worked_out_for_it(engine, astronaut, monkeypatch):
    monkeypatch.setattr(engine, "explain", lambda *_: pytest.fail("nothing is to be explained"))
    session = Session()
    screen = handlers.analyse(engine, session, astronaut, ATTENTION, OPACITY)
    prediction = session.analysis.selection.prediction
    assert screen.moved["visible"] is True
    assert f"{prediction.attention.max() * 49:.1f} times an even share" in screen.moved_words
    assert f"of a scene that counts {percent(prediction.fusion_weights[1])}" in screen.moved_words
    assert (screen.stop, screen.again) == (HIDE, HIDE)
    shown = handlers.explain(engine, session, OPACITY)
    np.testing.assert_array_equal(shown.picture["value"], screen.moved["value"])
    assert handlers.redraw(session, 0.1)["value"] != screen.moved["value"]
    assert session.maps == {}


def test_attention_ends_the_wait_for_a_map_and_a_map_can_be_asked_for_again(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    handlers.stop(session)
    handlers.ask(session, ATTENTION, "Fear")
    assert handlers.explain(engine, session, OPACITY).picture["visible"] is True
    asked = handlers.ask(session, METHOD, "Fear")
    assert (asked.stop, asked.again) == (SHOW, HIDE)
    assert "Fear" in handlers.explain(engine, session, OPACITY).words


def test_redrawing_and_asking_before_there_is_a_photo_do_nothing(engine):
    session = Session()
    handlers.ask(session, METHOD, "Fear")
    assert handlers.redraw(session, 0.5) is SAME
    assert words.NEEDS_PHOTO in handlers.click_photo(engine, session, (1, 1), METHOD, OPACITY).notice
    assert words.NEEDS_PHOTO in handlers.start_marking(session).notice


def test_untrained_weights_never_give_a_result(engine, astronaut, random_checkpoint):
    loaded = load_checkpoint(random_checkpoint, device="cpu")
    untrained = Engine(Predictor(replace(loaded, config=replace(loaded.config, trained_on=""))))
    session, screen = _analysed(untrained, astronaut)
    assert UNTRAINED in screen.notice
    assert session.analysis is None
    assert "%" not in screen.answer


def test_explaining_leaves_the_shared_network_alone_and_free_for_others(engine, astronaut):
    session, _ = _analysed(engine, astronaut)
    free = []

    def predict_meanwhile(done):
        # Another thread could take the lock now: it is not held while the maps are made.
        free.append(engine.predictor.lock.acquire(blocking=False))
        engine.predictor.lock.release()
        free.append(not any(module._forward_hooks for module in engine.predictor.model.modules()))
        (again,) = engine.predict(astronaut)
        free.append((again.probabilities == session.analysis.predictions[0].probabilities).all())

    handlers.explain(engine, session, OPACITY, predict_meanwhile)
    assert free
    assert all(free)


def test_words_take_the_figures_colours_for_face_and_scene():
    from demo.colours import LIGHT, css_variables

    assert (LIGHT["face"], LIGHT["scene"]) == (FACE_COLOR, CONTEXT_COLOR)
    assert f"--g-face: {FACE_COLOR};" in css_variables()
