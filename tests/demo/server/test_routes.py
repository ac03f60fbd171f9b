"""What Gradio's app offers beside the page is not there, and nothing of a request is in the log."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from gradio.routes import App

from demo import words
from demo.server.shield import PlaceOnly
from tests.demo.conftest import LiveApp
from tests.visitor import Visitor

SECRET = "somebody-at-home"
# What the page, gradio_client, the JavaScript client, curl and MCP ask for; all else is nobody's.
NEEDED = {
    "/", "/config", "/config/", "/static/{path:path}", "/assets/{path:path}", "/favicon.ico", "/theme.css",
    "/robots.txt", "/manifest.json", "/gradio_api/info", "/gradio_api/info/", "/gradio_api/openapi.json",
    "/gradio_api/app_id", "/gradio_api/startup-events", "/gradio_api/upload", "/gradio_api/upload_progress",
    "/gradio_api/file={path_or_url:path}", "/gradio_api/queue/join", "/gradio_api/queue/data",
    "/gradio_api/call/{api_name}", "/gradio_api/call/{api_name}/", "/gradio_api/call/{api_name}/{event_id}",
    "/gradio_api/call/v2/{api_name}", "/gradio_api/call/v2/{api_name}/", "/gradio_api/call/v2/{api_name}/{event_id}",
    "/gradio_api/run/{api_name}", "/gradio_api/run/{api_name}/", "/gradio_api/cancel", "/gradio_api/reset",
    "/gradio_api/reset/", "/gradio_api/heartbeat/{session_hash}", "/gradio_api/stream/{event_id}",
    "/gradio_api/stream/{event_id}/close", "/gradio_api/mcp",
}  # fmt: skip


def _templates(routes: Any) -> Iterator[str]:
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _templates(route.original_router.routes)
        else:
            yield route.path


async def _gradios_own() -> set[str]:
    # Inside a loop: elsewhere Gradio makes loops of its own, which nobody closes.
    with gr.Blocks() as blocks:
        gr.Textbox()
    return set(_templates(App.create_app(blocks, mcp_server=True).router.routes))


@pytest.fixture(scope="module")
def offered() -> set[str]:
    """Every address that Gradio's own app answers, whatever its version, and what FastAPI adds to every app."""
    with ThreadPoolExecutor(1) as apart:
        found = apart.submit(lambda: asyncio.run(_gradios_own())).result()
    return found | {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}


def test_every_address_that_nothing_needs_is_not_there(app, offered):
    closed = offered - NEEDED
    assert closed >= {"/monitoring/summary", "/gradio_api/dev/reload", "/gradio_api/component_server", "/login"}
    with httpx.Client(base_url=app.url, timeout=60) as http:
        for template in closed:
            path = re.sub(r"\{[^}]*\}", "x", template)
            for method in ("GET", "POST", "HEAD", "PUT"):
                answer = http.request(method, path)
                assert answer.status_code == 404, (method, path)
                assert method == "HEAD" or answer.json() == {"error": words.NO_SUCH_ADDRESS}, (method, path)


def test_every_address_that_is_needed_is_one_of_gradios(offered):
    assert offered >= NEEDED


def test_what_is_needed_is_there(app):
    with httpx.Client(base_url=app.url, timeout=60) as http:
        for path in ("/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/gradio_api/info",
                     "/gradio_api/info?all_endpoints=True", "/gradio_api/openapi.json", "/gradio_api/mcp/schema",
                     "/static/img/logo_nosize.svg"):  # fmt: skip
            assert http.get(path).status_code == 200, path
        assert http.head("/").status_code == 200
        script = re.search(r"\./(assets/[^\"']+\.js)", http.get("/").text)
        assert script
        assert http.get(f"/{script[1]}").status_code == 200
        assert set(http.get("/gradio_api/info").json()["named_endpoints"]) == {
            "/predict", "/explain", "/intervene", "/trust",
        }  # fmt: skip


def test_only_the_page_itself_may_ask_which_run_of_the_app_this_is(app):
    """It does after its connection was lost, and is opened anew when it is told."""
    own: tuple[dict[str, str], ...] = ({"Sec-Fetch-Site": "same-origin"}, {"Referer": f"{app.url}/?tab=analyse"})
    for headers in own:
        assert list(httpx.get(f"{app.url}/gradio_api/app_id", headers=headers).json()) == ["app_id"]
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Referer": "https://evil.example/"}, {"Referer": ""}):
        assert httpx.get(f"{app.url}/gradio_api/app_id", headers=headers).status_code == 404


@pytest.fixture
def log(app: LiveApp) -> str:
    """What the log holds before a test, once the app has said where its tools are."""
    end = time.monotonic() + 60
    while "/gradio_api/mcp/" not in app.log.read_text():
        assert time.monotonic() < end, "the app does not say where its tools are"
        time.sleep(0.05)
    return app.log.read_text()


def _new(app: LiveApp, log: str) -> str:
    time.sleep(0.5)  # a trace is written after the answer
    return app.log.read_text().removeprefix(log)


def test_ids_that_there_are_not_leave_nothing_in_the_log(app, log):
    unknown = {"session_hash": SECRET, "event_id": SECRET, "fn_index": 0}
    with httpx.Client(base_url=app.url, timeout=60) as http:
        for _ in range(3):
            http.get(f"/gradio_api/queue/data?session_hash={SECRET}")
            http.get("/gradio_api/queue/data")
            http.get(f"/gradio_api/call/predict/{SECRET}")
            http.get(f"/gradio_api/call/v2/predict/{SECRET}")
            http.get(f"/gradio_api/upload_progress?upload_id={SECRET}")
            with http.stream("GET", f"/gradio_api/heartbeat/{SECRET}"):
                pass
            for path in ("cancel", "reset", f"stream/{SECRET}", f"stream/{SECRET}/close", "component_server"):
                http.post(f"/gradio_api/{path}", json=unknown | {"data": [SECRET], "component_id": 1, "fn_name": "x"})
            http.post("/gradio_api/mcp/", json={"jsonrpc": "2.0", "id": SECRET, "method": SECRET})
            http.post(f"/gradio_api/mcp/messages/?session_id={SECRET}", json={})
            http.get(f"/gradio_api/file=/{SECRET}")
            http.get(f"/?deep_link={SECRET}")
    assert _new(app, log) == ""


JOINS = (
    {"data": [], "fn_index": SECRET},
    {"data": [], "fn_index": -1},
    {"data": [[[[SECRET]]]] * 9, "fn_index": 0},
    {"data": [], "fn_index": 1, "event_data": SECRET},
    {"data": [], "fn_index": 1, "event_data": [SECRET], "trigger_id": SECRET},
)
NO_JSON = (
    *(b"", b"{", b"[" * 100_000, b"\xff\xfe", b"null", b'{"data": {}}', b'{"data": ["' + SECRET.encode()),
    *(json.dumps(join | {"session_hash": SECRET}).encode() for join in JOINS),
    *(json.dumps(other).encode() for other in ({SECRET: SECRET}, {"photo": SECRET, "jsonrpc": SECRET})),
)


def test_bad_requests_of_every_kind_leave_nothing_of_themselves_in_the_log(app, log):
    """A line with the place of an unexpected error may be there; no trace, and no word that was sent."""
    paths = ("upload", "queue/join", "call/predict", "call/v2/predict", f"call/v2/{SECRET}", f"call/{SECRET}",
             f"run/{SECRET}", "run/predict", "cancel", "reset", f"stream/{SECRET}", "mcp/", "mcp", "component_server",
             "info", "queue/data")  # fmt: skip
    kinds = ("application/json", f"multipart/form-data; boundary={SECRET}", f"text/{SECRET}", "multipart/form-data")
    with httpx.Client(base_url=app.url, timeout=60) as http:
        for path in paths:
            for kind in kinds:
                for body in NO_JSON:
                    headers = {"content-type": kind, "accept": "application/json, text/event-stream", "x-own": SECRET}
                    answer = http.post(f"/gradio_api/{path}", content=body, headers=headers)
                    assert "Traceback" not in answer.text
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", SECRET.upper()):
            assert http.request(method, f"/gradio_api/call/{SECRET}").status_code in (404, 405)
    new = _new(app, log)
    assert [line for line in new.splitlines() if SECRET in line or "Traceback" in line or "File " in line] == []


def test_what_is_no_http_leaves_nothing_of_itself_in_the_log(app, log):
    at = urlsplit(app.url)
    for sent in (SECRET, f"GET /{SECRET} HTTP/9.9\r\n\r\n", f"GET / HTTP/1.1\r\n{SECRET}\r\n\r\n",
                 f"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {SECRET}\r\n\r\n",
                 f"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}"):  # fmt: skip
        with socket.create_connection((at.hostname or "", at.port or 0), timeout=60) as plain:
            plain.sendall(sent.encode())
    new = _new(app, log)
    assert SECRET not in new
    assert "Traceback" not in new


@pytest.mark.parametrize("asked", [{"data": []}, {"photo": None}, {SECRET: SECRET}, {}, {"photo": SECRET, "x": SECRET}])
def test_arguments_by_name_that_there_are_not_are_told_so(app, log, asked):
    with httpx.Client(base_url=app.url, timeout=60) as http:
        for name in ("predict", SECRET):
            answer = http.post(f"/gradio_api/call/v2/{name}", json=asked)
            assert answer.status_code in (200, 404, 422)
            if name == SECRET:
                assert (answer.status_code, answer.json()) == (404, {"error": words.NO_SUCH_ENDPOINT})
    assert _new(app, log) == ""


def test_inputs_that_no_event_expects_leave_no_trace_in_the_log(app, log):
    strange = ({SECRET: [SECRET]}, SECRET, [[None, {SECRET: SECRET}]])
    with Visitor(app.url) as visitor:
        for event in visitor.config["dependencies"]:
            if event["backend_fn"] and event["inputs"]:
                asked = [visitor.start(event, *[value] * len(event["inputs"])) for value in strange]
                for name in asked:
                    if ("stream" in {kind for _, kind in event["targets"]}) and name not in visitor.done:
                        visitor.http.post(f"/gradio_api/stream/{name}/close")  # it would be kept open for two minutes
                    visitor.hear(name)
    new = _new(app, log)
    assert [line for line in new.splitlines() if SECRET in line or "Traceback" in line or "File " in line] == []


def test_what_libraries_log_is_told_by_its_place_alone(capsys):
    def told(name: str) -> str:
        caught = (ValueError, ValueError(SECRET), None)
        record = logging.LogRecord(name, logging.ERROR, "library.py", 7, "no %s", (SECRET,), caught)
        PlaceOnly().handle(record)
        return capsys.readouterr().err

    assert told("some.library") == "ERROR in library, line 7\n"
    assert told("glamor.demo") == f"no {SECRET}\n", "our own never quote a request"
