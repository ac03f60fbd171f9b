from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from demo import first, handlers
from demo.engine import Engine
from demo.handlers import HIDE, Moved
from demo.visit import Visit
from glamor.checkpoint import load_checkpoint
from glamor.explain import explain
from glamor.predictor import Predictor

METHOD, OPACITY = "grad_cam", 0.7


@pytest.fixture(scope="module")
def example(engine):
    return first.first_visit(engine, METHOD, OPACITY)


def test_the_example_is_what_the_library_says_of_the_first_photo(example, engine, astronaut):
    (expected,) = engine.predictor.predict(astronaut)
    focus = example.view.focus
    np.testing.assert_array_equal(focus.prediction.probabilities, expected.probabilities)
    assert expected.emotion in example.screen.answer
    told = explain(engine.predictor.model, expected.prepared, METHOD)
    np.testing.assert_allclose(example.maps[focus.question].face, told.face, rtol=1e-4, atol=1e-7)
    assert f"“{expected.emotion}”" in example.screen.moved_words
    assert example.screen.moved["value"].ndim == 3
    assert (example.screen.stop, example.screen.again) == (HIDE, HIDE)


def test_a_visit_begins_with_it_and_nothing_is_computed_or_copied(example):
    one, other = Visit(), Visit()
    for visit in (one, other):
        example.begin(visit)
        assert visit.view is example.view
        moved = handlers.explain(None, visit, OPACITY)  # there is no engine that could compute
        np.testing.assert_array_equal(moved.picture["value"], example.screen.moved["value"])
    handlers.ask(one, METHOD, "Fear")
    one.maps.clear()
    assert other.view.question == example.view.question
    assert len(other.maps) == len(example.maps) == 1


def test_untrained_weights_show_no_example(random_checkpoint):
    loaded = load_checkpoint(random_checkpoint, device="cpu")
    untrained = Engine(Predictor(replace(loaded, config=replace(loaded.config, trained_on=""))))
    assert first.first_visit(untrained, METHOD, OPACITY) is None


def test_where_gpus_are_lent_the_example_is_made_on_the_cpu(engine, monkeypatch, example):
    def refuse(*args):
        raise AssertionError("a GPU was borrowed without a visitor")

    lending = Engine(engine.predictor)
    monkeypatch.setattr(lending, "_predict", refuse)
    monkeypatch.setattr(lending, "_explain", refuse)
    monkeypatch.setattr("demo.gpu.LENT", True)
    made = first.first_visit(lending, METHOD, OPACITY)
    assert made.view.focus.prediction.provenance.device == "cpu"
    assert made.view.focus.question == example.view.focus.question


def test_stopping_what_nobody_computes_is_no_error():
    assert handlers.ask(Visit(), METHOD, "Fear") == Moved()
    handlers.stop(Visit())
