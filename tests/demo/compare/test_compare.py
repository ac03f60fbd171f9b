"""The tab *Compare* as plain functions, on a small network with random weights."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from demo import pictures
from demo.analyse import handlers
from demo.compare import handlers as compare
from demo.compare import words
from demo.compare.handlers import HIDDEN, SAME, Outputs
from demo.engine import Engine
from demo.visits import MapRequest, Session
from demo.words import NO_METHODS, STOPPED, SUBJECT_CHANGED, SUBJECT_EMPTY, UNEXPECTED
from glamor.explain import METHODS, explain

FEW = ["grad_cam", "saliency", "input_x_gradient"]


@pytest.fixture
def session(small_engine, two_people):
    made = Session()
    handlers.analyse(small_engine, made, two_people, "grad_cam", 0.7)
    return made


def _run(engine, session, methods=FEW, baseline="black", smooth=False, one_scale=False, progress=None):
    """Return the sheet that asks and those of the work."""
    return compare.start(session, methods, baseline, smooth, one_scale), list(compare.work(engine, session, progress))


def _cards(sheets):
    shown = {}
    for sheet in sheets:
        shown |= sheet.cards
    return shown


def _picture(card):
    """Return the pixels of the picture on a card."""
    encoded = card.split('src="data:image/png;base64,', 1)[1].split('"', 1)[0]
    return np.asarray(Image.open(BytesIO(base64.b64decode(encoded))))


def test_each_method_has_a_card_with_the_librarys_map_and_its_own_words(small_engine, session):
    first, sheets = _run(small_engine, session)
    assert first.run["interactive"] is False
    assert first.cancel["interactive"] is True
    assert {key for key, card in first.cards.items() if card == HIDDEN} == set(METHODS) - set(FEW)
    assert [list(sheet.cards) for sheet in sheets] == [*([key] for key in FEW), []]
    prediction = session.analysis.selection.prediction
    for key, card in _cards(sheets).items():
        (known,) = [found for request, found in session.maps.items() if request.method == key]
        target = prediction.class_names.index(prediction.emotion)
        expected = explain(small_engine.predictor.model, prediction.prepared, key, target)
        np.testing.assert_array_equal(known.face, expected.face)
        assert METHODS[key].name in card
        assert METHODS[key].source in card
        assert prediction.emotion in card[card.index('alt="') :]
        np.testing.assert_array_equal(_picture(card), pictures.moved(prediction, known, compare.OPACITY))
    assert sheets[-1].run["interactive"] is True
    assert sheets[-1].cancel["interactive"] is False


def test_known_maps_are_not_made_again(small_engine, session):
    handlers.explain(small_engine, session, 0.7)  # what Analyse has made
    assert [request.method for request in session.maps] == ["grad_cam"]
    told = []
    _, sheets = _run(small_engine, session, progress=lambda done, what: told.append(what))
    assert told
    assert not any("Grad-CAM" in what for what in told)
    assert "3 of 3 maps, 1 of which" in sheets[-1].status
    told.clear()
    _, again = _run(small_engine, session, progress=lambda done, what: told.append(what))
    assert told == []
    assert set(_cards(again)) == set(FEW)


def test_one_scale_redraws_and_computes_nothing(small_engine, session):
    _, sheets = _run(small_engine, session)
    own = _cards(sheets)
    known = dict(session.maps)
    shared = compare.rescale(session, True).cards
    assert session.maps == known
    limits = {one.method: np.abs(one.face).max() for one in known.values()}
    weakest = min(limits, key=limits.__getitem__)
    changed = {key for key in FEW if not np.array_equal(_picture(shared[key]), _picture(own[key]))}
    assert weakest in changed
    assert changed != set(FEW), "the map with the largest values sets the scale and looks as before"
    back = compare.rescale(session, False).cards
    for key in FEW:
        np.testing.assert_array_equal(_picture(back[key]), _picture(own[key]))


def test_with_one_scale_the_last_sheet_shows_all_maps_on_it(small_engine, session):
    _, sheets = _run(small_engine, session, one_scale=True)
    shared = compare.rescale(session, True).cards
    for key in FEW:
        np.testing.assert_array_equal(_picture(sheets[-1].cards[key]), _picture(shared[key]))


def test_what_a_method_has_no_use_for_does_not_make_another_map_of_it(small_engine, session):
    _run(small_engine, session, ["grad_cam", "deep_lift"], baseline="mean", smooth=True)
    face, target = session.analysis.request.face, session.analysis.request.target
    assert set(session.maps) == {
        MapRequest(face, "grad_cam", target),
        MapRequest(face, "deep_lift", target, "mean", True),
    }
    deep = session.maps[MapRequest(face, "deep_lift", target, "mean", True)]
    assert (deep.baseline, deep.smooth) == ("mean", True)


def test_the_caption_says_how_far_a_map_adds_up(small_engine, session):
    _, sheets = _run(small_engine, session, ["integrated_gradients", "grad_cam"], baseline="mean")
    cards, found = _cards(sheets), next(one for one in session.maps.values() if one.method == "integrated_gradients")
    gained = found.logit - found.baseline_logit
    assert f"rise of {gained:.2f} by {abs(found.convergence_delta):.2g}" in cards["integrated_gradients"]
    assert words.BASELINE_NAMES["mean"].lower() in cards["integrated_gradients"]
    assert "miss the score" not in cards["grad_cam"]
    how_to_read = "this is where the authors stop adding steps"
    assert how_to_read in cards["integrated_gradients"]
    assert how_to_read not in cards["grad_cam"]


def test_stopping_ends_the_work_at_the_next_report_and_keeps_what_is_ready(small_engine, session):
    stopped = []

    def stop_at_the_second(done, what):
        if what.startswith("2 of 3") and not stopped:
            stopped.append(compare.stop(session))

    compare.start(session, FEW, "black", True, False)
    sheets = list(compare.work(small_engine, session, stop_at_the_second))
    assert len(session.maps) == 1
    assert STOPPED in stopped[0].status
    assert stopped[0].cards == dict.fromkeys(["saliency", "input_x_gradient"], HIDDEN)
    assert sheets[-1] == Outputs(), "the button has said all"
    assert session.jobs == {}


def test_work_that_was_stopped_while_it_waited_does_nothing(small_engine, session):
    compare.start(session, FEW, "black", False, False)
    compare.stop(session)
    assert list(compare.work(small_engine, session)) == [Outputs()]
    assert session.maps == {}


def test_choosing_another_face_ends_the_work_and_says_so(small_engine, session):
    compare.start(session, ["grad_cam", "occlusion"], "black", False, False)

    def choose_another(done, what):
        handlers.choose_face(session, 1, 0.7)

    sheets = list(compare.work(small_engine, session, choose_another))
    assert SUBJECT_CHANGED in sheets[-1].status
    assert sheets[-1].run["interactive"] is True
    assert session.compared == ()


def test_a_new_job_replaces_the_running_one(small_engine, session):
    compare.start(session, ["occlusion"], "black", False, False)

    def ask_anew(done, what):
        if session.jobs["compare"].requests[0].method == "occlusion":
            compare.start(session, ["saliency"], "black", False, False)

    assert list(compare.work(small_engine, session, ask_anew)) == [Outputs()]
    assert session.jobs["compare"].requests[0].method == "saliency"


def test_before_there_is_a_photo_the_tab_says_what_to_do(small_engine):
    session = Session()
    for sheet in (compare.refresh(session), compare.start(session, FEW, "black", False, False)):
        assert SUBJECT_EMPTY in sheet.subject
        assert sheet.run["interactive"] is False
        assert sheet.cards == dict.fromkeys(METHODS, HIDDEN)
    assert compare.rescale(session, True) == Outputs()
    assert compare.stop(session) == Outputs()
    assert list(compare.work(small_engine, session)) == [Outputs()]


def test_the_tab_follows_the_face_that_is_chosen_in_analyse(small_engine, session):
    fresh = compare.refresh(session)
    assert "Face 1 of 2" in fresh.subject
    assert fresh.run["interactive"] is True
    _run(small_engine, session)
    kept = compare.refresh(session)
    assert kept.cards == {}, "the maps on the screen are of this face"
    handlers.choose_face(session, 1, 0.7)
    changed = compare.refresh(session)
    assert "Face 2 of 2" in changed.subject
    assert changed.cards == dict.fromkeys(METHODS, HIDDEN)


@pytest.mark.parametrize(("methods", "words"), [(["tea_leaves"], "tea_leaves"), ([], NO_METHODS), (None, NO_METHODS)])
def test_a_choice_that_cannot_be_made_is_answered_in_words(session, methods, words):
    sheet = compare.start(session, methods, "black", False, False)
    assert words in sheet.status
    assert session.jobs == {}
    assert sheet.cards == {}


def test_what_goes_wrong_with_one_map_is_said_on_its_card(small_engine, session, caplog):
    class Broken(Engine):
        def explain(self, prediction, method, *arguments, **settings):
            if method == "saliency":
                raise RuntimeError("secret holiday.jpg")
            return super().explain(prediction, method, *arguments, **settings)

    _, sheets = _run(Broken(small_engine.predictor), session)
    cards = _cards(sheets)
    assert UNEXPECTED in cards["saliency"]
    assert "<img" not in cards["saliency"]
    assert "holiday" not in caplog.text
    assert "2 of 3 maps" in sheets[-1].status
    assert "<img" in cards["input_x_gradient"]


def test_an_unknown_baseline_is_said_on_the_cards_that_need_one(small_engine, session):
    _, sheets = _run(small_engine, session, ["deep_lift", "saliency"], baseline="pink")
    cards = _cards(sheets)
    assert "black, mean, blurred, noise" in cards["deep_lift"]
    assert "<img" in cards["saliency"]


def test_outputs_stand_in_the_order_of_the_methods():
    values = Outputs(subject="a", cards={"saliency": "card"}).outputs()
    assert values[4 + list(METHODS).index("saliency")] == "card"
    assert len(values) == 4 + len(METHODS)
    assert values[1] == SAME
