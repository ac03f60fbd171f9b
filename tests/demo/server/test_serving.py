"""Which connection makes room, in a server of the test's own whose connections are never idle for too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import uvicorn
from starlette.responses import JSONResponse

from demo.limits import Limits
from demo.server.serving import Connection
from tests.raw_http import RawClient

HERE, THERE, ELSEWHERE = "127.0.0.1", "127.0.0.2", "127.0.0.3"
LIMITS = Limits(connections=4, connections_per_address=3, stall_seconds=600)


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Connection, "limits", LIMITS)
    app = JSONResponse("here")
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, http=Connection, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = server.force_exit = True
    thread.join()


def _answers(client: RawClient) -> bool:
    client.head("/", method="GET")
    return client.answer().status == 200


def _greeted(opened: ExitStack, url: str, address: str) -> RawClient:
    client = opened.enter_context(RawClient(url, address))
    assert _answers(client), "the server has met this one before the next one comes"
    return client


def test_of_too_many_altogether_the_longest_idle_makes_room(url: str) -> None:
    with ExitStack() as opened:
        clients = [_greeted(opened, url, address) for address in (HERE, THERE, HERE, THERE)]
        assert _answers(clients[0]), "so it is the second that waits for longest"
        newest = opened.enter_context(RawClient(url, ELSEWHERE))
        assert _answers(newest)
        assert clients[1].is_closed()
        assert all(_answers(client) for client in (clients[0], *clients[2:]))


def test_of_too_many_from_one_address_the_longest_idle_of_that_makes_room(url: str) -> None:
    with ExitStack() as opened:
        clients = [_greeted(opened, url, address) for address in (THERE, HERE, HERE, HERE)]
        newest = opened.enter_context(RawClient(url, HERE))
        assert _answers(newest)
        assert clients[1].is_closed()
        assert all(_answers(client) for client in (clients[0], *clients[2:]))
