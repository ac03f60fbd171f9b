from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from demo.server.headers import HEADERS
from tests.visitor import Visitor


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/gradio_api/file=/etc/passwd", "/none"])
def test_every_answer_carries_the_security_headers_once(app, path):
    answer = httpx.get(app.url + path)
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value]


def test_only_hugging_face_may_show_the_page_inside_its_own(app):
    policy = dict(
        part.strip().split(" ", 1) for part in httpx.get(app.url).headers["content-security-policy"].split(";")
    )
    assert policy["frame-ancestors"].split() == ["'self'", "https://huggingface.co"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("OPTIONS", "/"), ("POST", "/config"), ("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/app_id"),
     ("GET", "/gradio_api/call/predict/none"), ("POST", "/gradio_api/call/v2/none")],
)  # fmt: skip
def test_so_does_every_refusal(app, method, path):
    asked = {"data": [], "fn_index": 987654321, "session_hash": "x"}
    answer = httpx.request(method, app.url + path, json=asked, timeout=60)
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value]


@pytest.fixture
def sent(app, astronaut_file):
    """A visitor and the address of a photo that it sent."""
    with Visitor(app.url) as visitor:
        yield visitor, visitor.upload(Path(astronaut_file))["url"]


def test_no_browser_and_no_proxy_keeps_a_photo_or_an_answer(sent):
    visitor, photo = sent
    event = visitor.event("photo", "input")
    given = {"path": photo.partition("=")[2]}
    screen = visitor.act(event, None, given, "grad_cam", 0.7)
    picture = f"/gradio_api/file={screen['photo-shown']['value']['path']}"
    asked = visitor.http.post("/gradio_api/call/predict", json={"data": [given, None]}).json()["event_id"]
    for path in (photo, picture, f"/gradio_api/call/predict/{asked}", "/gradio_api/file=/none", "/gradio_api/info"):
        assert visitor.http.get(path).headers.get_list("cache-control") == ["no-store"], path
    part = visitor.http.get(photo, headers={"Range": "bytes=0-9"})
    assert part.headers.get_list("cache-control") == ["no-store"]
    with visitor.http.stream("GET", f"/gradio_api/heartbeat/{visitor.session}") as beats:
        assert beats.headers.get_list("cache-control") == ["no-store"]


@pytest.mark.parametrize(
    "wanted", ["bytes=0-9", "bytes=5-", "bytes=-5", "bytes=0-1,4-5", "bytes=9-1", "lines=1-2", "x"]
)
def test_no_answer_tells_a_request_its_own_headers(sent, wanted):
    visitor, photo = sent
    own = {"Cookie": "key=secret-cookie", "Authorization": "Bearer secret-token", "X-Own": "secret-word"}
    for path in (photo, f"{photo}-none", "/gradio_api/file=/etc/passwd", "/favicon.ico", "/gradio_api/info"):
        answer = visitor.http.get(path, headers=own | {"Range": wanted})
        assert "secret" not in str(answer.headers)
        assert "cookie" not in answer.headers
        assert "authorization" not in answer.headers
        assert b"secret" not in answer.content
