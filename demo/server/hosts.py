"""Under which names the app answers, whose pages may send it something, and which proxies are believed.

A web page can give its own name the address of this machine (DNS rebinding), and any page can post to any address: so
that neither reaches an app that runs for its owner alone, names must be known, and a browser's request must come from
the app's own page. Addresses in numbers are nobody's name: they cannot be rebound.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, cast

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from demo import words
from glamor.errors import GlamorError, quoted

LOOPBACK = ("localhost", "127.0.0.1", "::1")
PRIVATE = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
           "::1/128", "fc00::/7", "fe80::/10")  # fmt: skip
READS = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(
    r"(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::([0-9]{1,5}))?", re.ASCII | re.IGNORECASE
)
# What proxies say of the request they pass on; uvicorn and Gradio would believe it.
_FORWARDED = (b"x-forwarded-", b"forwarded", b"x-real-ip")
_NEVER = b"x-gradio-server"  # what Gradio's other server says to this one; there is none

Headers = list[tuple[bytes, bytes]]
Authority = tuple[str, int | None]


@dataclass(frozen=True)
class Hosts:
    """What the app answers to; names in small letters, addresses without brackets.

    Attributes:
        here: the address at which it listens, if that is one.
        listed: names and addresses that the host says are the app's.
        numbers: whether every other address in numbers will do as well.
        proxies: networks whose ``X-Forwarded-`` headers are believed.
    """

    here: str = LOOPBACK[0]
    listed: frozenset[str] = frozenset()
    numbers: bool = False
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    def accept(self, name: str) -> bool:
        """Return whether a request may be meant for this name."""
        return name in (*LOOPBACK, self.here) or name in self.listed or (self.numbers and _address(name) is not None)

    def trust(self, client: str) -> bool:
        """Return whether a connection comes from a proxy that is believed."""
        address = _address(client)
        return address is not None and any(address in network for network in self.proxies)


def read(bound: str, environment: Mapping[str, str] = os.environ) -> Hosts:
    """Return the names of an app that listens at an address.

    This machine's own names are always among them. GLAMOR_ALLOWED_HOSTS says how others reach the app; where it is
    empty, and the app listens for others, that is any address in numbers. A Space's own name is known.

    Args:
        bound: the address.
        environment: holds GLAMOR_ALLOWED_HOSTS and GLAMOR_TRUSTED_PROXY, and a Space's SPACE_ID and SPACE_HOST.

    Raises:
        GlamorError: for a name or a network that is none.
    """
    allowed = _parts(environment.get("GLAMOR_ALLOWED_HOSTS", ""))
    listed = frozenset(_named(name) for name in (*allowed, *_parts(environment.get("SPACE_HOST", ""))))
    here = _named(bound)
    address = _address(here)
    for_itself = here == "localhost" or (address is not None and address.is_loopback)
    everywhere = address is not None and address.is_unspecified
    trusted = environment.get("GLAMOR_TRUSTED_PROXY", "").strip() or ("1" if environment.get("SPACE_ID") else "0")
    return Hosts(LOOPBACK[0] if everywhere else here, listed, not for_itself and not allowed, _networks(trusted))


class HostGuard:
    """ASGI middleware that passes on what is meant for this app and does not come from another's page."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._hosts = hosts
        self._app = app
        proxied: Any = ProxyHeadersMiddleware(cast(Any, app), [str(network) for network in hosts.proxies])
        self._behind_proxy: ASGIApp = proxied

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        trusted = self._hosts.trust((scope.get("client") or ("",))[0])
        headers: Headers = [
            header for header in scope["headers"] if header[0] != _NEVER and self._believed(header, trusted)
        ]
        refusal = self._refusal(scope, headers)
        if refusal:
            await _refuse(*refusal, scope, receive, send)
            return
        if self._is_foreign(headers):  # it may be read as it may be linked to; but Gradio would let its page see it
            headers = [header for header in headers if header[0] != b"origin"]
        await (self._behind_proxy if trusted else self._app)({**scope, "headers": headers}, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Return status and sentence for a request that is not to be answered."""
        hosts = _values(headers, b"host")
        host = authority(hosts[0]) if len(hosts) == 1 else None
        if host is None:
            return 400, words.WRONG_HOST
        if not self._hosts.accept(host[0]):
            return 421, words.WRONG_HOST
        sites = _values(headers, b"sec-fetch-site")
        unsaid = "same-site" in sites and not _values(headers, b"origin")
        if _changes(scope, headers) and (self._is_foreign(headers) or "cross-site" in sites or unsaid):
            return 403, words.FOREIGN_PAGE
        return None

    def _believed(self, header: tuple[bytes, bytes], trusted: bool) -> bool:
        """Return whether a header is to be seen: a proxy's only if the proxy is trusted, and a host in it known."""
        if not header[0].startswith(_FORWARDED):
            return True
        if not trusted or header[0] != b"x-forwarded-host":
            return trusted
        found = [authority(host) for host in _parts(header[1].decode("latin-1"))]
        return all(host is not None and self._hosts.accept(host[0]) for host in found)

    def _is_foreign(self, headers: Headers) -> bool:
        """Return whether a browser says that a page of somebody else's asks."""
        asked = [
            value.partition(",")[0].strip()
            for name in (b"host", b"x-forwarded-host")
            for value in _values(headers, name)
        ]
        own = [found for found in map(authority, asked) if found]
        return any(not self._is_own(origin, own) for origin in _values(headers, b"origin"))

    def _is_own(self, origin: str, own: Iterable[Authority]) -> bool:
        """Return whether a page comes from where its request goes, or from a name that is listed."""
        scheme, _, rest = origin.partition("://")
        found = authority(rest)
        if found is None or scheme not in _PORTS:
            return False
        usual = _PORTS[scheme]
        name, port = found[0], found[1] or usual
        if any((name, port) == (host, at or usual) for host, at in own):
            return True
        return name in self._hosts.listed and port == usual


def authority(text: str) -> Authority | None:
    """Return name and port of ``name``, ``name:port`` or ``[address]:port``; None for all else, such as user@name."""
    found = _AUTHORITY.fullmatch(text)
    if found is None or (found[2] and not 0 < int(found[2]) < 65536):
        return None
    name = found[1].lower().removesuffix(".")
    if name.startswith("["):
        address = _address(name[1:-1])
        if address is None:
            return None
        name = address.compressed
    return name, int(found[2]) if found[2] else None


async def _refuse(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await JSONResponse({"error": sentence}, status_code=status)(scope, receive, send)


def _changes(scope: Scope, headers: Headers) -> bool:
    """Return whether a request may change something, or asks whether it may, or for a connection that can."""
    names = {name for name, _ in headers}
    asks = b"access-control-request-method" in names or b"upgrade" in names
    return scope["type"] == "websocket" or asks or scope["method"] not in READS


def _values(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for key, value in headers if key == name]


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _parts(text: str) -> list[str]:
    return [part for part in (part.strip() for part in text.split(",")) if part]


def _named(text: str) -> str:
    found = authority(f"[{text}]" if text.count(":") > 1 and "[" not in text else text)
    if found is None or found[1] is not None:
        raise GlamorError(words.BAD_HOST_NAME.format(given=quoted(text)[1:-1]))
    return found[0]


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    if text == "0":
        return ()
    try:
        return tuple(ip_network(network, strict=False) for network in (PRIVATE if text == "1" else _parts(text)))
    except ValueError:
        raise GlamorError(words.BAD_PROXY.format(given=quoted(text)[1:-1])) from None
