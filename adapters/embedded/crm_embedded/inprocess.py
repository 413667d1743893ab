"""Forecourt's services in the host's own process, without any web: asynchronous, or through one portal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Self

from crm_embedded import portal
from crm_embedded.boot import boot, make_ready
from crm_embedded.host import Host, HostUser
from crm_embedded.words import host_and_settings
from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel

__all__ = ["Forecourt", "HostUser", "SyncForecourt"]


class Forecourt:
    """The kernel between start and stop: `async with Forecourt(roles=...) as crm`.

    The words are those of crm_embedded.host.Host and the settings. Services are reached by name
    (`crm.service("customer.directory")`); their methods take the actor first and check his rights.
    """

    def __init__(self, *, upgrade: bool = True, **words: Any) -> None:
        self._host, self._settings = host_and_settings(None, words)
        self._upgrade = upgrade
        self._kernel: Kernel | None = None

    @property
    def host(self) -> Host:
        """What the host said about itself."""
        return self._host

    @property
    def kernel(self) -> Kernel:
        """The running kernel. Raises RuntimeError before the start."""
        if self._kernel is None:
            raise RuntimeError("Forecourt has not started yet")
        return self._kernel

    async def __aenter__(self) -> Self:
        """Boot, bring the tables up to date, start the modules."""
        kernel = boot(self._settings, self._host)
        try:
            await make_ready(kernel, upgrade=self._upgrade)
            await kernel.start()
        except BaseException:
            await kernel.db.close()
            raise
        self._kernel = kernel
        return self

    async def __aexit__(self, *_fault: object) -> None:
        kernel, self._kernel = self.kernel, None
        await kernel.stop()

    def service(self, name: str) -> Any:
        """A service by name. Raises KeyError when nobody offers it."""
        return self.kernel.service(name)

    async def actor(self, user: HostUser) -> Actor:
        """The actor for a person of the host. Raises Forbidden for somebody who is not let in."""
        found: Actor = await self.service("identity").actor(user)
        return found

    @asynccontextmanager
    async def sharing(self, connection: Any) -> AsyncIterator[None]:
        """What is written inside belongs to the transaction of the host's AsyncConnection, and ends with it.

        The connection must live on this loop. Nothing of ours is committed: the host does it, or undoes it.
        """
        async with self.kernel.db.sharing(connection):
            yield


class SyncForecourt:
    """The same for a host without a loop: `with SyncForecourt(roles=...) as crm`.

    Services give what they return, not a coroutine. May be used from any number of threads.
    """

    def __init__(self, *, upgrade: bool = True, **words: Any) -> None:
        self._inner = Forecourt(upgrade=upgrade, **words)

    def __enter__(self) -> Self:
        portal.run(self._inner.__aenter__)
        return self

    def __exit__(self, *fault: object) -> None:
        portal.run(self._inner.__aexit__, *fault)

    def actor(self, user: HostUser) -> Actor:
        """The actor for a person of the host. Raises Forbidden for somebody who is not let in."""
        return portal.run(self._inner.actor, user)

    def service(self, name: str) -> Blocking:
        """A service by name, whose methods wait for their results."""
        return Blocking(self._inner.service(name))


class Blocking:
    """A service seen from a thread without a loop."""

    def __init__(self, service: Any) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._service, name)

        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            async def on_the_loop() -> Any:
                answer = method(*args, **kwargs)
                return await answer if hasattr(answer, "__await__") else answer

            return portal.run(on_the_loop)

        return call
