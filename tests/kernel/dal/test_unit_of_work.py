"""Writing: all or nothing, nobody overwrites anybody, and what is committed is read at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crm_kernel.actor import Scope
from crm_kernel.dal.query import Query
from crm_kernel.dal.scoped import Scoped, scoped
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, NotFound, Stale
from crm_kernel.text import Text
from tests.kernel.dal.house import House, car
from tests.kernel.dal.showroom import CARS, Car


def cars(house: House) -> Scoped:
    return scoped(house.access(Scope.ALL), Car)


async def vins(house: House) -> set[str]:
    return {row[0] for row in (await CARS.page(house.db, house.access(Scope.ALL), Query(), ["vin"])).rows}


async def test_a_commit_is_seen_by_the_next_read(house: House) -> None:
    for n in range(5):
        await house.add([car(n)])
        assert len(await vins(house)) == n + 1


async def test_a_new_car_is_signed_by_whoever_adds_it(house: House) -> None:
    access = house.access(Scope.OWN)
    async with house.db.work(access, now=datetime(2026, 5, 1, tzinfo=UTC)) as work:
        row = work.add(car(1))
    assert (row.dealership_id, row.owner_id, row.created_by) == (
        house.ids["shop1"],
        house.ids["wang"],
        house.ids["wang"],
    )
    assert row.created_at == row.updated_at == datetime(2026, 5, 1, tzinfo=UTC)
    assert (row.version, row.tags, row.custom) == (1, [], {})


async def test_a_failed_transaction_leaves_nothing(house: House) -> None:
    told: list[str] = []
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with house.db.work(house.access(Scope.ALL)) as work:
            work.add(car(1))
            await work.flush()
            await work.bulk_insert(Car, [{"vin": f"B{n}", "name": "b"} for n in range(30)])
            work.after_commit(lambda: told.append("done"))
            _ = 1 / 0
    assert await vins(house) == set()
    assert told == []
    await house.add([car(1)])
    assert len(await vins(house)) == 1


async def test_nobody_else_sees_what_is_not_committed(house: House) -> None:
    reading, written = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with house.db.work(house.access(Scope.ALL)) as work:
            work.add(car(1))
            await work.flush()
            page = await CARS.page(house.db, house.access(Scope.ALL), Query(), ["vin"])
            assert len(page.rows) == 1
            written.set()
            await reading.wait()

    task = asyncio.create_task(write())
    await written.wait()
    assert await vins(house) == set()
    reading.set()
    await task
    assert len(await vins(house)) == 1


async def test_after_the_commit_what_was_asked_for_is_done_in_order(house: House) -> None:
    told: list[str] = []

    async def later() -> None:
        told.append("second")

    async with house.db.work(house.access(Scope.ALL)) as work:
        work.after_commit(lambda: told.append("first"))
        work.after_commit(later)
        assert told == []
    assert told == ["first", "second"]


async def test_a_nested_service_writes_in_the_same_transaction_under_its_own_name(house: House) -> None:
    wang, li = house.access(Scope.ALL), house.access(Scope.ALL, "li")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with house.db.work(wang) as outer:
            async with house.db.work(li) as inner:
                assert inner is outer
                row = inner.add(car(1))
            assert row.created_by == house.ids["li"]
            assert outer.actor is wang.actor
            _ = 1 / 0
    assert await vins(house) == set()


async def test_half_of_a_nested_service_is_never_committed(house: House) -> None:
    with pytest.raises(Conflict):  # noqa: PT012
        async with house.db.work(house.access(Scope.ALL)) as work:
            work.add(car(1))
            try:
                async with house.db.work(house.access(Scope.ALL)) as inner:
                    inner.add(car(2))
                    await inner.flush()
                    raise Conflict(Text("no"))
            except Conflict:
                pass
    assert await vins(house) == set()


async def test_a_nested_refusal_before_any_write_may_be_passed_over(house: House) -> None:
    access = house.access(Scope.ALL)
    async with house.db.work(access) as work:
        work.add(car(1))
        try:
            async with house.db.work(access) as inner:
                await inner.get(access, Car, uuid7())
        except NotFound:
            work.add(car(2))
    assert len(await vins(house)) == 2


async def test_what_fails_behind_a_savepoint_takes_nothing_else_along(house: House) -> None:
    told: list[int] = []
    async with house.db.work(house.access(Scope.ALL)) as work:
        work.facts["seen"] = {"cars": [1]}
        for n in (1, 2, 1, 3):
            try:
                async with work.savepoint():
                    work.facts["seen"]["cars"].append(n)
                    work.after_commit(lambda n=n: told.append(n))
                    async with house.db.work(house.access(Scope.ALL)) as inner:
                        inner.add(car(n))
            except IntegrityError:
                assert n == 1
        assert work.facts == {"seen": {"cars": [1, 1, 2, 3]}}
    assert await vins(house) == {car(n).vin for n in (1, 2, 3)}
    assert told == [1, 2, 3]


async def test_of_two_editors_the_second_is_told(house: House) -> None:
    access = house.access(Scope.ALL)
    await house.add([car(1)])
    row = await house.db.first(cars(house))
    async with house.db.work(access) as work:
        (await work.get(access, Car, row.id, version=1)).color = "red"
    async with house.db.work(access) as work:
        with pytest.raises(Stale) as refusal:
            await work.get(access, Car, row.id, version=1)
    assert (refusal.value.yours, refusal.value.theirs) == ({"version": 1}, {"version": 2})


async def test_of_two_writers_at_once_one_wins_and_one_is_told(house: House) -> None:
    access = house.access(Scope.ALL)
    await house.add([car(1)])
    row = await house.db.first(cars(house))
    both_read = asyncio.Barrier(2)

    async def paint(color: str) -> str:
        async with house.db.work(access) as work:
            found = await work.get(access, Car, row.id)
            if house.db.dialect != "sqlite":
                await both_read.wait()
            found.color = color
        return color

    done = await asyncio.gather(paint("red"), paint("blue"), return_exceptions=True)
    now = await house.db.first(cars(house))
    if house.db.dialect == "sqlite":
        assert done == ["red", "blue"]
        assert (now.color, now.version) == ("blue", 3)
    else:
        assert sorted(type(one).__name__ for one in done) == ["Stale", "str"]
        assert (now.color, now.version) == (next(one for one in done if isinstance(one, str)), 2)


async def test_sixteen_writers_lose_nothing(house: House) -> None:
    async def add(n: int) -> None:
        await house.add([car(n)])

    await asyncio.gather(*(add(n) for n in range(16)))
    assert len(await vins(house)) == 16


async def test_a_cancelled_writer_leaves_nothing_and_blocks_nobody(house: House) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with house.db.work(house.access(Scope.ALL)) as work:
            work.add(car(1))
            await work.flush()
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await house.add([car(2)])
    assert await vins(house) == {car(2).vin}


async def test_values_come_back_as_they_went_in(house: House) -> None:
    shanghai = timezone(timedelta(hours=8))
    row = car(
        1,
        price=Decimal("12345678901234.56"),
        sold=True,
        registered_on=date(2026, 2, 28),
        key_code="密钥🔑",
        tags=["a", "b"],
        custom={"k": [1, {"x": None}]},
    )
    row.created_at = datetime(2026, 3, 1, 7, 30, 0, 123456, tzinfo=shanghai)
    await house.add([row])
    found = await house.db.first(cars(house))
    assert found.price == Decimal("12345678901234.56")
    assert isinstance(found.price, Decimal)
    assert found.created_at == datetime(2026, 2, 28, 23, 30, 0, 123456, tzinfo=UTC)
    assert found.created_at.tzinfo is UTC
    assert (found.sold, found.registered_on, found.key_code) == (True, date(2026, 2, 28), "密钥🔑")
    assert (found.tags, found.custom) == (["a", "b"], {"k": [1, {"x": None}]})
    names = ["price", "created_at", "sold", "registered_on", "key_code", "tags", "custom"]
    fast = await CARS.one(house.db, house.access(Scope.ALL), found.id, names, typed=True)
    assert fast is not None
    assert list(fast) == [getattr(found, name) for name in names]


async def test_a_time_without_zone_is_refused(house: House) -> None:
    row = car(1)
    row.created_at = datetime(2026, 3, 1)  # noqa: DTZ001
    with pytest.raises(Exception, match="zone"):
        await house.add([row])


async def test_an_encrypted_value_lies_unreadable_in_the_table(house: House) -> None:
    await house.add([car(1, key_code="secret-key")])
    async with house.db.engine.connect() as connection:
        stored = (await connection.execute(text("SELECT key_code FROM crm_showroom_car"))).scalar_one()
    assert "secret" not in stored
    assert stored.startswith("1.")


@pytest.mark.parametrize("count", [3, 120])
async def test_many_cars_at_once_are_whole_cars(house: House, count: int) -> None:
    access = house.access(Scope.DEALERSHIP)
    rows = [
        {"vin": f"V{n:04}", "name": f"车 {n}", "price": Decimal(n) / 4, "key_code": f"key {n}", "color": None}
        for n in range(count)
    ]
    async with house.db.work(access) as work:
        await work.bulk_insert(Car, rows)
        await work.bulk_insert(Car, [])
    found = {one.vin: one for one in await house.db.rows(cars(house))}
    assert len(found) == count
    one = found["V0001"]
    assert (one.price, one.key_code, one.sold, one.version) == (Decimal("0.25"), "key 1", False, 1)
    assert (one.dealership_id, one.created_by) == (house.ids["shop1"], house.ids["wang"])
    assert (one.tags, one.custom) == ([], {})
    async with house.db.work(access) as work:
        await work.bulk_update(
            Car, [{"id": c.id, "price": Decimal(9), "tags": ["x"]} for c in found.values()]
        )
        await work.bulk_update(Car, [])
    again = await house.db.rows(cars(house))
    assert {(c.price, tuple(c.tags), c.version) for c in again} == {(Decimal(9), ("x",), 2)}


class Notebook:
    """An observer that writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def flushing(self, work: UnitOfWork, session: Session) -> None:
        work.facts.setdefault("vins", []).extend(row.vin for row in session.new if isinstance(row, Car))

    async def committing(self, work: UnitOfWork) -> None:
        self.lines.append(",".join(work.facts.pop("vins", [])))


async def test_an_observer_hears_of_what_is_committed_only(house: House) -> None:
    notebook = Notebook()
    house.db.observe(notebook)
    async with house.db.work(house.access(Scope.ALL)) as work:
        work.add(car(1))
        with pytest.raises(ZeroDivisionError):  # noqa: PT012
            async with work.savepoint():
                work.add(car(2))
                await work.flush()
                _ = 1 / 0
        work.add(car(3))
    failed: Any = None
    try:
        async with house.db.work(house.access(Scope.ALL)) as work:
            work.add(car(1))
    except IntegrityError as fault:
        failed = fault
    assert failed is not None
    assert notebook.lines == [f"{car(1).vin},{car(3).vin}"]
