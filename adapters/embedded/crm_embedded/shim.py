"""Forecourt as an ASGI application that any host can mount, wherever it takes the path away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Self

from crm_embedded.boot import boot, make_ready
from crm_embedded.host import Host
from crm_embedded.identity import HOST_SCOPE
from crm_embedded.product import product
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from crm_kernel.web.life import Life

KEPT = ("type", "asgi", "http_version", "method", "scheme", "query_string", "headers", "client", "server")
"""Keys of a scope that describe the request; everything else is the host's own."""


class Shim:
    """Starts with the host's lifespan, or with the first request where the host has none.

    The application's routes carry the public prefix, so whatever part of it the host left in the path or
    took out is put right here, and no template needs to know the host. The host's scope is not passed on:
    two session middlewares in one scope break each other.
    """

    def __init__(
        self,
        host: Host,
        settings: Settings,
        *,
        background: bool = True,
        upgrade: bool = True,
        product: Callable[[Kernel], Any] = product,
    ) -> None:
        self.host = host
        self.settings = settings
        self._background = background
        self._upgrade = upgrade
        self._product = product
        self._prefix = settings.prefix
        self._folder = settings.prefix + "/"
        self._life: Life | None = None
        self._starting = asyncio.Lock()

    @property
    def kernel(self) -> Kernel:
        """The running kernel. Raises RuntimeError before the start."""
        if self._life is None or self._life.kernel is None:
            raise RuntimeError("Forecourt has not started yet")
        return self._life.kernel

    async def start(self) -> Self:
        """Boot, bring the tables up to date, begin. Raises what went wrong; may be called again."""
        async with self._starting:
            if self._life is None:
                life = Life(
                    lambda: boot(self.settings, self.host),
                    lambda kernel: make_ready(kernel, upgrade=self._upgrade),
                    self._product,
                    background=self._background,
                )
                life.begin()
                await life.begun.wait()
                if life.fault is not None:
                    raise life.fault
                self._life = life
        return self

    async def stop(self) -> None:
        """End what was begun."""
        if self._life is not None:
            life, self._life = self._life, None
            await life.end()

    __aenter__ = start

    async def __aexit__(self, *_fault: object) -> None:
        await self.stop()

    @asynccontextmanager
    async def lifespan(self, _app: Any = None) -> AsyncIterator[None]:
        """For hosts that take a lifespan function: `FastAPI(lifespan=forecourt.lifespan)`."""
        async with self:
            yield

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            life = self._life
            if life is None:
                await self.start()
                life = self._life
            assert life is not None  # noqa: S101 - start() has set it or raised
            await life.app(self.inner(scope), receive, send)
        elif scope["type"] == "lifespan":
            await self._own_lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    def inner(self, scope: Any) -> dict[str, Any]:
        """The scope as our routes want it."""
        path, taken = scope["path"], scope.get("root_path")
        if taken or not path.startswith(self._folder):
            path = self._prefix + _below(path, taken or self._prefix)
        kept = {key: scope[key] for key in KEPT if key in scope}
        kept["path"] = path
        kept["raw_path"] = path.encode()
        kept["root_path"] = ""
        kept["state"], kept["extensions"] = {}, {}
        kept[HOST_SCOPE] = scope
        return kept

    async def _own_lifespan(self, receive: Any, send: Any) -> None:
        """Where no host stands in between: the server's own start and stop."""
        await receive()
        try:
            await self.start()
        except Exception as fault:
            await send({"type": "lifespan.startup.failed", "message": f"{type(fault).__name__}: {fault}"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})


def _below(path: str, taken: str) -> str:
    """The path below the place where Forecourt lives.

    Servers and frameworks leave all of it in the path, or the part after the proxy, or nothing; where they
    took something away, `root_path` tells what.
    """
    for place, folder in _endings(taken):
        if path.startswith(folder) or path == place:
            return path[len(place) :] or "/"
    return path or "/"


@lru_cache(maxsize=64)
def _endings(place: str) -> tuple[tuple[str, str], ...]:
    """`/erp/crm`, `/crm`, each also as a folder: the longest first."""
    parts = place.strip("/").split("/") if place.strip("/") else []
    ends = ["/" + "/".join(parts[at:]) for at in range(len(parts))]
    return tuple((end, end + "/") for end in ends)
