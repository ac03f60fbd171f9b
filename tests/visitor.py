"""A visitor without a browser: does over HTTP what the page's script does."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

PATIENCE = 300  # seconds; a busy machine is no failure


@cache
def _config(url: str) -> dict[str, Any]:
    """Return what the page is made of, which is the same for every visitor."""
    config: dict[str, Any] = httpx.get(f"{url}/config", timeout=600).json()
    return config


class Visitor:
    """One session on the running page.

    Args:
        url: of the page.
        query: of the page's address, such as ``tab=analyse``.
        address: of this machine, to call from; None: the usual one.
    """

    def __init__(self, url: str, query: str = "", address: str | None = None) -> None:
        self.session = uuid.uuid4().hex
        self.query = query
        self.done: dict[str, Any] = {}
        self.listener = threading.Thread()
        self.http = httpx.Client(base_url=url, timeout=600, transport=httpx.HTTPTransport(local_address=address))
        self.config = _config(url)
        self.parts = {one["props"].get("elem_id"): one for one in self.config["components"]}

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.listener.is_alive():
            self.listener.join(120)  # the server ends the stream when it has told all
        self.http.close()

    def upload(self, path: Path) -> dict[str, Any]:
        """Send a file and return the value that the page's script would make of it."""
        with path.open("rb") as file:
            (kept,) = self.http.post("/gradio_api/upload", files={"files": (path.name, file)}).json()
        meta = {"_type": "gradio.FileData"}
        return {"path": kept, "url": f"/gradio_api/file={kept}", "orig_name": path.name, "meta": meta}

    def event(self, part: str, name: str) -> dict[str, Any]:
        """Return the event of a component."""
        return next(one for one in self.config["dependencies"] if [self.parts[part]["id"], name] in one["targets"])

    def render(self) -> dict[str, Any]:
        """Return the event by which *Analyse* shows what the server remembers; another tab's sets it off."""
        shown = self.parts["answer"]["id"]
        changes = (one for one in self.config["dependencies"] if any(name == "change" for _, name in one["targets"]))
        return next(one for one in changes if shown in one["outputs"])

    def open(self) -> None:
        """Begin the visit, as the page's script does when it is loaded."""
        loads = (one for one in self.config["dependencies"] if any(name == "load" for _, name in one["targets"]))
        event = next(one for one in loads if self.parts["opacity"]["id"] in one["outputs"])
        body = {"data": [None], "fn_index": event["id"], "session_hash": self.session}
        self.http.post(f"/gradio_api/run/predict?{self.query}", json=body).raise_for_status()

    def then(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the event that follows another."""
        return next(one for one in self.config["dependencies"] if one["trigger_after"] == event["id"])

    def start(self, event: dict[str, Any], *data: Any, about: Any = None) -> str:
        """Ask for an event, with the values of its inputs, and return the name of the request."""
        body = {
            "data": list(data), "fn_index": event["id"], "session_hash": self.session, "event_data": about,
            "trigger_id": None,
        }  # fmt: skip
        answer = self.http.post(f"/gradio_api/queue/join?{self.query}", json=body)
        answer.raise_for_status()
        name: str = answer.json()["event_id"]
        self._listen()
        return name

    def hear(self, name: str) -> dict[str, Any]:
        """Wait for what a request came to."""
        end = time.monotonic() + PATIENCE
        while name not in self.done:
            assert time.monotonic() < end, "the app does not answer"
            self._listen()
            self.listener.join(0.05)
        message: dict[str, Any] = self.done[name]
        return message

    def finish(self, name: str) -> list[Any]:
        """Wait for a request's outputs."""
        message = self.hear(name)
        assert message["success"], message
        outputs: list[Any] = message["output"]["data"]
        return outputs

    def _listen(self) -> None:
        """Hold one stream open as long as the server has something to tell: it gives up on whoever hangs up."""
        if not self.listener.is_alive():
            self.listener = threading.Thread(target=self._hear, daemon=True)
            self.listener.start()

    def _hear(self) -> None:
        with self.http.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if message.get("msg") == "process_completed":
                    self.done[message["event_id"]] = message
                if message.get("msg") == "close_stream":
                    return

    def act(self, event: dict[str, Any], *data: Any, about: Any = None) -> dict[str | None, Any]:
        """Do something and return what came of it, by the name of the component."""
        outputs = self.finish(self.start(event, *data, about=about))
        names = {one["id"]: one["props"].get("elem_id") for one in self.config["components"]}
        return {names.get(block): value for block, value in zip(event["outputs"], outputs, strict=True)}


def without_folders(screen: dict[Any, Any]) -> str:
    """Return what a visitor is shown but for the names of folders, which are drawn by lot."""
    return re.sub(r"[0-9a-f]{64}", "", str(screen))
