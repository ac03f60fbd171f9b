"""HTTP by hand, for clients that do not keep to it."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

PATIENCE = 60  # seconds; a busy machine is no failure


@dataclass(frozen=True)
class Answer:
    """What the server said: its status, and its body as JSON."""

    status: int
    body: Any


class RawClient:
    """A connection on which a test sends what it likes, whenever it likes.

    Args:
        url: of the app.
        address: of this machine, to call from.
    """

    def __init__(self, url: str, address: str = "127.0.0.1") -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self.socket = socket.create_connection((parts.hostname, parts.port), PATIENCE, (address, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def head(self, path: str, *headers: str, method: str = "POST") -> None:
        """Send the head of a request."""
        lines = (f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers)
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def chunk(self, data: bytes) -> None:
        """Send bytes as one chunk of a body without a length."""
        self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def answer(self) -> Answer:
        """Wait for the answer to what was sent so far."""
        file = self.socket.makefile("rb")
        status = int(file.readline().split()[1])
        length = 0
        while line := file.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return Answer(status, json.loads(file.read(length)))

    def is_closed(self) -> bool:
        """Wait until the server says something, or closes the connection; whether it did the latter."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
