"""What would turn the label: the same on the card and in the download, and each button sets what turns it."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demo import gallery
from demo.analyse import download
from demo.analyse import handlers as analysing
from demo.engine import Engine
from demo.living.clearness import STEPS
from demo.parts import handlers, words
from demo.parts.tries import beyond, settings
from demo.visits import Session, key_of
from glamor.explain.flips import BLURS, KINDS, Flips, FusionFlip, PartsFlip, sentences
from glamor.explain.parts import NoParts
from glamor.report import load_report
from glamor.serialise import flips_to_dict
from tests.explain.rebuilt import flips_from
from tests.explain.test_flips_said import ALL, NOTHING


def shown(engine: Engine, photo: np.ndarray) -> Session:
    session = Session()
    analysing.analyse(engine, session, photo, "grad_cam", 0.7)
    return session


def asked(engine: Engine, session: Session) -> Flips:
    assert session.analysis is not None
    assert session.analysis.selection is not None
    prediction = session.analysis.selection.prediction
    return engine.flips(prediction, engine.parts(prediction, prediction.emotion), gallery.scenes(engine))


def listed(card: Any) -> list[str]:
    part = str(card).split('<div class="flips">')[1]
    items = re.findall(r"<li>(.*?)</li>", part, re.DOTALL)
    return [unescape(re.sub(r"<small>.*</small>|<[^>]+>", "", item)).strip() for item in items]


def test_the_card_first_tells_the_parts_and_then_what_would_turn_the_label(
    small_engine: Engine, two_people: np.ndarray
) -> None:
    session = shown(small_engine, two_people)
    first, whole = handlers.cards(small_engine, session)
    assert 'class="verdict"' in first
    assert words.FLIPS not in first
    assert str(whole).startswith(str(first))
    assert tuple(listed(whole)) == sentences(asked(small_engine, session))


def test_the_download_holds_the_sentences_of_the_card_and_what_they_are_made_of(
    small_engine: Engine, astronaut: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    session = shown(small_engine, astronaut)
    path, _ = download.save(small_engine, session)
    assert path is not None
    told = load_report(path).analysis["flips"]
    assert told == json.loads(json.dumps(flips_to_dict(asked(small_engine, session))))
    assert list(sentences(flips_from(told))) == told["sentences"] == listed(handlers.parts(small_engine, session))


def test_a_face_without_parts_is_told_what_else_would_turn_it(small_engine: Engine, astronaut: np.ndarray) -> None:
    session = shown(small_engine, astronaut)
    analysing.add_box(small_engine, session, (100.0, 50.0, 300.0, 250.0), "grad_cam", 0.7)
    card = handlers.parts(small_engine, session)
    assert "its box was given by hand" in card
    assert len(listed(card)) == 4


def test_a_button_stands_where_the_picture_can_show_it_and_names_the_face(
    small_engine: Engine, astronaut: np.ndarray
) -> None:
    session = shown(small_engine, astronaut)
    flips, card = asked(small_engine, session), handlers.parts(small_engine, session)
    assert session.analysis is not None
    (prediction,) = session.analysis.predictions
    wanted = [settings(flips, kind) for kind in KINDS if settings(flips, kind)]
    assert re.findall(r'data-try="([^"]*)"', str(card)) == wanted
    assert set(re.findall(r'data-key="([^"]*)"', str(card))) == ({key_of(prediction)} if wanted else set())


def test_each_kind_is_set_by_its_name_in_the_address() -> None:
    assert [settings(ALL, kind) for kind in KINDS] == [
        "",  # parts of a face cannot be taken away there
        "cells=1.1-4.5-7.7-3.2",
        "mix=0.345",
        "clear=blur.4",
        "scene_of=example.3",
    ]
    assert [settings(NOTHING, kind) for kind in KINDS] == [""] * 5
    scene = Flips(**{**vars(ALL), "parts": PartsFlip(("scene",), "Sad", 0.5)})
    assert settings(scene, "parts") == "blank=scene"
    assert STEPS["blur"] == BLURS, "a step of the picture is a step of the search"


@pytest.mark.parametrize(
    ("w_face", "learned", "set_to"),
    [(0.42, 0.6, 0.419), (0.4196, 0.6, 0.419), (0.42, 0.2, 0.421), (0.0001, 0.6, 0.0), (0.9999, 0.1, 1.0)],
)
def test_the_weight_is_set_beyond_the_point_at_which_two_labels_are_level(w_face, learned, set_to) -> None:
    assert beyond(FusionFlip(w_face, learned, "Sad")) == pytest.approx(set_to)


@pytest.mark.parametrize("missing", ["surroundings", "mean"])
def test_another_replacement_counts_from_then_on(
    small_engine: Engine, astronaut: np.ndarray, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    session = shown(small_engine, astronaut)
    plain = handlers.parts(small_engine, session)
    *_, card = handlers.cards(small_engine, session, missing)
    assert words.MISSING[missing] in card
    assert card != plain
    assert handlers.parts(small_engine, session) == card
    path, _ = download.save(small_engine, session)
    assert path is not None
    assert load_report(path).analysis["parts"]["replacement"] == missing


def test_a_replacement_that_there_is_not_is_refused(small_engine: Engine, astronaut: np.ndarray) -> None:
    *_, card = handlers.cards(small_engine, shown(small_engine, astronaut), "a hat")
    assert "a hat" in card
    assert 'class="note warn"' in card


def test_without_parts_nothing_is_said_of_them(small_engine: Engine, astronaut: np.ndarray) -> None:
    session = shown(small_engine, astronaut)
    assert session.analysis is not None
    (prediction,) = session.analysis.predictions
    assert not small_engine.flips(prediction, NoParts("none")).parts_asked
