"""A dealer's desk: somebody at work, and shorthands for what he does all day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel
from crm_kernel.records.query_params import parse_query

Listing = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
def records(kernel: Kernel) -> Any:
    """What can be done with every record."""
    return kernel.service("records")


@pytest.fixture
def look_up(kernel: Kernel, records: Any) -> Listing:
    """Asks a list as its address does: `await look_up(actor, "vehicles", **{"vin[endswith]": "123456"})`."""

    async def ask(actor: Actor, plural: str, **params: str) -> list[Any]:
        query = await parse_query(records, actor, records.entity(plural), params)
        page = await records.list(actor, plural, query, typed=True)
        return list(page.items)

    return ask
