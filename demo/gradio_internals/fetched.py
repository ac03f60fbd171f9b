"""Photos that a request names by an address on the web: how they are fetched, and how much of them."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from gradio import processing_utils
from safehttpx import AsyncSecureTransport

from demo import words
from demo.limits import MIB, Limits
from demo.room import Room
from glamor.errors import PhotoError


async def public_address(host: str) -> str:
    """Return the address that is asked, so that no second look at the name can lead elsewhere.

    Raises:
        PhotoError: if the name has no address that everybody may reach.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):
        raise PhotoError(words.NOT_FETCHED) from None
    for *_, where in found:
        if _is_public(str(where[0])):
            return str(where[0])
    raise PhotoError(words.NOT_FETCHED)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    inside = isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or inside)


class BoundedTransport(httpx.AsyncBaseTransport):
    """Asks public addresses only, and takes no more and for no longer than is allowed.

    Gradio (6.31) reads whatever an address holds into memory, however long it takes and however much it unpacks to.

    Args:
        limits: ``upload_mib``, ``fetch_seconds``.
        room: what is fetched goes into the cache.
        find: returns the address that a host's name stands for, or raises PhotoError if it is not to be asked.
    """

    def __init__(self, limits: Limits, room: Room, find: Callable[[str], Awaitable[str]] = public_address):
        self._limits, self._room, self._find = limits, room, find

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, whose body ends in an error where it is too much.

        Raises:
            PhotoError: if there is none, see above.
        """
        end = time.monotonic() + self._limits.fetch_seconds
        headers = {**request.headers, "accept-encoding": "identity"}
        asked = httpx.Request(request.method, request.url, headers=headers)  # the transport writes into it
        async with _in_time(end, self._limits):
            transport = AsyncSecureTransport(await self._find(request.url.host))
            try:
                answer: Any = await transport.handle_async_request(asked)
            except BaseException as error:  # also when the time is over: nothing stays open
                await transport.aclose()
                if isinstance(error, httpx.HTTPError):
                    raise PhotoError(words.NOT_FETCHED) from None
                raise
        body = _Bounded(answer.stream, transport, self._limits, self._room, end)
        if answer.status_code >= 400 or "content-encoding" in answer.headers:
            await body.aclose()
            raise PhotoError(words.NOT_FETCHED)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=body, extensions=answer.extensions)


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: Any, transport: httpx.AsyncBaseTransport, limits: Limits, room: Room, end: float):
        self._stream, self._transport = stream, transport
        self._limits, self._room, self._end = limits, room, end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts, left = aiter(self._stream), self._limits.upload_mib * MIB
        while True:
            async with _in_time(self._end, self._limits):
                part = await anext(parts, None)
            if part is None:
                return
            left -= len(part)
            if left < 0:
                raise PhotoError(words.FILE_TOO_LONG.format(limit=self._limits.upload_mib))
            if not self._room.take(len(part)):
                raise PhotoError(words.CACHE_FULL)
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
        await self._transport.aclose()


def bound(limits: Limits, room: Room) -> None:
    """Have Gradio fetch through :class:`BoundedTransport`."""
    internals: Any = processing_utils
    internals.async_transport = BoundedTransport(limits, room)


@asynccontextmanager
async def _in_time(end: float, limits: Limits) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(end - time.monotonic()):
            yield
    except TimeoutError:
        raise PhotoError(words.FETCH_TOO_LONG.format(seconds=limits.fetch_seconds)) from None
