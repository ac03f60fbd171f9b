"""Nobody fills the app's memory with one request."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from demo.limits import MAX_BODY
from tests.live_app import LiveApp

CALL = "/gradio_api/call/predict"


def _pieces() -> Iterator[bytes]:
    """A body that does not say how long it is, a little longer than what is taken."""
    yield b'{"data": ["'
    for _ in range(MAX_BODY // 2**20 + 1):
        yield b"x" * 2**20


@pytest.mark.parametrize("path", [CALL, "/gradio_api/queue/join", "/gradio_api/mcp/", "/none"])
def test_a_string_of_a_hundred_megabytes_is_refused_in_one_sentence(app: LiveApp, path: str) -> None:
    answer = httpx.post(app.url + path, json={"data": ["x" * 100_000_000]}, timeout=120)
    assert answer.status_code == 413
    assert answer.json() == {
        "error": "The request is too long; accepted: up to 88 MiB; upload the photo as a file instead."
    }
    assert httpx.get(app.url).status_code == 200


def test_a_body_that_hides_its_length_is_not_read_to_its_end(app: LiveApp) -> None:
    answer = httpx.post(app.url + CALL, content=_pieces(), headers={"content-type": "application/json"}, timeout=120)
    assert 400 <= answer.status_code < 500
    assert httpx.get(app.url).status_code == 200
