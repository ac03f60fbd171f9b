"""Connections that do nothing, or too little, hold nobody up: not the others, and not the end."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from PIL import Image

from demo import words
from tests.limited_app import ELSEWHERE, SMALL, VisitorFrom, client_from
from tests.live_app import LiveApp, files_in, start, stop
from tests.raw_http import RawClient

MANY, DEAF_ASKS = 600, 20
PATIENCE = 60.0  # seconds
END_SECONDS = 10.0  # after which container hosts kill
HALF = (b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n' + b"x" * 5000)  # fmt: skip

Open = Callable[[LiveApp], RawClient]


@pytest.fixture
def portrait(astronaut, tmp_path: Path) -> Path:
    path = tmp_path / "portrait.jpg"
    Image.fromarray(astronaut).save(path)
    return path


def _idle(app: LiveApp) -> RawClient:
    return RawClient(app.url)


def _half_head(app: LiveApp) -> RawClient:
    client = RawClient(app.url)
    client.send(b"GET / HTTP/1.1\r\nHost: ")
    return client


def _half_upload(app: LiveApp) -> RawClient:
    client = RawClient(app.url)
    client.head("/gradio_api/upload", "content-type: multipart/form-data; boundary=x", "transfer-encoding: chunked")
    client.chunk(HALF)
    return client


def _half_body(app: LiveApp) -> RawClient:
    client = RawClient(app.url)
    client.head("/gradio_api/call/predict", "content-type: application/json", "content-length: 5000")
    client.send(b'{"data": [')
    return client


def _heartbeat(app: LiveApp) -> RawClient:
    client = RawClient(app.url)
    client.head(f"/gradio_api/heartbeat/{id(client)}", method="GET")
    return client


def _tools(app: LiveApp) -> RawClient:
    client = RawClient(app.url)
    client.head("/gradio_api/mcp/", "accept: text/event-stream", method="GET")
    return client


def _deaf(app: LiveApp) -> RawClient:
    client = RawClient(app.url)
    for _ in range(DEAF_ASKS):
        client.head("/config", method="GET")
    return client


BUSY = (_half_head, _half_upload, _half_body, _heartbeat, _tools, _deaf)


@pytest.fixture
def running(small_weights: tuple[Path, Path]) -> Iterator[tuple[LiveApp, subprocess.Popen[bytes]]]:
    """An app of the test's own, with the limits that hosts have, to be ended by it."""
    app, process = start("app.py", "--checkpoint", str(small_weights[0]))
    yield app, process
    stop(app, process)


def _ends(process: subprocess.Popen[bytes]) -> float:
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 0
    return time.monotonic() - begun


def _left(app: LiveApp) -> list[Path]:
    return list(files_in(app.cache))


def test_it_ends_in_time_whatever_is_connected(running, portrait: Path) -> None:
    app, process = running
    with ExitStack() as all_of_them:
        for number in range(MANY):
            all_of_them.enter_context((_idle if number % 4 else BUSY[number // 4 % len(BUSY)])(app))
        visitor = all_of_them.enter_context(VisitorFrom(app.url, ELSEWHERE))
        event = visitor.event("photo", "input")
        visitor.act(event, None, visitor.upload(portrait), "kernel_shap", 0.7)
        events = visitor.then(event), visitor.event("opacity", "input")
        asked = [visitor.start(one, None, 0.7) for one in events]
        taken = _ends(process)
        assert visitor.hear(asked[1])["success"], "what could be answered in time was"
    assert taken < END_SECONDS
    assert "Traceback" not in app.log.read_text()
    assert not _left(app)


@pytest.fixture
def stuck(small_weights: tuple[Path, Path]) -> Iterator[tuple[LiveApp, subprocess.Popen[bytes]]]:
    app, process = start("-m", "tests.faults.stuck_app", "--checkpoint", str(small_weights[0]))
    yield app, process
    process.kill()
    stop(app, process)


def test_it_ends_in_time_whatever_holds_it_up(stuck, portrait: Path) -> None:
    app, process = stuck
    with VisitorFrom(app.url, ELSEWHERE) as visitor:
        sent = Path(visitor.upload(portrait)["path"])
    assert sent in _left(app)
    assert _ends(process) < END_SECONDS
    assert [path.suffix for path in _left(app)] == [".lock"], "by which the next start knows that this one is over"


@pytest.mark.parametrize("opened", [_half_upload, _heartbeat])
def test_it_ends_in_time_whatever_all_are(opened: Open, running) -> None:
    app, process = running
    with ExitStack() as all_of_them:
        for _ in range(200):
            all_of_them.enter_context(opened(app))
        taken = _ends(process)
    assert taken < END_SECONDS
    assert "Traceback" not in app.log.read_text()
    assert not _left(app)


@pytest.mark.parametrize("opened", [_idle, _half_head])
def test_a_connection_that_does_nothing_is_closed(limited: LiveApp, opened: Open) -> None:
    with opened(limited) as client:
        assert client.is_closed()


def test_an_answer_that_nobody_takes_is_given_up(limited: LiveApp) -> None:
    whole = DEAF_ASKS * len(httpx.get(limited.url + "/config", timeout=60).content)
    with _deaf(limited) as client:
        end = time.monotonic() + PATIENCE
        while _is_held(client):
            assert time.monotonic() < end
            time.sleep(0.1)
        taken = 0
        with suppress(ConnectionResetError):
            while part := client.socket.recv(2**20):
                taken += len(part)
    assert taken < whole


def _is_held(client: RawClient) -> bool:
    """Whether the app's end of a connection still stands."""
    here = client.socket.getsockname()[:2]
    held = (one for one in psutil.net_connections("tcp") if one.status == psutil.CONN_ESTABLISHED)
    return any(tuple(one.raddr) == here for one in held if one.raddr)


def _go_on(client: RawClient) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        client.chunk(b"x")
        time.sleep(0.05)


def test_what_is_sent_on_after_a_refusal_ends_too(limited: LiveApp) -> None:
    with RawClient(limited.url) as client:
        client.head("/gradio_api/call/predict", "content-type: application/json", "transfer-encoding: chunked")
        for _ in range(SMALL.body_mib + 1):
            client.chunk(b"x" * 2**20)
        assert client.answer().status == 413
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            _go_on(client)


def test_idle_connections_make_room_for_who_comes(limited: LiveApp) -> None:
    with ExitStack() as all_of_them, client_from(limited, ELSEWHERE) as http:
        idle = [all_of_them.enter_context(RawClient(limited.url)) for _ in range(SMALL.connections)]
        assert http.get("/config").status_code == 200
        assert idle[0].is_closed(), "the one that has waited longest"


def test_one_address_has_its_share_of_connections(limited: LiveApp, portrait: Path) -> None:
    with ExitStack() as all_of_them:
        for _ in range(SMALL.connections):
            all_of_them.enter_context(_heartbeat(limited))
        with VisitorFrom(limited.url, ELSEWHERE) as visitor:
            assert visitor.act(visitor.event("opacity", "input"), None, 0.2)
        with pytest.raises(httpx.TransportError):
            httpx.get(limited.url, timeout=60)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            assert httpx.get(limited.url + "/config", timeout=60).status_code == 200
            break
        except httpx.TransportError:
            time.sleep(0.2)
    else:
        pytest.fail(words.BUSY)
