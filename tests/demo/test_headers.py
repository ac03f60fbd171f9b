from __future__ import annotations

import httpx
import pytest

from demo.headers import HEADERS


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
