"""Calls other machines: resolves, judges and pins the address, follows nothing, waits and reads only so
much."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from crm_kernel.access.permitted import public
from crm_kernel.outbound.addresses import Allowed, Refused, plain_host, port_of, target
from crm_kernel.text import messages

_ = messages("kernel")

SECONDS = 10.0
BYTES = 1 << 20
USER_AGENT = "Forecourt/1"
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class NotReached(Exception):
    """Nobody answered at the address: nothing was sent."""


class Interrupted(Exception):
    """The request was sent, and no complete answer came in time or in size: what became of it is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in small letters. A redirect is an answer like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host, by the machine's own resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outbound:
    """Offered as `outbound`. It checks no rights: whoever calls it has decided that something may leave.

    Plain http goes to machines the operator allowed expressly, all others are called by https. `resolve` may
    be replaced by a host with a resolver of its own.
    """

    def __init__(self, allowed: Allowed, resolve: Resolve = resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve

    @public
    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        seconds: float = SECONDS,
        limit: int = BYTES,
    ) -> Answer:
        """One request and its answer, of which at most `limit` bytes are taken (0: the body is not read).

        `seconds` is for everything together. Raises Refused, NotReached, Interrupted.
        """
        parts = target(url)
        backend = _Pinned(self._allowed, self._resolve, encrypted=parts.scheme == "https")
        host = _ascii(parts.hostname or "")
        shown = f"[{host}]" if ":" in host else host
        default = port_of(parts) == {"https": 443, "http": 80}[parts.scheme]
        place = shown if default else f"{shown}:{port_of(parts)}"
        sent = {"host": place, "user-agent": USER_AGENT, "accept-encoding": "identity"}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        sent |= {"content-length": str(len(body))} if body or method not in ("GET", "HEAD") else {}
        address = httpcore.URL(
            scheme=parts.scheme.encode(),
            host=host.encode(),
            port=port_of(parts),
            target=_target(parts.path, parts.query),
        )
        try:
            async with (
                asyncio.timeout(seconds),
                httpcore.AsyncConnectionPool(ssl_context=_tls(), network_backend=backend, retries=0) as pool,
                pool.stream(method, address, headers=list(sent.items()), content=body) as answer,
            ):
                found = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in answer.headers}
                return Answer(answer.status, found, await _read(answer, limit))
        except httpcore.ConnectError as fault:
            raise NotReached(str(fault)) from fault
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            TimeoutError,
        ) as fault:
            if not backend.connected:
                raise NotReached(type(fault).__name__) from fault
            raise Interrupted(str(fault) or type(fault).__name__) from fault

    @public
    async def check(self, url: str) -> None:
        """Raise Refused for an address that would be, as long as its name can be resolved now."""
        parts = target(url)
        host, port = _ascii(parts.hostname or ""), port_of(parts)
        try:
            found = await self._resolve(host, port)
        except OSError:
            return
        _judge(self._allowed, host, found, encrypted=parts.scheme == "https")

    @public
    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host that may be called, judged, for protocols other than HTTP.

        Connect to one of these, not to the name, which may point elsewhere a moment later. The conversation
        must be encrypted. Raises Refused, NotReached.
        """
        name = _ascii(host.strip())
        try:
            found = await self._resolve(name, port)
        except OSError as fault:
            raise NotReached(host) from fault
        _judge(self._allowed, name, found, encrypted=True)
        return found


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was judged, so that a name cannot point elsewhere a moment later."""

    def __init__(self, allowed: Allowed, resolve: Resolve, *, encrypted: bool) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._encrypted = encrypted
        self._inner = httpcore.AnyIOBackend()
        self.connected = False

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await self._resolve(host, port)
        except OSError as fault:
            raise httpcore.ConnectError(f"{host}: {fault}") from fault
        _judge(self._allowed, host, found, encrypted=self._encrypted)
        failed: Exception = httpcore.ConnectError(host)
        for address in found:
            try:
                stream = await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
                failed = fault
            else:
                self.connected = True
                return stream
        raise failed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _judge(allowed: Allowed, host: str, found: Sequence[str], *, encrypted: bool) -> None:
    if not found or not all(allowed.permits(host, address) for address in found):
        raise Refused(
            _("{host} is an address inside, which may not be called unless CRM_OUTBOUND_ALLOW names it.")(
                host=host
            )
        )
    if not encrypted and not all(allowed.inside(host, address) for address in found):
        raise Refused(_("{host} can only be called by https.")(host=host))


async def _read(answer: httpcore.Response, limit: int) -> bytes:
    if not limit:
        return b""
    body = bytearray()
    async for piece in answer.aiter_stream():
        body += piece
        if len(body) > limit:
            raise Interrupted(f"more than {limit} bytes")
    return bytes(body)


def _ascii(host: str) -> str:
    if host.isascii():
        return plain_host(host)
    try:
        return plain_host(host.encode("idna").decode("ascii"))
    except UnicodeError as fault:
        raise Refused(_("This is not a web address.")) from fault


def _target(path: str, query: str) -> bytes:
    from urllib.parse import quote

    found = quote(path or "/", safe="/%:@!$&'()*+,;=~-._")
    return (found + ("?" + quote(query, safe="/%:@!$&'()*+,;=~-._?") if query else "")).encode("ascii")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
