"""Rubbish over HTTP: each request is answered in one sentence, and none of it gets into the log."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from demo import words
from glamor.serialise import prediction_to_dict
from tests.demo.conftest import LiveApp

CALL = "/gradio_api/call"
SECRET = "somebody-at-home"
FILE = {"_type": "gradio.FileData"}
NO_PHOTOS: tuple[Any, ...] = (
    SECRET,
    12,
    [SECRET],
    {"path": 5, "meta": FILE},
    {"path": f"/etc/{SECRET}", "meta": FILE},
    {"path": "../../etc/passwd", "orig_name": SECRET, "meta": FILE},
    {"path": {"path": SECRET}, "meta": FILE},
    {"path": None, "url": "http://127.0.0.1:9/somebody-at-home.png", "meta": FILE},
)
NO_REQUESTS = (b"", b"{", b"\xff\xfe", b"[]", b'"x"', b"{}", b'{"data": null}', b'{"data": {"photo": 1}}',
               b'{"data": [], "session_hash": 5}')  # fmt: skip


@pytest.fixture
def log(app: LiveApp) -> str:
    """What the log holds before a test, once the app has said where its tools are."""
    end = time.monotonic() + 60
    while "/gradio_api/mcp/" not in app.log.read_text():
        assert time.monotonic() < end, "the app does not say where its tools are"
        time.sleep(0.05)
    return app.log.read_text()


@pytest.fixture
def http(app: LiveApp) -> Any:
    with httpx.Client(base_url=app.url, timeout=120) as client:
        yield client


def _told(http: httpx.Client, name: str, data: list[Any]) -> str:
    asked = http.post(f"{CALL}/{name}", json={"data": data}).json()["event_id"]
    kind, _, rest = http.get(f"{CALL}/{name}/{asked}").text.strip().partition("\n")
    assert kind == "event: error"
    sentence: str = json.loads(rest.removeprefix("data: "))["error"]
    return sentence


@pytest.mark.parametrize("name", ["predict", "explain", "intervene", "trust"])
def test_what_is_no_photo_is_told_so(app, http, log, name):
    for photo in NO_PHOTOS:
        assert _told(http, name, [photo]) in (words.BAD_INPUTS, words.NO_PHOTO_API)
    assert _told(http, name, []) == words.NO_PHOTO_API
    assert app.log.read_text() == log


@pytest.mark.parametrize("body", NO_REQUESTS)
def test_what_is_no_request_is_told_so_without_being_quoted(app, http, body):
    answer = http.post(f"{CALL}/predict", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json() == {"error": words.NOT_A_REQUEST}


def test_an_endpoint_that_there_is_not_is_told_so(http):
    answer = http.post(f"{CALL}/delete_everything", json={"data": [SECRET]})
    assert (answer.status_code, answer.json()) == (404, {"error": words.NO_SUCH_ENDPOINT})


def test_an_event_that_there_is_not_gets_no_stack_trace(app, http):
    asked = {"data": [SECRET], "fn_index": 987654321, "session_hash": "x"}
    answer = http.post("/gradio_api/queue/join", json=asked)
    assert (answer.status_code, answer.json()) == (500, {"error": words.UNEXPECTED})
    log = app.log.read_text()
    assert "unexpected KeyError" in log
    for trace in ("Traceback", SECRET, "987654321"):
        assert trace not in log


def test_arguments_left_out_are_as_the_endpoint_says(app, http, astronaut_file, predictor):
    with open(astronaut_file, "rb") as file:
        (kept,) = http.post("/gradio_api/upload", files={"files": file}).json()
    asked = http.post(f"{CALL}/predict", json={"data": [{"path": kept, "meta": FILE}]}).json()["event_id"]
    values, _ = json.loads(http.get(f"{CALL}/predict/{asked}").text.partition("data: ")[2])
    (expected,) = predictor.predict(np.asarray(Image.open(astronaut_file)))
    assert values["faces"] == [json.loads(json.dumps(prediction_to_dict(expected)))]
