"""The card with the parts of the chosen face, on the embedded weights and on small ones."""

from __future__ import annotations

import json
import pickle
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from demo.analyse import download
from demo.analyse import handlers as analysing
from demo.engine import Engine
from demo.events import SAME
from demo.parts import handlers, words
from demo.visits import Session
from glamor.explain.parts import Part, sentence
from glamor.report import load_report
from glamor.serialise import parts_to_dict
from tests.live_app import LiveApp
from tests.visitor import Visitor


def shown(engine: Engine, photo: np.ndarray) -> Session:
    session = Session()
    analysing.analyse(engine, session, photo, "grad_cam", 0.7)
    return session


def test_the_card_says_and_draws_what_the_library_gives(small_engine: Engine, astronaut: np.ndarray) -> None:
    session = shown(small_engine, astronaut)
    assert session.analysis is not None
    (prediction,) = session.analysis.predictions
    told = parts_to_dict(small_engine.parts(prediction, prediction.emotion))
    card = handlers.parts(small_engine, session)
    text = unescape(re.sub(r"<[^>]+>", "\n", str(card)))
    rebuilt = sentence([Part(**part) for part in told["parts"]], told["target_name"])
    assert rebuilt in text.splitlines()
    assert "data:image/png;base64," in card
    rows = [f"{part['logit']:+.2f}" for part in told["parts"]]
    assert re.findall(r"<td>([+-]\d+\.\d\d)</td>", card) == rows
    assert pickle.loads(pickle.dumps(session.analysis.predictions))[0].detected == prediction.detected


def test_download_and_card_give_the_same_parts(
    small_engine: Engine, astronaut: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    session = shown(small_engine, astronaut)
    path, _ = download.save(small_engine, session)
    assert path is not None
    told = load_report(path).analysis["parts"]
    assert session.analysis is not None
    (prediction,) = session.analysis.predictions
    assert told == json.loads(json.dumps(parts_to_dict(small_engine.parts(prediction, prediction.emotion))))


def test_a_face_that_was_marked_by_hand_says_that_it_has_none(small_engine: Engine, astronaut: np.ndarray) -> None:
    session = shown(small_engine, astronaut)
    analysing.add_box(small_engine, session, (100.0, 50.0, 300.0, 250.0), "grad_cam", 0.7)
    assert "its box was given by hand" in handlers.parts(small_engine, session)


def test_without_a_face_the_card_says_what_would_be_there(small_engine: Engine, nobody: np.ndarray) -> None:
    assert words.EMPTY in handlers.parts(small_engine, Session())
    assert words.EMPTY in handlers.parts(small_engine, shown(small_engine, nobody))


def test_a_card_for_a_face_that_is_no_longer_chosen_is_not_shown(
    small_engine: Engine, two_people: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, ask = shown(small_engine, two_people), small_engine.parts

    def chosen_meanwhile(*asked: object) -> object:
        analysing.choose_face(session, 1, 0.7)
        return ask(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(small_engine, "parts", chosen_meanwhile)
    assert handlers.parts(small_engine, session) == SAME


def test_what_goes_wrong_is_one_sentence(
    small_engine: Engine, astronaut: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = shown(small_engine, astronaut)

    def broken(*asked: object) -> object:
        raise MemoryError

    monkeypatch.setattr(small_engine, "parts", broken)
    assert 'class="note warn"' in handlers.parts(small_engine, session)


def test_the_parts_follow_each_answer_in_a_queue_of_their_own(small_app: LiveApp, portrait: Path) -> None:
    with Visitor(small_app.url) as visitor:
        given, card = visitor.event("photo", "input"), visitor.parts["parts"]["id"]
        follows = [one for one in visitor.config["dependencies"] if card in one["outputs"]]
        answers = {given["id"], visitor.event("faces", "input")["id"], visitor.render()["id"]}
        assert answers <= {one["trigger_after"] for one in follows}
        assert visitor.parts["moved-picture"]["id"] in visitor.then(given)["outputs"], "the map comes first"
        visitor.act(given, None, visitor.upload(portrait), "grad_cam", 0.7)
        (follow,) = (one for one in follows if one["trigger_after"] == given["id"])
        told = visitor.act(follow, None, "blurred")["parts"]
        assert "<img" in told
        assert '<p class="verdict">' in told
