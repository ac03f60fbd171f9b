"""What the living picture is told, on seeded random weights."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load

from demo import living
from demo.analyse import handlers as analysing
from demo.events import SAME
from demo.living import handlers, words
from demo.living.clearness import STEPS
from demo.living.script import bundle
from demo.visits import Session
from demo.words import UNTRAINED_PLAIN
from glamor.explain import Intervention, intervene
from glamor.predictor import Predictor
from tests.visitor import Visitor


def _numbers(encoded: str) -> dict[str, Any]:
    return load(base64.b64decode(encoded))


def _pixels(address: str) -> np.ndarray:
    head, content = address.split(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


def test_it_is_told_what_the_network_was_fed_and_answered(checkpoints, session):
    told = json.loads(handlers.face(checkpoints, session))
    _, prediction = session.analysis.selection
    trace = intervene(checkpoints.of(session).predictor.model, prediction.prepared, Intervention())
    walk = _numbers(told["walk"])
    np.testing.assert_allclose(walk["logits"], trace.logits[0], atol=1e-6)
    np.testing.assert_allclose(walk["attention"], trace.attention[0], atol=1e-6)
    for side, fed in (("face", prediction.prepared.face), ("scene", prediction.prepared.context)):
        shown = _pixels(told[side]) / 255
        np.testing.assert_allclose(shown, fed.permute(1, 2, 0).numpy(), atol=0.5 / 255 + 1e-6)
    assert (told["number"], told["checkpoint"]) == (1, checkpoints.own)


def test_the_photo_is_shown_small_with_its_faces_and_what_the_scene_shows_of_it(checkpoints, session):
    shown = json.loads(handlers.face(checkpoints, session))
    head, content = shown["photo"].split(",")
    assert head == "data:image/jpeg;base64"
    assert len(content) < 80_000
    height, width = session.analysis.photo.hw
    small = Image.open(io.BytesIO(base64.b64decode(content)))
    assert small.size == (560, round(560 * height / width))
    np.testing.assert_allclose(shown["frame"], [29 / 171, 8 / 128, 141 / 171, 120 / 128], atol=1e-4)
    assert [one["label"] for one in shown["people"]] == [one.emotion for one in session.analysis.predictions]
    left, top, right, bottom = shown["people"][0]["box"]
    box = session.analysis.predictions[0].prepared.geometry.face_box_xyxy
    np.testing.assert_allclose([left * width, top * height, right * width, bottom * height], box, atol=0.02)


def test_all_that_is_sent_of_a_face_but_its_two_inputs_is_small(checkpoints, session):
    shown = json.loads(handlers.face(checkpoints, session))
    assert len(shown["walk"]) < 150_000
    rest = {name: value for name, value in shown.items() if name not in ("walk", "face", "scene", "photo")}
    assert len(json.dumps(rest)) < 2_000


def test_the_same_face_has_the_same_key_and_another_another(checkpoints, session):
    first = json.loads(handlers.face(checkpoints, session))["key"]
    assert json.loads(handlers.face(checkpoints, session))["key"] == first
    analysing.choose_face(session, 1, 0.7)
    assert json.loads(handlers.face(checkpoints, session))["key"] != first


def test_over_http_the_picture_follows_every_answer(app, portrait):
    with Visitor(app.url) as visitor:
        event, picture = visitor.event("photo", "input"), visitor.parts["living"]["id"]
        follows = [one for one in visitor.config["dependencies"] if picture in one["outputs"]]
        assert {one["trigger_mode"] for one in follows} == {"multiple"}, "none is left out while another is answered"
        answers = {visitor.event("photo", "input")["id"], visitor.event("faces", "input")["id"], visitor.render()["id"]}
        assert answers <= {one["trigger_after"] for one in follows}
        visitor.act(event, None, visitor.upload(portrait), "grad_cam", 0.7)
        (follow,) = (one for one in follows if one["trigger_after"] == event["id"])
        told = json.loads(visitor.act(follow, None)["living"])
        wanted = visitor.event("living", "wanted")
        weights = json.loads(visitor.act(wanted, None)["living-weights"])
        assert weights["checkpoint"] == told["checkpoint"]
        (prediction,) = Predictor().predict(str(portrait))
        np.testing.assert_allclose(_numbers(told["walk"])["probabilities"], prediction.probabilities, atol=1e-4)


def test_a_face_is_followed_once(checkpoints, session, engine, monkeypatch):
    first = handlers.face(checkpoints, session)
    monkeypatch.setattr(engine, "walk", lambda _: pytest.fail("it is known already"))
    assert handlers.face(checkpoints, session) == first
    monkeypatch.undo()
    analysing.choose_face(session, 1, 0.7)
    other = json.loads(handlers.face(checkpoints, session))
    assert other["number"] == 2
    assert other["walk"] != json.loads(first)["walk"]


def test_an_answer_that_was_overtaken_is_not_shown(checkpoints, session, engine, monkeypatch):
    follow = engine.walk

    def slow(prediction):
        analysing.choose_face(session, 1, 0.7)  # meanwhile
        return follow(prediction)

    monkeypatch.setattr(engine, "walk", slow)
    assert handlers.face(checkpoints, session) is SAME


def test_without_a_face_there_is_nothing_to_draw(checkpoints, session, engine, nobody):
    assert json.loads(handlers.face(checkpoints, Session())) == {"said": words.EMPTY}
    analysing.analyse(engine, session, nobody, "grad_cam", 0.7)
    assert json.loads(handlers.face(checkpoints, session)) == {"said": words.EMPTY}
    assert session.walks == {}, "another photo's faces are forgotten"


def test_what_fails_is_said(checkpoints, session, engine, monkeypatch):
    def fails(_):
        raise MemoryError

    monkeypatch.setattr(engine, "walk", fails)
    assert list(json.loads(handlers.face(checkpoints, session))) == ["said"]


def test_untrained_weights_show_nothing(checkpoints, session, engine, monkeypatch):
    monkeypatch.setattr(type(engine), "trained", property(lambda _: False))
    assert json.loads(handlers.face(checkpoints, session)) == {"said": UNTRAINED_PLAIN}
    assert handlers.weights(checkpoints, session) == ""


def test_the_weights_are_those_of_the_checkpoint(checkpoints, session, random_checkpoint: Path):
    told = json.loads(handlers.weights(checkpoints, session))
    model = Predictor(random_checkpoint, device="cpu").model
    sent = _numbers(told["weights"])
    np.testing.assert_array_equal(sent["head.1.weight"], model.head[3].weight.detach())
    assert told["checkpoint"] == checkpoints.own


def test_modules_become_one_script(tmp_path):
    (tmp_path / "one.js").write_text("export const a = 1;\nconst b = 2;\n")
    (tmp_path / "two.js").write_text('import {a} from "./one.js";\nconst b = a;\nexport const c = b;\n')
    assert bundle(tmp_path, ("one", "two")) == (
        "const one_js = (() => {\nconst a = 1;\nconst b = 2;\n\nreturn {a};\n})();\n"
        "const two_js = (() => {\nconst {a} = one_js;\nconst b = a;\nconst c = b;\n\nreturn {c};\n})();"
    )


def test_nothing_of_a_module_is_left_over():
    script = bundle(living.FOLDER, living.MODULES)
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    names = {path.stem for path in living.FOLDER.glob("*.js")}
    assert names == {*living.MODULES, "begin"}, "every file is used"


def test_every_word_is_used_and_none_is_missing():
    script = "".join((living.FOLDER / f"{name}.js").read_text("utf-8") for name in living.MODULES)
    asked = set(re.findall(r"(?<!\.)\bwords\.(\w+)", script))
    assert asked <= set(words.PICTURE)
    made = {"blank_face", "blank_scene", "changed_face"} | {f"ask_{name}" for name in ("face", "cell", "terms")}
    made |= {f"ask_{name}_gloss" for name in ("face", "cell", "terms")} | {"asks_face", "asks_scene", "face", "scene"}
    made |= {f"{word}_{side}" for word in ("whose", "own") for side in ("face", "scene")}
    made |= {f"tour_{step}_do" for step in range(1, 10)} | {f"tour_{name}" for name in ("back", "next", "skip")}
    made |= {f"clear_{kind}{end}" for kind in STEPS for end in ("", "_amount")} | {f"changed_{kind}" for kind in STEPS}
    made |= {f"attend_{name}{end}" for name in ("all", "strongest", "even", "shuffled") for end in ("", "_gloss")}
    made |= {"changed_even", "changed_shuffled"}
    assert set(words.PICTURE) <= asked | made
