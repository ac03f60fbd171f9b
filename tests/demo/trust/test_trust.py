"""The tab *Trust* as plain functions, on a small network with random weights."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from demo.analyse import handlers
from demo.trust import handlers as trust
from demo.trust import views, words
from demo.trust.handlers import Outputs
from demo.views import measure_info
from demo.visits import MapRequest, Session
from demo.words import HOW_TO_READ, MEASURES, NO_METHODS, STOPPED, SUBJECT_CHANGED, SUBJECT_EMPTY, UNEXPECTED
from glamor.explain import METHODS
from glamor.explain.trust import examine

FEW = ["grad_cam", "saliency"]


@pytest.fixture
def session(small_engine, two_people):
    made = Session()
    handlers.analyse(small_engine, made, two_people, "grad_cam", 0.7)
    return made


@pytest.fixture(scope="module")
def found(small_engine, astronaut):
    (prediction,) = small_engine.predict(astronaut)
    target = prediction.class_names.index(prediction.emotion)
    model = small_engine.predictor.model
    return examine(model, astronaut, prediction.face_box_xyxy, ("integrated_gradients", *FEW), target)


def _words(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def test_the_panel_shows_the_numbers_of_the_library_and_the_verdict_first(small_engine, session):
    told = []
    asked = trust.start(session, FEW)
    assert asked.run["interactive"] is False
    assert asked.cancel["interactive"] is True
    panel = trust.work(small_engine, session, told.append)
    assert told == sorted(told)
    prediction, photo = session.analysis.selection.prediction, session.analysis.photo.pixels(small_engine)
    target = prediction.class_names.index(prediction.emotion)
    expected = examine(small_engine.predictor.model, photo, prediction.face_box_xyxy, FEW, target)
    assert expected.faithfulness.verdict in _words(panel.verdict)
    assert panel.results["visible"] is True
    for curves in expected.faithfulness.pixels.curves:
        assert f"<td>{curves.deletion_auc:.2f}</td><td>{curves.insertion_auc:.2f}</td>" in panel.order
        assert curves.verdict in panel.pixels["alt_text"]
    assert expected.reliance.verdict.split(":")[0] in _words(panel.reliance_words)
    assert len(re.findall("<tr", panel.stability)) == 1 + len(expected.stability.variants)
    assert panel.run["interactive"] is True
    assert panel.cancel["interactive"] is False


def test_what_was_checked_is_neither_checked_nor_made_again(small_engine, session):
    trust.start(session, FEW)
    first = trust.work(small_engine, session)
    told = []
    trust.start(session, FEW)
    again = trust.work(small_engine, session, told.append)
    assert told == []
    assert again.verdict == first.verdict
    request = session.analysis.request
    assert set(session.maps) == {MapRequest(request.face, method, request.target) for method in FEW}


def test_the_tab_follows_the_face_and_the_methods(small_engine, session):
    trust.start(session, FEW)
    shown = trust.work(small_engine, session)
    assert trust.refresh(session, FEW).verdict == shown.verdict
    assert trust.refresh(session, ["occlusion"]).results["visible"] is False
    handlers.choose_face(session, 1, 0.7)
    other = trust.refresh(session, FEW)
    assert "Face 2 of 2" in other.subject
    assert other.results["visible"] is False
    assert words.EMPTY in other.verdict
    handlers.choose_face(session, 0, 0.7)
    assert trust.refresh(session, FEW).verdict == shown.verdict


@pytest.mark.parametrize("when", [0.0, 0.3, 0.7, 0.95])
def test_stopping_ends_the_checks(small_engine, session, when):
    said = []

    def stop(done):
        if done >= when and not said:
            said.append(trust.stop(session))

    trust.start(session, FEW)
    assert trust.work(small_engine, session, stop) == Outputs(), "the button has said all"
    assert STOPPED in said[0].status
    assert said[0].run["interactive"] is True
    assert session.checks == {}
    assert session.jobs == {}


def test_stopped_while_it_waited_it_does_nothing(small_engine, session):
    trust.start(session, FEW)
    trust.stop(session)
    assert trust.work(small_engine, session) == Outputs()
    assert trust.stop(session) == Outputs()


def test_choosing_another_face_ends_the_checks_and_says_so(small_engine, session):
    trust.start(session, FEW)
    panel = trust.work(small_engine, session, lambda done: handlers.choose_face(session, 1, 0.7))
    assert SUBJECT_CHANGED in panel.status
    assert session.jobs == {}


def test_before_there_is_a_photo_the_tab_says_what_to_do(small_engine):
    session = Session()
    for panel in (trust.refresh(session, FEW), trust.start(session, FEW)):
        assert SUBJECT_EMPTY in panel.subject
        assert panel.run["interactive"] is False
    assert trust.work(small_engine, session) == Outputs()


@pytest.mark.parametrize(("methods", "words"), [(["tea_leaves"], "tea_leaves"), ([], NO_METHODS)])
def test_a_choice_that_cannot_be_made_is_answered_in_words(session, methods, words):
    assert words in trust.start(session, methods).status
    assert session.jobs == {}
    assert trust.refresh(session, methods).results["visible"] is False


def test_an_unforeseen_failure_is_one_plain_sentence(small_engine, session, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("secret holiday.jpg")

    monkeypatch.setattr(small_engine, "_examine", fail)
    trust.start(session, FEW)
    panel = trust.work(small_engine, session)
    assert UNEXPECTED in panel.status
    assert panel.run["interactive"] is True
    assert "holiday" not in caplog.text


@pytest.mark.parametrize("outcome", words.ANSWERS)
def test_the_verdict_can_say_yes_no_and_cannot_tell(found, outcome):
    faith = found.faithfulness
    curves = (replace(faith.pixels.curves[0], outcome=outcome, verdict="So & so."), *faith.pixels.curves[1:])
    told = replace(found, faithfulness=replace(faith, pixels=replace(faith.pixels, curves=curves)))
    told = views.verdict(told)
    assert f"<strong>{words.ANSWERS[outcome]}</strong>" in told
    assert "So &amp; so." in told
    assert words.ANSWERS["better"] == "Yes"
    assert words.ANSWERS["chance"] == words.ANSWERS["worse"] == "No"


def test_changed_labels_are_marked_in_words_and_by_a_class(found):
    plain, second, *others = found.stability.variants
    variants = (plain, replace(second, changed=True, label_name="Fear"), *others)
    html = views.stability(replace(found, stability=replace(found.stability, variants=variants)))
    (row,) = [row for row in html.split("<tr") if "Fear (changed)" in row]
    assert 'class="marked"' in row
    assert second.name in row
    unchanged = [one for one in others if not one.changed]
    assert html.count('class="marked"') == 1 + len(others) - len(unchanged)


def test_warnings_and_what_is_not_defined_are_said_in_words(found):
    bad = replace(found.reliability[0], warnings=("It does <not> add up.",))
    calm = [replace(one, warnings=()) for one in found.reliability[1:]]
    html = views.reliability(replace(found, reliability=(bad, *calm)))
    assert "It does &lt;not&gt; add up." in html
    assert html.count('class="marked"') == 1
    assert f"<td>{words.NOT_DEFINED}</td>" in html, "Grad-CAM need not add up"
    good = views.reliability(replace(found, reliability=tuple(calm)))
    assert words.NO_WARNINGS in good


def test_every_figure_has_an_info_text_with_its_threshold_and_its_source():
    for key, (name, _, _, source) in MEASURES.items():
        html = measure_info(key)
        assert f"<summary>{name}</summary>" in html
        assert HOW_TO_READ in html
        assert source.split(":")[0] in html
        assert "{" not in html
    assert "5%" in measure_info("convergence")
    assert "Above 0.5 at the end" in measure_info("similarity")


def test_a_table_can_be_reached_and_scrolled_by_keyboard(found):
    html = views.order(found)
    assert 'tabindex="0"' in html
    assert f'aria-label="{words.ORDER_TITLE}"' in html
    assert html.count('scope="row"') == 2 + len(found.explanations)
    assert METHODS["grad_cam"].name in html
