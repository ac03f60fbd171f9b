"""A face at a step of its clearness: what the network makes of it, for the last request alone."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from demo.events import SAME
from demo.living import clearness, handlers, words
from demo.living.clearness import STEPS
from demo.visits import Session
from glamor.degradations import degrade
from glamor.explain import encode
from tests.visitor import Visitor


def _asked(checkpoints, session, **changed) -> dict:
    key = json.loads(handlers.face(checkpoints, session))["key"]
    return {"turn": 1, "key": key, "kind": "size", "step": 6} | changed


@pytest.mark.parametrize("kind", STEPS)
def test_it_is_what_the_network_makes_of_the_degraded_face(checkpoints, session, engine, kind):
    told = json.loads(clearness.degraded(checkpoints, session, _asked(checkpoints, session, kind=kind)))
    prepared = session.analysis.selection.prediction.prepared
    face = degrade(prepared.face[None], kind, STEPS[kind][5])[0]
    encoded = encode(engine.predictor.model, replace(prepared, face=face))
    mean = np.frombuffer(base64.b64decode(told["mean"]), "<f4")
    np.testing.assert_allclose(mean, encoded.face_map[0].mean(dim=(1, 2)), rtol=0, atol=1e-5)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(told["image"].split(",")[1])))) / 255
    np.testing.assert_allclose(pixels, face.permute(1, 2, 0), atol=0.5 / 255 + 1e-6)
    assert told["turn"] == 1


def test_each_step_leaves_less():
    assert all(len(strengths) == 10 for strengths in STEPS.values())
    assert all(list(STEPS[kind]) == sorted(STEPS[kind], reverse=True) for kind in ("size", "darkness"))
    assert all(list(STEPS[kind]) == sorted(STEPS[kind]) for kind in ("eyes", "mouth", "blur"))
    assert clearness.amounts(48)["size"][0] == STEPS["size"][0] / 2


def test_what_was_overtaken_or_is_about_another_face_is_not_answered(checkpoints, session, engine, monkeypatch):
    asked = _asked(checkpoints, session, turn=7)
    assert clearness.degraded(checkpoints, session, asked) is not SAME
    assert clearness.degraded(checkpoints, session, asked) is SAME, "it was answered"
    assert clearness.degraded(checkpoints, session, asked | {"turn": 6}) is SAME
    assert clearness.degraded(checkpoints, session, asked | {"turn": 8, "key": "another"}) is SAME
    encode_again = engine.degraded_face

    def slow(*asked_for):
        session.clearness_turn = 10  # meanwhile
        return encode_again(*asked_for)

    monkeypatch.setattr(engine, "degraded_face", slow)
    assert clearness.degraded(checkpoints, session, asked | {"turn": 9}) is SAME


@pytest.mark.parametrize("asked", [None, [], "size", {}, {"turn": "1"}, {"turn": 2**60}, {"turn": None}])
def test_what_is_no_request_is_not_answered(checkpoints, session, asked):
    assert clearness.degraded(checkpoints, session, asked) is SAME
    assert clearness.degraded(checkpoints, Session(), _asked(checkpoints, session)) is SAME


@pytest.mark.parametrize("changed", [{"kind": "rotate"}, {"kind": None}, {"step": 0}, {"step": 11}, {"step": "6"}])
def test_what_cannot_be_had_is_said(checkpoints, session, changed):
    told = json.loads(clearness.degraded(checkpoints, session, _asked(checkpoints, session, **changed)))
    assert set(told) == {"turn", "said"}
    assert "step" not in changed or told["said"] == words.BAD_STEP.format(last=10)


def test_over_http_a_step_is_answered_in_a_queue_of_its_own(app, portrait):
    with Visitor(app.url) as visitor:
        event = visitor.event("photo", "input")
        visitor.act(event, None, visitor.upload(portrait), "grad_cam", 0.7)
        (follow,) = (
            one
            for one in visitor.config["dependencies"]
            if one["trigger_after"] == event["id"] and visitor.parts["living"]["id"] in one["outputs"]
        )
        shown = json.loads(visitor.act(follow, None)["living"])
        step = visitor.event("living", "clearness")
        assert (step["trigger_mode"], step["queue"]) == ("multiple", True)
        asked = {"turn": 1, "key": shown["key"], "kind": "darkness", "step": 10}
        told = json.loads(visitor.act(step, None, about={"asked": asked})["living-clearness"])
        assert told["turn"] == 1
        assert len(told["image"]) + len(told["mean"]) < 40_000
