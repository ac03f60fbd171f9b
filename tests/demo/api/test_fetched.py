"""Photos that a request names by an address on the web, against a server that sends what it likes."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from gradio import processing_utils

from demo.gradio_internals.fetched import BoundedTransport, public_address
from demo.limits import MIB, Limits
from demo.room import Room
from glamor.errors import PhotoError

HOST = "photos.example"  # stands for the test's own server; every other name is found as it is in the app
PICTURE = bytes(range(256)) * 40
LIMITS = Limits(upload_mib=1, fetch_seconds=1)
ROOM = 64 * MIB


class Sends(BaseHTTPRequestHandler):
    sent = 0

    def do_GET(self) -> None:
        with suppress(ConnectionError):
            getattr(self, self.path.removeprefix("/"))()

    def head(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def good(self) -> None:
        self.head(content_length=str(len(PICTURE)))
        self.wfile.write(PICTURE)

    def packed(self) -> None:
        body = gzip.compress(bytes(100 * MIB), 1)
        self.head(content_length=str(len(body)), content_encoding="gzip")
        self.wfile.write(body)

    def endless(self) -> None:
        self.head()
        for _ in range(1000):
            self.wfile.write(bytes(MIB))
            Sends.sent += 1

    def drops(self) -> None:
        self.head()
        for _ in range(600):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def silent(self) -> None:
        time.sleep(60)

    def elsewhere(self) -> None:
        port = self.server.server_address[1]
        self.head(302, location=f"http://127.0.0.1:{port}/good")

    def near(self) -> None:
        self.head(302, location="/good")

    def missing(self) -> None:
        self.head(404, content_length="0")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sends)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def _run(work: Coroutine[Any, Any, str]) -> str:
    with ThreadPoolExecutor(1) as apart:  # the browser tests keep a loop running in this thread
        return apart.submit(asyncio.run, work).result()


@pytest.fixture
def fetch(port, tmp_path, monkeypatch):
    """Fetch as Gradio does for a request."""

    async def find(host: str) -> str:
        return "127.0.0.1" if host == HOST else await public_address(host)

    def fetched(path: str, room: int = ROOM) -> bytes:
        transport = BoundedTransport(LIMITS, Room(room, tmp_path), find)
        monkeypatch.setattr(processing_utils, "async_transport", transport)
        url = f"http://{HOST}:{port}{path}"
        return Path(_run(processing_utils.async_ssrf_protected_download(url, str(tmp_path)))).read_bytes()

    return fetched


@pytest.mark.parametrize("path", ["/good", "/near"])
def test_a_public_photo_is_fetched_as_it_is(fetch, path):
    assert fetch(path) == PICTURE


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/endless", "up to 1 MiB"),
        ("/drops", "longer than 1 s"),
        ("/silent", "longer than 1 s"),
        ("/packed", "Nothing can be fetched"),
        ("/missing", "Nothing can be fetched"),
        ("/elsewhere", "Nothing can be fetched"),
    ],
)
def test_what_is_too_much_too_slow_or_not_public_costs_one_sentence(fetch, path, said):
    with pytest.raises(PhotoError, match=said):
        fetch(path)
    assert Sends.sent < 100, "no more is taken than what was under way"


def test_nothing_is_fetched_into_a_full_cache(fetch):
    with pytest.raises(PhotoError, match="no room"):
        fetch("/good", room=len(PICTURE) - 1)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1",
     "fd00::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "240.0.0.1",
     "no.such.name.invalid", "a" * 300],
)  # fmt: skip
def test_an_address_that_not_everybody_may_reach_is_not_asked(host):
    with pytest.raises(PhotoError, match="Nothing can be fetched"):
        _run(public_address(host))


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700:4700::1111"])
def test_a_public_address_is_its_own(host):
    assert _run(public_address(host)) == host
