"""What happened is told if and only if it was committed, and nobody who reads misses any of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, update

from crm_kernel.access.organisation import Group
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import ConfigurationError
from crm_kernel.events.models import Event
from tests.kernel.events.module import CarSold, sales_module, sell


@pytest.fixture
def kernel_modules():
    return [sales_module()]


def vins(events):
    return [event.payload["vin"] for event in events]


async def test_a_sale_that_was_rolled_back_was_never_told(kernel):
    with pytest.raises(RuntimeError):
        await sell_and_fail(kernel)
    await sell(kernel, "B")
    assert vins(await kernel.events.read()) == ["B"]


async def sell_and_fail(kernel):
    async with kernel.db.work(None) as work:
        kernel.events.emit(work, "sales.car_sold", CarSold("A", "1"))
        raise RuntimeError("the buyer walked away")


async def test_events_of_one_transaction_keep_their_order(kernel):
    await sell(kernel, *"ABCDEFGHIJ")
    await sell(kernel, *"KLM")
    events = await kernel.events.read()
    assert "".join(vins(events)) == "ABCDEFGHIJKLM"
    assert [event.position for event in events] == list(range(1, 14))


async def test_the_feed_is_read_in_portions_without_gap_or_repetition(kernel):
    await sell(kernel, *map(str, range(25)))
    seen, position = [], 0
    while portion := await kernel.events.read(position, limit=10):
        seen += vins(portion)
        position = portion[-1].position
    assert seen == [str(n) for n in range(25)]


async def test_an_event_nobody_declared_is_refused(kernel):
    async with kernel.db.work(None) as work:
        with pytest.raises(ConfigurationError):
            kernel.events.emit(work, "sales.car_stolen", CarSold("A", "1"))
        with pytest.raises(ConfigurationError):
            kernel.events.emit(work, "sales.car_sold", {"vin": "A"})


async def test_a_late_commit_gets_a_later_position_and_is_not_skipped(kernel, database):
    """Two connections: the one that wrote first commits last."""
    if database.backend == "sqlite":
        pytest.skip("SQLite has one writer at a time: rows become visible in the order of their numbers")
    async with kernel.db.engine.connect() as slow:
        await slow.execute(insert(Event.__table__), [row("slow")])
        await sell(kernel, "quick")
        first = await kernel.events.read()
        assert vins(first) == ["quick"]
        await slow.commit()
    await sell(kernel, "last")
    rest = await kernel.events.read(first[-1].position)
    assert vins(rest) == ["slow", "last"]
    everything = await kernel.events.read()
    assert vins(everything) == ["quick", "slow", "last"]


async def test_two_sequencers_at_once_give_each_event_one_position(kernel):
    await sell(kernel, *map(str, range(300)))
    await asyncio.gather(*(kernel.events.sequence() for _ in range(4)))
    events = await kernel.events.read(limit=1000)
    assert [event.position for event in events] == list(range(1, 301))
    assert vins(events) == [str(n) for n in range(300)]


async def test_two_changes_of_one_record_are_told_in_the_order_they_were_made(kernel, database):
    """The second seller waits for the first one's row lock, although he told of his sale earlier."""
    if database.backend == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    group = await a_group(kernel)
    first_holds_the_lock, second_has_told = asyncio.Event(), asyncio.Event()

    async def first():
        async with kernel.db.work(None) as work:
            await work.execute(rename(group, "first"))
            first_holds_the_lock.set()
            await second_has_told.wait()
            kernel.events.emit(work, "sales.car_sold", CarSold("first", "1"), record_id=group)

    async def second():
        await first_holds_the_lock.wait()
        async with kernel.db.work(None) as work:
            kernel.events.emit(work, "sales.car_sold", CarSold("second", "1"), record_id=group)
            second_has_told.set()
            await work.execute(rename(group, "second"))

    await asyncio.gather(first(), second())
    assert vins(await kernel.events.read()) == ["first", "second"]


async def a_group(kernel):
    async with kernel.db.work(None) as work:
        return work.add(Group(id=uuid7(), code="g", name="Group")).id


def rename(group, name):
    return update(Group).where(Group.id == group).values(name=name)


def row(vin):
    return {
        "id": uuid7(),
        "name": "sales.car_sold",
        "entity": "order",
        "at": datetime(2026, 11, 23, tzinfo=UTC),
        "payload": {"vin": vin, "price": "1"},
    }
