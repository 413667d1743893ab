"""An administrator's browser: pages and forms over HTTP. They hold no SQL, so one database is enough."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from crm_kernel.actor import Actor
from crm_kernel.administration.presets import seed_presets
from crm_kernel.kernel import Kernel
from crm_kernel.testing.databases import TestDatabase, database_for
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app


@pytest.fixture
async def database(tmp_path: Path) -> TestDatabase:
    return await database_for("sqlite", tmp_path)


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


OpenAs = Callable[[Actor], httpx.AsyncClient]


@pytest.fixture
async def open_as(kernel: Kernel, doorman: Gatekeeper) -> AsyncIterator[OpenAs]:
    """A browser in which this person is signed in."""
    await seed_presets(kernel)
    site = Site(kernel)
    app = create_app(kernel, run_kernel=False, handlers=site.handlers(), error_page=site.error_page)
    opened: list[httpx.AsyncClient] = []

    def make(actor: Actor) -> httpx.AsyncClient:
        doorman.known[str(actor.id)] = replace(actor, via="token", _accesses={})
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"authorization": f"Bearer {actor.id}", "accept": "text/html"}
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://crm.test", headers=headers))
        return opened[-1]

    yield make
    for one in opened:
        await one.aclose()


@pytest.fixture
async def page(open_as: OpenAs, admin: Actor) -> httpx.AsyncClient:
    """The super administrator's browser."""
    return open_as(admin)
