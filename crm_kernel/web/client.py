"""Who is on the other end: the client's address, believed through trusted proxies only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

Network = IPv4Network | IPv6Network


def networks(addresses: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks of trusted proxies. Raises ValueError for one that cannot be read."""
    return tuple(ip_network(address, strict=False) for address in addresses)


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """A request header's first value (`name` in lower case), or an empty string."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


def client_address(scope: Mapping[str, Any], trusted: Sequence[Network]) -> str:
    """The address the request came from.

    `X-Forwarded-For` is read from its right end, and only as long as the one who wrote the entry is trusted:
    the left end is whatever the client chose to send.
    """
    client = scope.get("client")
    address = client[0] if client else ""
    if not trusted or not _within(address, trusted):
        return address
    hops = [hop.strip() for hop in header(scope, b"x-forwarded-for").split(",") if hop.strip()]
    for hop in reversed(hops[-20:]):
        if not _readable(hop):
            break
        address = hop
        if not _within(hop, trusted):
            break
    return address


def is_local(scope: Mapping[str, Any]) -> bool:
    """Whether the request comes from this machine itself, and not through a proxy on it."""
    client = scope.get("client")
    if not client or header(scope, b"x-forwarded-for") or header(scope, b"forwarded"):
        return False
    return _readable(client[0]) and ip_address(client[0]).is_loopback


def _readable(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return True


def _within(address: str, trusted: Sequence[Network]) -> bool:
    if not _readable(address):
        return False
    return any(ip_address(address) in network for network in trusted)
