"""The app behind a reverse proxy that serves it under a path of its own and takes that path off."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from tests.live_app import LiveApp, start, stop

ROOT = "/demos/glamor"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
SPEAKS = {"Accept": "application/json, text/event-stream"}


@contextmanager
def proxy_of(app: LiveApp) -> Iterator[str]:
    """Serve the app under ROOT, as ``location /demos/glamor/ { proxy_pass http://app/; }`` does in nginx."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            if not self.path.startswith(f"{ROOT}/"):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = [(name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
            url = app.url + self.path.removeprefix(ROOT)
            with httpx.stream(self.command, url, headers=headers, content=body, timeout=60) as answer:
                self.send_response(answer.status_code)
                for name, value in answer.headers.multi_items():
                    if name not in HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Connection", "close")  # which ends the body
                self.end_headers()
                for chunk in answer.iter_raw():
                    self.wfile.write(chunk)
                    self.wfile.flush()
            self.close_connection = True

        def do_GET(self) -> None:
            self.pass_on()

        def do_POST(self) -> None:
            self.pass_on()

        def do_DELETE(self) -> None:
            self.pass_on()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{ROOT}"
        server.shutdown()


@contextmanager
def served(weights: Path, told: str) -> Iterator[str]:
    """Start the app, which is told under which path or address it is served, and its proxy."""
    app, process = start("app.py", "--checkpoint", str(weights), GRADIO_ROOT_PATH=told)
    try:
        with proxy_of(app) as url:
            yield url
    finally:
        stop(app, process)


@pytest.fixture(scope="module")
def proxied(small_weights: tuple[Path, Path]) -> Iterator[str]:
    """Where visitors reach the app."""
    with served(small_weights[0], ROOT) as url:
        yield url


@pytest.mark.parametrize("end", ["", "/"])
def test_a_tool_is_found_under_the_path_with_and_without_a_slash(proxied: str, end: str) -> None:
    answer = httpx.post(f"{proxied}/gradio_api/mcp{end}", json=HELLO, headers=SPEAKS, follow_redirects=True, timeout=60)
    assert answer.status_code == 200, (answer.url, answer.text)
    assert '"serverInfo"' in answer.text


@pytest.mark.parametrize("address", ["/gradio_api/startup-events/", "/gradio_api/upload/", "/gradio_api/run/predict/"])
def test_a_redirect_stays_under_the_path_and_says_nothing_of_the_host(proxied: str, address: str) -> None:
    answer = httpx.post(proxied + address, json={}, timeout=60)
    location = answer.headers.get("location", ROOT)
    assert location.startswith(ROOT), location


def test_the_schema_of_the_tools_is_found_under_the_path(proxied: str) -> None:
    answer = httpx.get(f"{proxied}/gradio_api/mcp/schema", timeout=60)
    assert answer.status_code == 200
    assert "predict_photo" in answer.text


def test_an_assistant_lists_the_tools_through_the_proxy(proxied: str) -> None:
    async def listed() -> set[str]:
        async with (
            streamable_http_client(f"{proxied}/gradio_api/mcp") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return {tool.name for tool in (await session.list_tools()).tools}

    with ThreadPoolExecutor(1) as apart:  # asyncio.run would take away the loop that Gradio has set up in this thread
        assert {"predict_photo", "explain_photo"} <= apart.submit(asyncio.run, listed()).result()


def test_the_page_and_its_api_work_through_the_proxy(proxied: str, portrait: Path) -> None:
    assert httpx.get(f"{proxied}/config", timeout=60).json()["root"] == proxied
    client = Client(proxied, verbose=False, analytics_enabled=False)
    values, _ = client.predict(handle_file(portrait), api_name="/predict")
    assert len(values["faces"]) == 1
    client.close()


def test_no_address_is_redirected_to_another_host(proxied: str) -> None:
    for path in (
        "//elsewhere.example/",
        "/gradio_api/mcp//elsewhere.example",
        "//elsewhere.example/gradio_api/upload/",
    ):
        answer = httpx.get(proxied + path, timeout=60)
        assert not answer.is_redirect, answer.headers


def test_the_whole_address_may_be_told_as_well(small_weights: tuple[Path, Path]) -> None:
    with served(small_weights[0], f"https://example.org{ROOT}/") as url:
        answer = httpx.post(f"{url}/gradio_api/mcp", json=HELLO, headers=SPEAKS, timeout=60)
        assert '"serverInfo"' in answer.text
        assert "predict_photo" in httpx.get(f"{url}/gradio_api/mcp/schema", timeout=60).text
        assert httpx.get(f"{url}/config", timeout=60).json()["root"] == f"https://example.org{ROOT}"
