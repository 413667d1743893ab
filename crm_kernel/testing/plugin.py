"""Fixtures for pytest: `kernel` on three databases, people with chosen rights, a clock, fakes, a browser.

pytest loads this module in every project beside which crm-kernel is installed: it imports nothing of the
kernel until a fixture is asked for, and fixtures of the project's own with these names win.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from uuid import UUID

    from crm_kernel.access.organisation import Dealership
    from crm_kernel.actor import Actor, Scope
    from crm_kernel.kernel import Kernel
    from crm_kernel.testing.browser import OpenPage
    from crm_kernel.testing.clock import FixedClock
    from crm_kernel.testing.databases import TestDatabase
    from crm_kernel.testing.fakes import Fakes

BACKENDS = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgres),
    pytest.param("mariadb", marks=pytest.mark.mariadb),
]
MARKERS = (
    "postgres: runs against a PostgreSQL server",
    "mariadb: runs against a MariaDB server",
    "browser: drives Chromium",
)

MakeActor = Callable[..., Awaitable["Actor"]]


def pytest_configure(config: pytest.Config) -> None:
    """The marks these fixtures carry."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)


def pytest_sessionfinish() -> None:
    """Leave no database behind on the servers."""
    databases = sys.modules.get("crm_kernel.testing.databases")
    if databases is not None:
        asyncio.run(databases.drop_databases())


@pytest.fixture
def clock() -> FixedClock:
    """The time of the test's kernel."""
    from crm_kernel.testing.clock import FixedClock

    return FixedClock()


@pytest.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> TestDatabase:
    """Each database in turn."""
    from crm_kernel.testing.databases import database_for

    return await database_for(request.param, tmp_path)


@pytest.fixture
def kernel_modules() -> list[Any]:
    """Plugins the test's kernel gets besides the installed ones; override it in your module."""
    return []


@pytest.fixture
def fakes() -> Fakes:
    """Stand-ins for everything that reaches outside; they do nothing until `kernel_overrides` names them."""
    from crm_kernel.testing.fakes import Fakes

    return Fakes()


@pytest.fixture
def kernel_overrides() -> dict[str, Any]:
    """Parts the test replaces, as a host would; override it: `return fakes.overrides("mailer", "sms")`."""
    return {}


@pytest.fixture
def kernel_settings() -> dict[str, Any]:
    """Settings the test's kernel gets, by their field's name; override it in your module."""
    return {}


@pytest.fixture
async def kernel(
    database: TestDatabase,
    tmp_path: Path,
    clock: FixedClock,
    kernel_modules: list[Any],
    kernel_overrides: dict[str, Any],
    kernel_settings: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Kernel]:
    """A running kernel with all installed plugins, empty but for the dealership `default`."""
    from crm_kernel.access.organisation import Dealership
    from crm_kernel.assembly import assemble
    from crm_kernel.settings import Settings
    from crm_kernel.testing.tables import prepare_tables

    settings = Settings.load({}, home=tmp_path / "home", database_url=database.url, **kernel_settings)
    overrides = {"clock": clock, **kernel_overrides}
    made = assemble(settings, overrides=overrides, modules=kernel_modules)
    await prepare_tables(made, database, tmp_path_factory.getbasetemp())
    async with made.db.work(None) as work:
        work.add(Dealership(number=1, code="default", name="默认门店"))
    async with made.running():
        yield made


@pytest.fixture
async def dealership(kernel: Kernel) -> Dealership:
    """The dealership `default`."""
    found = await kernel.access.store.dealership_by_code("default")
    assert found is not None
    return found


@pytest.fixture
def make_actor(kernel: Kernel, dealership: Dealership) -> MakeActor:
    """Makes a member of staff with just these permissions: `await make_actor({"customer.view": Scope.OWN})`.

    `at` is another dealership's id; the rest is as crm_kernel.testing.people.hire takes it.
    """
    from crm_kernel.testing.people import hire

    async def make(
        permissions: Mapping[str, Scope] | None = None, *, at: UUID | None = None, **wishes: Any
    ) -> Actor:
        return await hire(kernel, at or dealership.id, permissions, **wishes)

    return make


@pytest.fixture
async def admin(make_actor: MakeActor) -> Actor:
    """The super administrator."""
    return await make_actor(super_=True, name="管理员")


@pytest.fixture
def make_dealership(kernel: Kernel) -> Callable[..., Awaitable[Dealership]]:
    """Opens another dealership: `await make_dealership("east")`."""
    from crm_kernel.testing.people import open_dealership

    async def make(code: str, *, number: int = 2, **values: Any) -> Dealership:
        return await open_dealership(kernel, code, number, **values)

    return make


@pytest.fixture
async def open_plugin_page(kernel: Kernel) -> AsyncIterator[OpenPage]:
    """Opens a page of the test's kernel in Chromium, as somebody: `await open_plugin_page(admin, "/cars")`.

    Scripts, styles and the content policy are at work; no server listens. A page that reports an error on its
    console fails the test.
    """
    from crm_kernel.testing.browser import opener

    async with opener(kernel) as opened:
        yield opened
