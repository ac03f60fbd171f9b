"""What a visitor finds before adding a photo."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from demo import first, words
from demo.analyse import handlers
from demo.analyse.outputs import MapOutputs, Outputs
from demo.engine import Engine
from demo.events import HIDE, SAME
from demo.examples import example_photos
from demo.links import Link
from demo.swap import handlers as swapping
from demo.swap import words as swap_words
from demo.visits import Session
from glamor.checkpoint import load_checkpoint
from glamor.explain import explain
from glamor.predictor import Predictor

METHOD, OPACITY = "grad_cam", 0.7


@pytest.fixture(scope="module")
def example(engine):
    return first.first_session(engine, METHOD)


@pytest.fixture
def session(example):
    """A session as Gradio begins it: with a copy."""
    return copy.deepcopy(example)


def test_the_example_is_what_the_library_says_of_the_first_photo(example, engine):
    (expected,) = engine.predictor.predict(str(example_photos()[0]))
    request, prediction = example.analysis.selection
    np.testing.assert_array_equal(prediction.probabilities, expected.probabilities)
    told = explain(engine.predictor.model, expected.prepared, METHOD)
    np.testing.assert_allclose(example.maps[request].face, told.face, rtol=1e-4, atol=1e-7)
    screen = handlers.render(engine, example, OPACITY)
    assert expected.emotion in screen.answer
    assert words.FIRST_EXAMPLE in screen.answer
    assert f"“{expected.emotion}”" in screen.moved_words
    assert screen.moved["value"].getbands() == tuple("RGBA"), "without its paper, for pages light and dark"
    assert (screen.stop, screen.again) == (HIDE, HIDE)


def test_the_place_for_a_photo_stays_free_until_the_example_is_worked_on(engine, session, nobody, tmp_path):
    assert handlers.render(engine, session, OPACITY).photo is SAME
    wrong = tmp_path / "words.jpg"
    wrong.write_text("these are words")
    refused = handlers.analyse(engine, session, str(wrong), METHOD, OPACITY)
    assert "warn" in refused.notice
    assert refused.photo is None
    assert handlers.analyse(engine, session, None, METHOD, OPACITY) == Outputs(), "a click on the camera clears nothing"
    marking = handlers.start_marking(session)
    assert np.shape(marking.photo["value"]) == (*session.analysis.photo.hw, 3)
    Image.fromarray(nobody).save(tmp_path / "nobody.png")
    handlers.analyse(engine, session, str(tmp_path / "nobody.png"), METHOD, OPACITY)
    assert not session.analysis.example


def test_nobody_waits_for_the_example_and_what_one_visitor_does_with_it_no_other_sees(example, engine, session):
    assert handlers.explain(engine, session, OPACITY) == MapOutputs()
    handlers.ask(session, METHOD, "Fear")
    handlers.explain(engine, session, OPACITY)
    assert len(session.maps) == 2
    assert len(example.maps) == 1
    assert example.analysis.request.target != "Fear"


def test_a_visitors_photo_replaces_the_example(engine, session, grace_hopper):
    screen = handlers.analyse(engine, session, grace_hopper, METHOD, OPACITY)
    np.testing.assert_array_equal(session.analysis.photo.pixels(engine), grace_hopper)
    assert words.FIRST_EXAMPLE not in screen.answer
    assert "value" in screen.photo
    assert session.maps == {}


def test_a_link_is_answered_for_the_example_but_a_photo_that_came_first_is_left_alone(engine, session, grace_hopper):
    handlers.open_link(session, Link(method="saliency", label="Fear"))
    assert (session.analysis.request.method, session.analysis.request.target) == ("saliency", "Fear")
    waiting = handlers.render(engine, session, OPACITY)
    assert (waiting.moved["value"], waiting.target["value"]) == (None, "Fear")
    handlers.analyse(engine, session, grace_hopper, METHOD, OPACITY)
    before = session.analysis
    handlers.open_link(session, Link(method="saliency", label="Disgust"))
    assert session.analysis is before


def test_the_example_is_no_guest_of_two_photos(engine, session):
    assert swap_words.EMPTY in swapping.swap(engine, session, [], swapping.LARGEST, True).words


def test_untrained_weights_show_no_example(random_checkpoint):
    loaded = load_checkpoint(random_checkpoint, device="cpu")
    untrained = Engine(Predictor(replace(loaded, config=replace(loaded.config, trained_on=""))))
    assert first.first_session(untrained, METHOD) == Session()
    assert "Untrained" in handlers.render(untrained, Session(), OPACITY).notice
