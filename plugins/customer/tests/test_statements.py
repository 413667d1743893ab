"""How often a request asks the database, and by which index: the same for ten records and a hundred."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event

from crm_customer.entities import ENTITIES
from crm_kernel.actor import Scope
from crm_kernel.contributions import Entity
from crm_kernel.dal.prepared import Prepared
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.reader import RawRows, Reader
from crm_kernel.dal.reader.portable import PortableReader
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import declared_specs
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app

MOST_FOR_A_LIST, MOST_FOR_A_LIST_PAGE, MOST_FOR_A_RECORD = 3, 4, 10
"""Beginnings of transactions, which SQLite counts as statements, are none."""
VALUES: dict[type[Any], Any] = {
    str: "13800138000",
    int: 1,
    bool: True,
    Decimal: Decimal(1),
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    UUID: UUID(int=1),
    object: "x",
}
TYPED = {
    "vin": "LSVAA49J132012345",
    "vin[endswith]": "123456",
    "plate": "沪A12345",
    "mobile": "13800138000",
    "bought_on[gte]": "2026-01-01",
    "bought_on[lte]": "2026-12-31",
    "order_number": "XS20260101",
}


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


@pytest.fixture
async def browser(kernel, doorman, admin) -> AsyncIterator[httpx.AsyncClient]:
    doorman.actor = replace(admin, via="token", _accesses={})
    site = Site(kernel)
    app = create_app(kernel, run_kernel=False, handlers=site.handlers(), error_page=site.error_page)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://crm.test") as client:
        yield client


class Asked(Reader):
    """A reader that notes what is read through it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.statements: list[tuple[str, tuple[Any, ...]]] = []

    async def fetch(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        if not isinstance(self._reader, PortableReader):  # whose statements the engine tells of itself
            self.statements.append((prepared.sql, arguments))
        return await self._reader.fetch(prepared, arguments)

    async def close(self) -> None:
        await self._reader.close()


@contextmanager
def asked(kernel: Kernel) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Every statement sent meanwhile, whichever way it goes."""
    reader = kernel.db.reader
    noting = kernel.db.reader = Asked(reader)

    def note(_c: Any, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith("BEGIN"):
            noting.statements.append((statement, given))

    engine = kernel.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noting.statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
        kernel.db.reader = reader


@pytest.fixture
def fill(records, admin) -> Callable[[int, int], Awaitable[Any]]:
    async def make(first: int, last: int) -> Any:
        for n in range(first, last):
            customer = await records.create(
                admin, "customer", {"name": f"王{n}", "mobile": f"139{n:08}", "tags": []}
            )
            await records.create(
                admin,
                "vehicle",
                {"vin": f"1HGCM82633A{n:06}", "vin_reason": "进口", "customer_id": str(customer.id)},
            )
        return customer

    return make


@pytest.mark.parametrize("entity", ["customers", "vehicles"])
async def test_a_list_asks_as_often_for_a_hundred_records_as_for_ten(kernel, browser, fill, entity) -> None:
    counts = {}
    for first, last in ((0, 10), (10, 100)):
        await fill(first, last)
        for address in (f"/api/v1/{entity}?limit=100", f"/{entity}?limit=100"):
            assert (await browser.get(address)).status_code == 200
            with asked(kernel) as statements:
                answer = await browser.get(address)
            assert answer.status_code == 200
            counts[address, last] = len(statements)
    for address in (f"/api/v1/{entity}?limit=100", f"/{entity}?limit=100"):
        assert counts[address, 10] == counts[address, 100]
    assert counts[f"/api/v1/{entity}?limit=100", 100] <= MOST_FOR_A_LIST
    assert counts[f"/{entity}?limit=100", 100] <= MOST_FOR_A_LIST_PAGE


async def test_a_record_asks_at_most_ten_times(kernel, browser, fill) -> None:
    customer = await fill(0, 1)
    for address in (f"/api/v1/customers/{customer.id}", f"/customers/{customer.id}"):
        assert (await browser.get(address)).status_code == 200
        with asked(kernel) as statements:
            answer = await browser.get(address)
        assert answer.status_code == 200
        assert len(statements) <= MOST_FOR_A_RECORD, [sql for sql, _values in statements]


async def test_a_record_page_asks_as_often_for_a_long_story_as_for_a_short_one(
    kernel, browser, fill, records, admin
) -> None:
    customer = await fill(0, 1)
    address = f"/customers/{customer.id}"
    counts = []
    for changes in (1, 15):
        for number in range(changes):
            seen = await records.get(admin, "customer", customer.id)
            await records.change(
                admin, "customer", customer.id, {"remark": f"{changes}.{number}"}, seen.version
            )
        assert (await browser.get(address)).status_code == 200
        with asked(kernel) as statements:
            answer = await browser.get(address)
        assert answer.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST_FOR_A_RECORD


def filters(entity: Entity) -> Iterator[tuple[str, Any]]:
    """Everything a list can be asked to compare, with a value that fits."""
    for spec in declared_specs(entity):
        if spec.field.filter and not spec.derived and spec.type is not None:
            yield spec.name, TYPED.get(spec.name, VALUES[spec.type.python_type])
    for name in entity.lookups:
        yield name, TYPED[name]


@pytest.mark.parametrize("name", [entity.name for entity in ENTITIES])
async def test_nothing_is_looked_up_without_an_index_of_the_dealership(
    kernel, records, make_actor, database, name
) -> None:
    if database.backend != "sqlite":
        pytest.skip("the servers choose by their statistics")
    entity = records.entity(name)
    rights = (entity.permission("view"), "vehicle.view", "purchase.view")
    actor = await make_actor(dict.fromkeys(rights, Scope.DEALERSHIP))
    table = entity.model.__tablename__
    for field, value in filters(entity):
        query = Query((Condition(field, "eq", value),))
        with asked(kernel) as statements:
            await records.list(actor, entity, query)
        sql, values = next((sql, given) for sql, given in statements if f"FROM {table}" in sql)
        async with kernel.db.engine.connect() as connection:
            steps = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)).all()
        touched = [step[3] for step in steps if re.search(r"crm_customer_\w+", step[3])]
        assert touched, field
        for step in touched:
            assert step.startswith("SEARCH"), (field, step)
            assert "(dealership_id=?" in step or "(id=?" in step, (field, step)
