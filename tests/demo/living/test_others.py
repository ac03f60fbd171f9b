"""Other people to swap with: their ways through the network, and what only they may be."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load

from demo.analyse import handlers as analysing
from demo.events import SAME
from demo.examples import example_photos
from demo.living import clearness, handlers, others, words
from demo.swap import handlers as swapping
from demo.visits import Session
from glamor.explain import swap_matrix
from glamor.explain.what_if import BLURRED, InterventionState, Setting
from glamor.predictor import Predictor


def _shown(checkpoints, session) -> dict:
    return json.loads(handlers.face(checkpoints, session))


def _asked(checkpoints, session, whose) -> dict:
    key = _shown(checkpoints, session)["key"]
    return json.loads(others.other(checkpoints, session, {"id": whose, "key": key}))


def test_the_others_of_the_photo_and_the_examples_are_offered(checkpoints, session):
    second = session.analysis.predictions[1]
    assert _shown(checkpoints, session)["others"] == [
        {"id": "2", "name": words.PERSON.format(number=2, emotion=second.emotion)},
        {"id": "example.1", "name": words.EXAMPLE.format(name="A photographer")},
        {"id": "example.2", "name": words.EXAMPLE.format(name="Grace Hopper")},
        {"id": "example.3", "name": words.EXAMPLE.format(name="Eileen Collins")},
        {"id": "blurred", "name": words.BLURRED.format(number=1), "only": "scene"},
    ]


def test_another_of_the_photo_is_that_ones_own_way(checkpoints, session):
    told = _asked(checkpoints, session, "2")
    analysing.choose_face(session, 1, 0.7)
    own = _shown(checkpoints, session)
    assert [told[name] for name in ("id", "walk", "face", "scene")] == [
        "2",
        *(own[n] for n in ("walk", "face", "scene")),
    ]


def test_an_example_is_followed_once_for_all_visitors(checkpoints, session, engine, monkeypatch):
    told = _asked(checkpoints, session, "example.2")
    walks = dict(session.walks)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(told["face"].split(",")[1]))))
    assert pixels.shape == (96, 96, 3)
    monkeypatch.setattr(engine, "walk", lambda _: pytest.fail("it is known already"))
    assert _asked(checkpoints, session, "example.2") == told
    assert session.walks == walks, "what all share weighs on nobody"


def test_swapping_by_walks_is_swapping(checkpoints, session, engine):
    """The vectors of both walks, combined as the network combines its maps, say what the swap matrix says."""
    model = engine.predictor.model
    people = [one.prepared for one in session.analysis.predictions]
    matrix = swap_matrix(model, people)
    walks = [load(base64.b64decode(_asked(checkpoints, session, str(i))["walk"])) for i in (1, 2)]
    import torch

    with torch.no_grad():
        face = torch.from_numpy(walks[0]["face_mean"].copy()).view(1, -1, 1, 1)
        scene = torch.from_numpy(walks[1]["cells"].copy()).permute(2, 0, 1)[None]
        trace = model.combine(face, scene)
    np.testing.assert_allclose(trace.fusion_weights[0], matrix.fusion_weights[0, 1], atol=1e-5)


def test_people_of_photos_added_under_two_photos_are_offered_and_followed(checkpoints, session, engine, astronaut):
    swapping.swap(engine, session, [astronaut[:, ::-1]], swapping.LARGEST, True)
    (guest,) = session.guests.values()
    told = json.loads(others.guests(session))
    assert told["key"] == _shown(checkpoints, session)["key"]
    assert told["others"] == _shown(checkpoints, session)["others"]
    name = words.GUEST.format(photo=2, number=1, emotion=guest.emotion)
    assert {"id": "photo.2.1", "name": name} in told["others"]
    walk = load(base64.b64decode(_asked(checkpoints, session, "photo.2.1")["walk"]))
    assert guest.prepared is not session.analysis.predictions[0].prepared
    np.testing.assert_array_equal(walk["face_mean"], engine.walk(guest).face_mean)
    swapping.swap(engine, session, [], swapping.LARGEST, True)
    assert _asked(checkpoints, session, "photo.2.1") == {"said": words.BAD_OTHER}
    assert others.guests(Session()) is SAME


def test_the_own_scene_can_be_blurred(checkpoints, session, engine):
    """What the network makes of it is what the library's what-if makes of the blurred scene."""
    told = _asked(checkpoints, session, "blurred")
    prediction = session.analysis.selection.prediction
    encoded = engine.what_if(InterventionState(prediction), Setting(scene=BLURRED)).answer
    walk = load(base64.b64decode(told["walk"]))
    import torch

    with torch.no_grad():
        face = torch.from_numpy(walk["face_mean"].copy()).view(1, -1, 1, 1)
        scene = torch.from_numpy(walk["cells"].copy()).permute(2, 0, 1)[None]
        trace = engine.predictor.model.combine(face, scene)
    np.testing.assert_allclose(trace.attention[0], encoded.attention, atol=1e-6)
    own = _shown(checkpoints, session)
    assert told["face"] == own["face"]
    assert told["scene"] != own["scene"]


@pytest.mark.parametrize("whose", ["3", "0", "example.4", "example.", 2, ["2"], {}, "<img>"])
def test_who_is_not_there_is_refused_in_words(checkpoints, session, whose):
    assert _asked(checkpoints, session, whose) == {"said": words.BAD_OTHER}


@pytest.mark.parametrize("asked", [None, "2", {}, {"id": "2"}, {"id": "2", "key": "another"}])
def test_what_is_about_another_face_is_not_answered(checkpoints, session, asked):
    assert others.other(checkpoints, session, asked) is SAME
    assert others.other(checkpoints, Session(), asked) is SAME


def test_anothers_face_can_be_blurred(checkpoints, session, engine):
    asked = {"turn": 1, "key": _shown(checkpoints, session)["key"], "kind": "size", "step": 6, "whose": "2"}
    mean = json.loads(clearness.degraded(checkpoints, session, asked))["mean"]
    second = session.analysis.predictions[1]
    found = engine.degraded_face(second, "size", 12).face_mean
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(mean), "<f4"), found)


def test_the_examples_are_those_of_each_checkpoint(checkpoints, session, engine):
    found = others.find(checkpoints, session, "example.1")
    assert (
        found.provenance
        == Predictor(engine.predictor.checkpoint).predict(engine.decode(str(example_photos()[0])))[0].provenance
    )


def test_an_example_is_not_swapped_with_itself(checkpoints, engine):
    session = Session()
    analysing.analyse(engine, session, str(others.example_photos()[1]), "grad_cam", 0.7)
    assert [other["id"] for other in _shown(checkpoints, session)["others"]] == ["example.1", "example.3", "blurred"]
