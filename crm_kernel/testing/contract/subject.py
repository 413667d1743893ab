"""The plugin under examination, at work in a house of its own."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
from litestar import Litestar

from crm_kernel.access.organisation import Dealership
from crm_kernel.actor import Actor, Scope
from crm_kernel.administration.presets import seed_presets
from crm_kernel.assembly import assemble
from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.plugins import Plugin
from crm_kernel.settings import Settings
from crm_kernel.testing.clock import FixedClock
from crm_kernel.testing.contract.check import Unchecked
from crm_kernel.testing.databases import TestDatabase
from crm_kernel.testing.doorman import Doorman, served
from crm_kernel.testing.people import hire, open_dealership
from crm_kernel.testing.rows import RowMaker
from crm_kernel.testing.tables import create_tables

T = TypeVar("T")


@dataclass
class Subject:
    """A running kernel with the plugin, two dealerships, a super administrator, and the web application.

    `modules` are plugins at hand besides the installed ones; `samples` gives values of columns by entity
    where the type alone does not say what a table accepts.
    """

    name: str
    kernel: Kernel
    app: Litestar
    doorman: Doorman
    home: Path
    shop: Dealership
    foreign_shop: Dealership
    admin: Actor
    modules: Sequence[Any] = ()
    samples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def plugin(self) -> Plugin:
        """The plugin as the kernel knows it."""
        return self.kernel.plugins[self.name]

    def of(self, kind: type[T]) -> list[T]:
        """What the plugin itself brought of a kind."""
        return [value for owner, value in self.kernel.registry.owned(kind) if owner == self.name]

    @property
    def distribution(self) -> Distribution | None:
        """The installed distribution; None for a plugin at hand."""
        try:
            return distribution(self.plugin.distribution) if self.plugin.distribution else None
        except PackageNotFoundError:
            return None

    @cached_property
    def package(self) -> Path:
        """The folder of its import package. Raises Unchecked for a plugin without one."""
        folder = _package(self.plugin.module)
        if folder is None:
            raise Unchecked("the plugin is no package on disk")
        return folder

    async def hired(
        self, permissions: Mapping[str, Scope] | None = None, *, foreign: bool = False, **wishes: Any
    ) -> Actor:
        """Somebody with just these permissions, here or in the other dealership."""
        shop = self.foreign_shop if foreign else self.shop
        return await hire(self.kernel, shop.id, permissions, **wishes)

    async def row(self, entity: Entity, owner: Actor, **values: Any) -> UUID:
        """A new row of an entity that belongs to somebody, with the rows it refers to."""
        async with self.kernel.db.work(owner) as work:
            assert owner.dealership_id is not None
            maker = RowMaker(self.kernel, work, owner.dealership_id, owner.id, self.samples)
            return await maker.make(entity, **values)

    def client(self, actor: Actor | None = None, **headers: str) -> httpx.AsyncClient:
        """Asks the application as somebody, by token; as a stranger without one."""
        known = self.doorman.knows(replace(actor, via="token")) if actor is not None else {}
        asgi: Any = self.app
        transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False)
        named = {"x-request-id": "one-and-the-same", **known, **headers}
        return httpx.AsyncClient(transport=transport, base_url="http://crm.test", headers=named)

    @asynccontextmanager
    async def alone(self, database: TestDatabase) -> AsyncIterator[Kernel]:
        """Another kernel with the plugin and only what it requires, on an empty database."""
        wanted = required(self.kernel, self.name)
        at_hand = [self.kernel.plugins[name].module for name in wanted if not _installed(self.kernel, name)]
        kernel = _assembled(self.home / database.backend, database.url, at_hand, wanted)
        try:
            yield kernel
        finally:
            await kernel.db.close()


@asynccontextmanager
async def studied(
    name: str,
    home: Path,
    *,
    modules: Sequence[Any] = (),
    samples: Mapping[str, Mapping[str, Any]] | None = None,
) -> AsyncIterator[Subject]:
    """A plugin at work on SQLite under `home`. Raises LookupError when it is not there or does not run."""
    kernel = _assembled(home, f"sqlite+aiosqlite:///{home / 'contract.db'}", modules, None)
    if name not in kernel.plugins:
        raise LookupError(f"there is no plugin {name}")
    await create_tables(kernel)
    shop = await open_dealership(kernel, "default", 1, name="默认门店")
    foreign = await open_dealership(kernel, "east", 2, name="东区门店")
    await seed_presets(kernel)
    app, doorman = served(kernel)
    async with kernel.running():
        if kernel.plugins[name].state != "on":
            raise LookupError(f"{name} does not run: {kernel.plugins[name].reason}")
        admin = await hire(kernel, shop.id, super_=True, name="管理员")
        yield Subject(
            name, kernel, app, doorman, home, shop, foreign, admin, tuple(modules), dict(samples or {})
        )


def required(kernel: Kernel, name: str) -> tuple[str, ...]:
    """A plugin with all that it requires, directly or through others, the kernel's own left out."""
    found, queue = {name}, [name]
    while queue:
        for other in kernel.plugins[queue.pop()].requires:
            if other in kernel.plugins and other not in found and not kernel.plugins[other].builtin:
                found.add(other)
                queue.append(other)
    return tuple(plugin.name for plugin in kernel.plugins if plugin.name in found)


def _assembled(home: Path, url: str, modules: Sequence[Any], wanted: Sequence[str] | None) -> Kernel:
    chosen = None if wanted is None else tuple(wanted)
    settings = Settings.load({}, home=home, database_url=url, plugins=chosen)
    return assemble(settings, overrides={"clock": FixedClock()}, modules=list(modules))


def _installed(kernel: Kernel, name: str) -> bool:
    return bool(kernel.plugins[name].distribution)


def _package(module: Any) -> Path | None:
    name = getattr(module, "__package__", "") or ""
    package = sys.modules.get(name)
    file = getattr(package, "__file__", None)
    return Path(file).parent if file else None
