"""How SQLite, without any statistics, finds what is asked: by an index, and by the same on every page."""

from __future__ import annotations

from typing import Any

import pytest

from crm_kernel.actor import Access, Scope
from crm_kernel.dal.prepared import Prepared
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.reader import RawRows, Reader
from tests.kernel.dal.house import House, car
from tests.kernel.dal.showroom import CARS

# The servers keep statistics by themselves.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


class Recorder:
    """A reader that remembers the last statement."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.last: tuple[str, tuple[Any, ...]] = ("", ())

    async def fetch(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        self.last = prepared.sql, arguments
        return await self._reader.fetch(prepared, arguments)

    async def close(self) -> None:
        await self._reader.close()


async def plan(house: House, access: Access, query: Query) -> str:
    """The steps SQLite takes, and the next page's cursor checked on the way."""
    recorder = Recorder(house.db.reader)
    house.db.reader = recorder
    await CARS.page(house.db, access, query, ["vin"])
    sql, arguments = recorder.last
    async with house.db.engine.connect() as connection:
        rows = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", arguments)).all()
    return " | ".join(row[3] for row in rows)


@pytest.fixture
async def filled(house: House) -> House:
    await house.add([car(n, house.ids[f"shop{n % 4 + 1}"], key_bi=str(n)) for n in range(40)])
    return house


@pytest.mark.parametrize("scope", [Scope.DEALERSHIP, Scope.REGION, Scope.GROUP, Scope.ALL])
@pytest.mark.parametrize(
    ("field", "value", "index"),
    [
        ("plate", "A07", "dealership_id_plate"),
        ("vin", "VIN00000000000007", "dealership_id_vin"),
        ("key", "7", "dealership_id_key_bi"),
    ],
)
async def test_a_look_up_goes_by_the_index_that_starts_with_the_dealership(
    filled: House, scope: Scope, field: str, value: str, index: str
) -> None:
    steps = await plan(filled, filled.access(scope), Query((Condition(field, "eq", value),)))
    assert f"{index} (dealership_id=?" in steps
    assert "SCAN crm_showroom_car" not in steps


@pytest.mark.parametrize("sort", [(), ("-created_at",), ("created_at",), ("vin",)])
async def test_a_page_of_a_dealership_needs_no_sorting_wherever_it_lies(
    filled: House, sort: tuple[str, ...]
) -> None:
    access = filled.access(Scope.DEALERSHIP)
    first = await plan(filled, access, Query(sort=sort, limit=3))
    page = await CARS.page(filled.db, access, Query(sort=sort, limit=3), ["vin"])
    later = await plan(filled, access, Query(sort=sort, limit=3, cursor=page.next))
    for steps in (first, later):
        assert "(dealership_id=?" in steps
        assert "TEMP B-TREE" not in steps
    assert first.split(" (")[0] == later.split(" (")[0]


@pytest.mark.parametrize("scope", [Scope.GROUP, Scope.ALL])
async def test_who_sees_many_dealerships_gets_his_page_in_the_order_of_time(
    filled: House, scope: Scope
) -> None:
    async with filled.db.engine.connect() as connection:
        await connection.exec_driver_sql("ANALYZE")
        await connection.commit()
    await filled.db.engine.dispose()
    assert "created_at_id" in await plan(filled, filled.access(scope), Query())
