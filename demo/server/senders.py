"""Who sent which upload: Gradio's upload knows no session, and *Delete now* is to find it all the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UPLOAD = "/gradio_api/upload"
LONGEST_ANSWER = 2**20  # bytes; the paths of a thousand files take less
Sender = tuple[str, str]


def sender_of(connection: Any) -> Sender:
    """Return where a request, Starlette's or Gradio's, comes from: its address and its browser."""
    return (connection.client.host if connection.client else "", connection.headers.get("user-agent", ""))


class Senders:
    """The uploads that no event has used yet, by who sent them."""

    def __init__(self) -> None:
        self._sender: dict[str, Sender] = {}
        self._lock = threading.Lock()

    def note(self, sender: Sender, paths: Collection[str]) -> None:
        """Take note of files that have arrived."""
        with self._lock:
            self._sender |= dict.fromkeys(paths, sender)

    def files_of(self, sender: Sender) -> set[str]:
        """Return the files that somebody sent."""
        with self._lock:
            return {path for path, owner in self._sender.items() if owner == sender}

    def forget(self, paths: Collection[str]) -> None:
        """Forget who sent files: an event has used them, or they are gone."""
        with self._lock:
            for path in paths:
                self._sender.pop(path, None)

    def paths(self) -> set[str]:
        """Return all files there are."""
        with self._lock:
            return set(self._sender)


class NoteSenders:
    """ASGI middleware that notes who sent which upload."""

    def __init__(self, app: ASGIApp, senders: Senders) -> None:
        self._app, self._senders = app, senders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != UPLOAD:
            await self._app(scope, receive, send)
            return
        answer = bytearray()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.body" and len(answer) < LONGEST_ANSWER:
                answer.extend(message.get("body", b""))
                if not message.get("more_body"):  # before the sender knows, who may use it or delete it at once
                    self._senders.note(sender_of(HTTPConnection(scope)), _paths(bytes(answer)))
            await send(message)

        await self._app(scope, receive, noted)


def _paths(answer: bytes) -> list[str]:
    try:
        payload = json.loads(answer)
    except ValueError:
        return []
    return [path for path in payload if isinstance(path, str)] if isinstance(payload, list) else []
