"""The endpoint /intervene over real HTTP, against the app in a process of its own."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo import words
from glamor.explain import Intervention, intervene, read_answer, without_evidence
from glamor.serialise import answer_to_dict, prediction_to_dict
from tests.sentences import assert_sentence

EVEN = [[1] * 7 for _ in range(7)]


def ask(client: Client, photo: str, **arguments):
    return client.predict(handle_file(photo), api_name="/intervene", **arguments)


def test_its_parameters_are_named_and_documented(client):
    endpoint = client.view_api(return_format="dict")["named_endpoints"]["/intervene"]
    names = [one["parameter_name"] for one in endpoint["parameters"]]
    assert names == ["photo", "face", "box", "w_face", "attention", "scene", "face_input"]
    assert all(one["parameter_has_default"] for one in endpoint["parameters"][1:])
    assert "set by hand" in endpoint["description"]


def test_without_anything_set_the_answer_is_the_untouched_one(client, predictor, astronaut_file):
    values = ask(client, astronaut_file)
    expected = json.loads(json.dumps(prediction_to_dict(predictor.predict(astronaut_file)[0])))
    assert values["prediction"] == expected
    assert values["answer"]["emotion"] == expected["emotion"]
    for key in ("probabilities", "fusion_weights"):
        assert values["answer"][key] == pytest.approx(expected[key], abs=1e-5)
    assert max(map(abs, values["change"].values())) < 1e-5
    assert values["label_changed"] is False


@pytest.mark.parametrize(
    ("arguments", "weights", "grid"),
    [
        ({"w_face": 0.9}, (0.9, 0.1), None),
        ({"w_face": 1}, (1.0, 0.0), None),
        ({"attention": EVEN}, None, EVEN),
        ({"w_face": 0.2, "attention": [[0] * 7] * 6 + [[0, 0, 0, 2, 0, 0, 6]]}, (0.2, 0.8), [[0] * 7] * 6
         + [[0, 0, 0, 1, 0, 0, 3]]),
    ],
)  # fmt: skip
def test_the_answer_is_the_librarys(client, predictor, astronaut_file, arguments, weights, grid):
    values = ask(client, astronaut_file, **arguments)
    forced = Intervention(
        fusion=None if weights is None else torch.tensor(weights),
        attention=None if grid is None else torch.tensor(grid, dtype=torch.float32),
    )
    prediction = predictor.predict(astronaut_file)[0]
    _same(values, predictor, prediction, intervene(predictor.model, prediction.prepared, forced))


@pytest.mark.parametrize(("scene", "face_input"), [("black", "as is"), ("blurred", "as is"), ("as is", "black")])
def test_inputs_are_taken_away(client, predictor, astronaut_file, scene, face_input):
    values = ask(client, astronaut_file, scene=scene, face_input=face_input)
    prediction = predictor.predict(astronaut_file)[0]
    shown = prediction.prepared
    if scene != "as is":
        shown = replace(shown, context=without_evidence(shown, scene)[1])
    if face_input != "as is":
        shown = replace(shown, face=torch.zeros_like(shown.face))
    _same(values, predictor, prediction, intervene(predictor.model, shown, Intervention()))


def test_a_face_is_chosen_by_number_or_by_box(client, predictor, two_people, tmp_path):
    path = tmp_path / "pair.png"
    Image.fromarray(two_people).save(path)
    second = predictor.predict(path)[1]
    assert ask(client, str(path), face=2)["prediction"]["face_box_xyxy"] == list(second.face_box_xyxy)
    box = [150, 30, 300, 180]
    assert ask(client, str(path), box=box)["prediction"]["face_box_xyxy"] == box


@pytest.mark.parametrize(
    "arguments",
    [
        {"w_face": 1.5},
        {"w_face": "much"},
        {"w_face": True},
        {"attention": "everywhere"},
        {"attention": [[1] * 7] * 6},
        {"attention": [[1] * 6] * 7},
        {"attention": [[0] * 7] * 7},
        {"attention": [[-1] + [1] * 6] * 7},
        {"attention": [[1e300] * 7] * 7},
        {"attention": [[1e-300] * 7] * 7},
        {"attention": [["1"] * 7] * 7},
        {"attention": 3},
        {"scene": "upside down"},
        {"scene": None},
        {"face_input": "blurred"},
        {"face": 2},
        {"box": [1, 2]},
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(client, app, astronaut_file, arguments):
    with pytest.raises(AppError) as caught:
        ask(client, astronaut_file, **arguments)
    message = str(caught.value)
    assert_sentence(message)
    assert any(asks in message for asks in ("Enter ", "Send ", "Choose ", "give ", "No attention is left"))
    assert "Traceback" not in app.log.read_text()


def test_no_photo_and_no_face_are_said(client, nobody, tmp_path):
    with pytest.raises(AppError) as caught:
        client.predict(None, api_name="/intervene")
    assert str(caught.value) == words.NO_PHOTO_API
    path = tmp_path / "nobody.png"
    Image.fromarray(nobody).save(path)
    with pytest.raises(AppError) as caught:
        ask(client, str(path))
    assert str(caught.value) == words.NO_FACE_API


def _same(values, predictor, prediction, trace) -> None:
    expected = answer_to_dict(read_answer(predictor.model, trace))
    assert values["answer"]["emotion"] == expected["emotion"]
    for key in ("probabilities", "logits", "fusion_weights"):
        assert values["answer"][key] == pytest.approx(expected[key], abs=1e-4), key
    np.testing.assert_allclose(values["answer"]["attention"], expected["attention"], atol=1e-5)
    gained = [expected["probabilities"][name] for name in prediction.class_names] - prediction.probabilities
    np.testing.assert_allclose(list(values["change"].values()), gained, atol=1e-5)
    assert list(values["change"]) == list(prediction.class_names)
    assert values["label_changed"] == (expected["emotion"] != prediction.emotion)
