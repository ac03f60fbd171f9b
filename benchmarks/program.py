"""A program that asks the running app over HTTP, as the README does with curl."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

API = "/gradio_api"
TIMEOUT = 600  # seconds
FULL = 503  # status: more requests wait than the app takes


class BusyError(Exception):
    """The app takes no more requests for now."""


class RefusedError(Exception):
    """The app answered with a sentence instead of a result."""


class Program:
    """One client with one connection; not for several threads.

    Args:
        url: of the app.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, name: str, photo: Path, *more: object) -> tuple[dict[str, Any], list[bytes]]:
        """Send a photo, ask about it, read the answer and fetch its pictures.

        Args:
            name: of the endpoint, such as ``predict``.
            photo: an encoded file.
            more: the endpoint's other arguments; those that are left out are as it says itself.

        Returns:
            The values, and the pictures as they are packed.

        Raises:
            BusyError: if the queue is full.
            RefusedError: if the answer is a sentence.
            httpx.HTTPError: if there is no answer.
        """
        (kept,) = self._read(self._http.post(f"{API}/upload", files={"files": (photo.name, photo.read_bytes())}))
        given = [{"path": kept, "meta": {"_type": "gradio.FileData"}}, *more]
        asked = self._read(self._http.post(f"{API}/call/{name}", json={"data": given}))["event_id"]
        values, *pictures = self._answer(f"{API}/call/{name}/{asked}")
        return values, [self._http.get(picture["url"]).raise_for_status().content for picture in pictures]

    def _read(self, answer: httpx.Response) -> Any:
        if answer.status_code == FULL:
            raise BusyError(answer.text)
        return answer.raise_for_status().json()

    def _answer(self, address: str) -> list[Any]:
        event, told = "", None
        for line in self._http.get(address).raise_for_status().text.splitlines():
            kind, _, rest = line.partition(": ")
            event, told = (rest, told) if kind == "event" else (event, rest if kind == "data" else told)
        if event != "complete" or told is None:
            raise RefusedError(f"{event}: {told}")
        values: list[Any] = json.loads(told)
        return values
