"""Writing past the session, and what a writer does to everybody else: bulk rows, waiting, giving up."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from crm_kernel.actor import Scope
from crm_kernel.dal.scoped import scoped
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from tests.kernel.dal.house import House
from tests.kernel.dal.showroom import Car

MANY = 700


def rows(count: int, *, twice: bool = False) -> list[dict[str, object]]:
    ids = [uuid7() for _row in range(count)]
    if twice:
        ids[-1] = ids[0]
    return [{"id": one, "vin": f"V{number}", "name": "x"} for number, one in enumerate(ids)]


async def vins(house: House) -> set[str]:
    return set(await house.db.rows(scoped(house.access(Scope.ALL), Car, Car.vin)))


@pytest.mark.parametrize("count", [1, 2, 127, 128, 129, MANY])
async def test_every_row_of_a_bulk_arrives_once_with_its_signature(house: House, count: int) -> None:
    async with house.db.work(house.access(Scope.ALL), now=datetime(2026, 5, 1, tzinfo=UTC)) as work:
        await work.bulk_insert(Car, rows(count))
        seen = await work.rows(scoped(house.access(Scope.ALL), Car))
        assert len(seen) == count
    assert await vins(house) == {f"V{number}" for number in range(count)}
    assert all(one.version == 1 and one.created_at == datetime(2026, 5, 1, tzinfo=UTC) for one in seen)


@pytest.mark.parametrize("count", [2, MANY])
async def test_a_bulk_that_breaks_a_constraint_leaves_nothing(house: House, count: int) -> None:
    with pytest.raises(IntegrityError):
        async with house.db.work(house.access(Scope.ALL)) as work:
            await work.bulk_insert(Car, rows(count, twice=True))
    assert await vins(house) == set()
    async with house.db.work(house.access(Scope.ALL)) as work:
        await work.bulk_insert(Car, rows(3))
    assert len(await vins(house)) == 3


@pytest.mark.parametrize("count", [2, MANY])
async def test_a_bulk_that_fails_in_a_savepoint_takes_nothing_else_along(house: House, count: int) -> None:
    async with house.db.work(house.access(Scope.ALL)) as work:
        await work.bulk_insert(Car, [{"id": uuid7(), "vin": "KEPT", "name": "x"}])
        with pytest.raises(IntegrityError):
            async with work.savepoint():
                await work.bulk_insert(Car, rows(count, twice=True))
    assert await vins(house) == {"KEPT"}


async def test_a_writer_that_waits_for_another_process_stops_nobody(house: House) -> None:
    if house.db.dialect != "sqlite":
        pytest.skip("only SQLite has one writer")
    other = sqlite3.connect(str(house.db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with house.db.work(house.access(Scope.ALL)) as work:
            await work.bulk_insert(Car, rows(1))

    writing = asyncio.create_task(write())
    for _turn in range(50):
        await asyncio.sleep(0)
    assert not writing.done()
    assert await vins(house) == set()
    other.execute("COMMIT")
    await writing
    other.close()
    assert await vins(house) == {"V0"}


async def test_a_writer_that_gives_up_waiting_leaves_the_line_free(house: House) -> None:
    if house.db.dialect != "sqlite":
        pytest.skip("only SQLite has one writer")
    other = sqlite3.connect(str(house.db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write(vin: str) -> None:
        async with house.db.work(house.access(Scope.ALL)) as work:
            await work.bulk_insert(Car, [{"id": uuid7(), "vin": vin, "name": "x"}])

    impatient = asyncio.create_task(write("GONE"))
    for _turn in range(50):
        await asyncio.sleep(0)
    impatient.cancel()
    other.execute("COMMIT")
    other.close()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    await write("NEXT")
    assert await vins(house) == {"NEXT"}


async def test_a_long_question_inside_a_transaction_does_not_stop_everybody_else(house: House) -> None:
    if house.db.dialect != "sqlite":
        pytest.skip("the other databases think elsewhere anyway")
    async with house.db.work(house.access(Scope.ALL)) as work:
        counting = asyncio.create_task(_count(work))
        turns = 0
        while not counting.done():
            await asyncio.sleep(0)
            turns += 1
        assert await counting == 3_000_000
    assert turns > 3


async def _count(work: UnitOfWork) -> int:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000) SELECT i FROM n"
    return int((await work.connection.execute(text(f"SELECT count(*) FROM ({numbers})"))).scalar_one())
