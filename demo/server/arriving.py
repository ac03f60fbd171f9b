"""Requests that are half way: how many there may be, and how slow."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Message, Receive

from demo import words
from demo.server.refused import RefusedError

LEAST = 2**14  # bytes that count as progress: one byte now and then does not


class Arriving:
    """Counts long requests between their first byte and their last.

    Args:
        most: altogether.
        most_per_address: from one address.
    """

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most, self._most_per_address = most, most_per_address
        self._counts: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """Hold one place.

        Raises:
            RefusedError: if none is free.
        """
        if self._counts.total() >= self._most:
            raise RefusedError(429, words.MANY_ARRIVING.format(most=self._most))
        if self._counts[address] >= self._most_per_address:
            raise RefusedError(429, words.MANY_ARRIVING_FROM_YOU.format(most=self._most_per_address))
        self._counts[address] += 1
        try:
            yield
        finally:
            self._counts[address] -= 1
            self._counts += Counter()  # forgets addresses with none


class Pace:
    """``receive`` that gives up on a client from which too little comes.

    Args:
        receive: of the request.
        seconds: of waiting in which :data:`LEAST` bytes, or the end, must come.
    """

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive, self._seconds = receive, seconds
        self._waited, self._came, self._ended = 0.0, 0, False

    async def __call__(self) -> Message:
        """Return the next message.

        Raises:
            RefusedError: if it does not come in time.
        """
        if self._ended:
            return await self._receive()  # which only tells when the client hangs up
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(self._seconds - self._waited):
                message = await self._receive()
        except TimeoutError:
            raise RefusedError(408, words.STALLED.format(seconds=self._seconds), close=True) from None
        self._waited += loop.time() - begun
        self._came += len(message.get("body", b""))
        if self._came >= LEAST:
            self._waited, self._came = 0.0, 0
        self._ended = not message.get("more_body", False)
        return message
