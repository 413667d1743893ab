"""Numbers that people say on the telephone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from crm_kernel.contributions import Numbering
from crm_kernel.errors import ConfigurationError
from crm_kernel.records.numbers import next_numbers

DAILY = Numbering("number", "TS-{date}-{seq:04d}", "daily")


async def take(kernel, dealership, numbering=DAILY, *, now=None, count=1, series="complaint"):
    async with kernel.db.work(None, now=now) as work:
        return await next_numbers(work, numbering, series, dealership.id, count=count)


async def test_the_counter_starts_anew_each_day_of_the_dealerships_zone(kernel, dealership):
    evening = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    night = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert await take(kernel, dealership, now=evening) == ["TS-20261122-0001"]
    assert await take(kernel, dealership, now=evening, count=3) == [f"TS-20261122-000{n}" for n in (2, 3, 4)]
    assert await take(kernel, dealership, now=night) == ["TS-20261123-0001"]
    assert await take(kernel, dealership, now=night, series="other") == ["TS-20261123-0001"]


async def test_dealerships_count_apart(kernel, dealership, make_dealership):
    east = await make_dealership("east")
    forever = Numbering("code", "KH{seq:08d}")
    assert await take(kernel, dealership, forever) == await take(kernel, east, forever) == ["KH00000001"]


async def test_many_at_once_never_get_the_same_number(kernel, dealership):
    await take(kernel, dealership)
    given = await asyncio.gather(*(take(kernel, dealership, count=2) for _ in range(12)))
    numbers = [number for pair in given for number in pair]
    assert len(set(numbers)) == 24


async def test_a_pattern_that_cannot_be_filled_is_the_developers_fault(kernel, dealership):
    with pytest.raises(ConfigurationError):
        await take(kernel, dealership, Numbering("number", "{nothing}"))
    with pytest.raises(ConfigurationError):
        await take(kernel, dealership, Numbering("number", "{seq}", "hourly"))
