"""More requests than may wait are told so, and the app goes on."""

from __future__ import annotations

from pathlib import Path

import httpx

from demo.queues import MOST_WAITING
from tests.live_app import LiveApp
from tests.visitor import Visitor


def test_whoever_finds_the_queue_full_is_told_that_the_app_is_busy(app: LiveApp, astronaut_file: str) -> None:
    with Visitor(app.url) as slow, httpx.Client(base_url=app.url, timeout=600) as http:
        photo = slow.upload(Path(astronaut_file))
        calls = "/gradio_api/call/explain"
        asked = [
            http.post(calls, json={"data": [photo, method, None, 1, None, 0.7, False]})
            for method in ["kernel_shap"] * 4 + ["no such method"] * MOST_WAITING
        ]
        taken = [answer for answer in asked if answer.status_code == 200]
        refused = [answer for answer in asked if answer.status_code != 200]
        assert len(taken) >= MOST_WAITING
        assert refused
        assert all(answer.status_code == 503 for answer in refused), refused[0].text
        assert all(f"Queue is full. Max size is {MOST_WAITING}" in answer.text for answer in refused)
        last = taken[-1].json()["event_id"]
        assert "no such method" in http.get(f"{calls}/{last}").text, "what was taken is answered"
        assert http.post(calls, json={"data": [photo, "grad_cam", None, 1, None, 0.7, False]}).status_code == 200
