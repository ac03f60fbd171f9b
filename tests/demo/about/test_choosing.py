"""A visitor chooses other weights: every tab answers with them, for this visitor alone; against the running app."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo import html, views
from demo.about import choose, side_by_side, words
from demo.analyse import handlers
from demo.analyse import words as analyse_words
from demo.checkpoints import BUILT_IN, Checkpoints
from demo.compare.views import card
from demo.engine import Engine
from demo.trust import views as trust_views
from demo.visits import Session
from demo.words import UNTRAINED
from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.explain import explain, head_weights, swap_matrix
from glamor.explain.trust import examine
from glamor.faces import largest
from glamor.photo import Photo
from glamor.predictor import Prediction, Predictor
from tests.live_app import LiveApp
from tests.small import save_small
from tests.visitor import Visitor

METHOD, OPACITY = "grad_cam", 0.7


@pytest.fixture(scope="module")
def other(small_weights: tuple[Path, Path]) -> Predictor:
    return Predictor(small_weights[1], device="cpu")


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.fixture(scope="module")
def photo(two_people: Photo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "two.png"
    Image.fromarray(two_people).save(path)
    return path


def _percents(prediction: Prediction) -> list[str]:
    return [f"{value:.1%}" for value in prediction.probabilities]


def _choose(visitor: Visitor, name: str) -> dict[str | None, object]:
    return visitor.act(visitor.event("which", "input"), None, name)


def _analyse_tab(visitor: Visitor) -> dict[str | None, object]:
    """Do what the page's script does when other weights were chosen: have the tab *Analyse* put up the session."""
    event = visitor.render()
    return visitor.act(event, None, METHOD, OPACITY) | visitor.act(visitor.then(event), None, OPACITY)


def test_every_tab_answers_with_the_chosen_weights(app: LiveApp, other: Predictor, photo: Path) -> None:
    faces = other.predict(photo)
    chosen = faces[largest([face.face_box_xyxy for face in faces])]
    target = chosen.class_names.index(chosen.emotion)
    told = explain(other.model, chosen.prepared, METHOD)
    with Visitor(app.url) as visitor:
        upload = visitor.upload(photo)
        before = visitor.act(visitor.event("photo", "input"), None, upload, METHOD, OPACITY)
        about = _choose(visitor, str(other.checkpoint.folder))
        assert other.checkpoint.sha256 in str(about["facts"])
        footer = visitor.act(visitor.event("facts", "change"), None)
        assert str(other.checkpoint.folder) in str(footer["footer"])

        screen = _analyse_tab(visitor)
        assert screen["answer"] != before["answer"]
        for percent in _percents(chosen):
            assert f"<span>{percent}</span>" in str(screen["answer"])
        assert screen["moved-picture"]["alt_text"] == views.moved_alt(told)

        run = visitor.event("compare-run", "click")
        visitor.act(run, None, [METHOD, "integrated_gradients"], "black", False, False)
        assert "2 of 2 maps" in str(visitor.act(visitor.then(run), None)["compare-status"])
        cards = visitor.finish(visitor.start(visitor.event("compare-scale", "input"), None, True))
        words = card(explain(other.model, chosen.prepared, "integrated_gradients"))
        assert any(str(card).endswith(words) for card in cards)

        head = json.loads(visitor.act(visitor.event("living", "wanted"), None)["living-weights"])
        assert base64.b64decode(head["weights"]) == head_weights(other.model).to_bytes()

        run = visitor.event("trust-run", "click")
        visitor.act(run, None, [METHOD])
        panel = visitor.finish(visitor.start(visitor.then(run), None))
        with Image.open(photo) as image:
            found = examine(other.model, np.asarray(image), chosen.face_box_xyxy, [METHOD], target)
        assert trust_views.verdict(found) in panel
        assert trust_views.order(found) in panel

        swapped = visitor.act(visitor.event("swap-first", "input"), None, None, None, None, "everybody", True)
        matrix = swap_matrix(other.model, [face.prepared for face in faces])
        for (row, column), label in np.ndenumerate(matrix.labels):
            words = f"{chosen.class_names[label]} {matrix.probabilities[row, column, label]:.0%}"
            assert words in str(swapped["swap-words"])

        files = visitor.event("many-files", "upload")
        visitor.act(files, None, [upload])
        table = visitor.act(visitor.then(files), None, [upload])["many-table"]["value"]["data"]
        assert [row[5] for row in table] == [round(100 * float(face.probabilities.max()), 1) for face in faces]

        with Visitor(app.url) as stranger:
            same = stranger.act(stranger.event("photo", "input"), None, upload, METHOD, OPACITY)
            assert same["answer"] == before["answer"], "another visitor's weights are as they were"


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    """Small weights, with untrained ones and a folder that is not there beside them."""
    loaded = load_checkpoint(save_small(tmp_path / "own", seed=3), device="cpu")
    save_checkpoint(tmp_path / "untrained", loaded.model, replace(loaded.config, trained_on=""))
    names = [str(tmp_path / name) for name in ("untrained", "none")]
    return Checkpoints(Engine(Predictor(loaded), allowed=names))


def test_weights_that_cannot_be_had_leave_all_as_it_is(
    checkpoints: Checkpoints, tmp_path: Path, two_people: Photo
) -> None:
    session = Session()
    handlers.analyse(checkpoints.of(session), session, two_people, METHOD, OPACITY)
    before = session.analysis
    said = choose(checkpoints, session, str(tmp_path / "none"))
    assert "does not exist" in said.notice
    assert (said.which, said.facts) == (checkpoints.own, side_by_side.SAME)
    assert session.analysis is before
    assert checkpoints.of(session) is checkpoints.engine(checkpoints.own)


def test_untrained_weights_can_be_read_about_but_show_no_answer(
    checkpoints: Checkpoints, tmp_path: Path, two_people: Photo
) -> None:
    session = Session()
    handlers.analyse(checkpoints.of(session), session, two_people, METHOD, OPACITY)
    said = choose(checkpoints, session, str(tmp_path / "untrained"))
    assert words.UNKNOWN in said.facts
    screen = handlers.render(checkpoints.of(session), session, OPACITY)
    assert (screen.notice, screen.photo) == (html.note(UNTRAINED, "warn"), None)
    assert analyse_words.ANSWER_EMPTY in screen.answer


def test_faces_that_were_added_or_removed_by_hand_stay_so(checkpoints: Checkpoints, two_people: Photo) -> None:
    session, box = Session(checkpoint=checkpoints.own), (100.0, 50.0, 220.0, 170.0)
    handlers.analyse(checkpoints.of(session), session, two_people, METHOD, OPACITY)
    handlers.remove_face(session, OPACITY)
    handlers.add_box(checkpoints.of(session), session, box, METHOD, OPACITY)
    assert session.analysis is not None
    found = session.analysis.predictions
    side_by_side.use(checkpoints, session, BUILT_IN)
    built_in = checkpoints.engine(BUILT_IN).predictor
    assert [one.face_score for one in session.analysis.predictions] == [one.face_score for one in found]
    assert [one.detected for one in session.analysis.predictions] == [one.detected for one in found]
    assert sum(one.detected is None for one in found) == 1  # the one by hand
    for asked, own in zip(session.analysis.predictions, found, strict=True):
        scales = checkpoints.engine(checkpoints.own).predictor.config.face_crop_scale, built_in.config.face_crop_scale
        (expected,) = built_in.predict(two_people, [side_by_side.box_for(own, *scales)])
        np.testing.assert_allclose(asked.probabilities, expected.probabilities, atol=1e-6)
    assert box in [one.face_box_xyxy for one in session.analysis.predictions]
