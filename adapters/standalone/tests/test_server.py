"""The server answers from its first moment, and says what it is waiting for."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from crm_kernel.settings import Settings
from crm_standalone.server import Server

PAGE = {"accept": "text/html", "accept-language": "en"}


@asynccontextmanager
async def lifespan(server: Server) -> AsyncIterator[list[str]]:
    """Drives a server through its life as uvicorn does."""
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    told: list[str] = []
    started = asyncio.Event()

    async def send(message: Any) -> None:
        told.append(message["type"])
        started.set()

    life = asyncio.create_task(server({"type": "lifespan"}, inbox.get, send))
    await inbox.put({"type": "lifespan.startup"})
    await started.wait()
    yield told
    await inbox.put({"type": "lifespan.shutdown"})
    await life


def client(server: Server) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=server, client=("192.0.2.1", 4000))
    return httpx.AsyncClient(transport=transport, base_url="http://crm.test")


async def test_while_tables_are_upgraded_people_see_a_page_and_programs_a_time(tmp_path) -> None:
    server = Server(Settings.load({}, home=tmp_path / "home"), background=False)
    async with lifespan(server) as told, client(server) as browser:
        assert told == ["lifespan.startup.complete"]
        page = await browser.get("/customers", headers=PAGE)
        assert (page.status_code, page.headers["retry-after"]) == (503, "3")
        assert "The system is being upgraded" in page.text
        problem = await browser.get("/api/v1/customers")
        assert (problem.status_code, problem.json()["code"]) == (503, "upgrading")
        assert (await browser.get("/health/live")).status_code == 200
        assert (await browser.get("/health/ready")).status_code == 503

        await asyncio.wait_for(server.prepared.wait(), 100)
        assert (await browser.get("/health/ready")).status_code == 200
        assert (await browser.get("/api/v1/customers")).status_code == 401
        assert (await browser.get("/login", headers=PAGE)).status_code == 200
    assert told[-1] == "lifespan.shutdown.complete"


async def test_a_server_that_cannot_start_ends_and_says_so(tmp_path) -> None:
    settings = Settings.load(
        {}, home=tmp_path / "home", database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none"
    )
    server = Server(settings, background=False)
    asked: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    try:
        async with lifespan(server), client(server) as browser:
            await asyncio.wait_for(server.prepared.wait(), 100)
            assert (await browser.get("/health/ready")).status_code == 503
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (server.failed, asked) == (True, [signal.SIGTERM])


@pytest.mark.parametrize("path", ["/health/live", "/crm/health/live"])
async def test_with_a_prefix_the_start_page_lives_under_it(tmp_path, path) -> None:
    settings = Settings.load({}, home=tmp_path / "home", public_url="https://example.test/crm")
    async with client(Server(settings)) as browser:
        assert (await browser.get(path)).status_code == (200 if path.startswith("/crm") else 503)
