"""Who asks: the address that limits are counted by."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

IPV6_PREFIX = 64  # bits; one household or machine is given so many addresses that counting single ones counts nothing


def address_of(scope: Scope) -> str:
    """Return the address that a request comes from, for IPv6 that of its network; empty if the server knows none."""
    client = scope.get("client")
    if not client:
        return ""
    try:
        address = ip_address(client[0])
    except ValueError:
        return str(client[0])
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, IPV6_PREFIX), strict=False))
