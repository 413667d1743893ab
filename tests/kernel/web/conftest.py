"""A browser and a program that talk to the application, and a doorman who knows them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from crm_kernel.kernel import Kernel
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.web.app import create_app


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


@pytest.fixture
def handlers() -> list[Any]:
    """Routes of a test's own at the prefix."""
    return []


Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def connect(kernel: Kernel, handlers: list[Any]) -> AsyncIterator[Client]:
    """Opens a client of the application: `connect(token="t", client="127.0.0.1")`; the rest: `create_app`."""
    opened: list[httpx.AsyncClient] = []

    def make(token: str = "", client: str = "192.0.2.7", **options: Any) -> httpx.AsyncClient:
        app = create_app(kernel, run_kernel=False, handlers=handlers, **options)
        transport = httpx.ASGITransport(app=app, client=(client, 40000), raise_app_exceptions=False)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://crm.test", headers=headers))
        return opened[-1]

    yield make
    for one in opened:
        await one.aclose()
