"""Scheduled jobs fire once per slot, however many processes there are and whatever the clock does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crm_kernel.contributions import Job
from crm_kernel.jobs.check import findings
from crm_kernel.jobs.cron import Cron
from crm_kernel.jobs.scheduler import Scheduler
from crm_kernel.jobs.worker import Worker
from crm_kernel.text import messages

_ = messages("workshop")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "now", "previous", "following"),
    [
        ("0 2 * * *", "2026-11-23 01:00", "2026-11-22 02:00", "2026-11-23 02:00"),
        ("0 2 * * *", "2026-11-23 02:00", "2026-11-23 02:00", "2026-11-24 02:00"),
        ("*/15 * * * *", "2026-11-23 10:44:59", "2026-11-23 10:30", "2026-11-23 10:45"),
        ("30 8 1 * *", "2026-11-23 10:00", "2026-11-01 08:30", "2026-12-01 08:30"),
        ("0 9 * * mon-fri", "2026-11-22 12:00", "2026-11-20 09:00", "2026-11-23 09:00"),
        ("0 9 * * 7", "2026-11-23 12:00", "2026-11-22 09:00", "2026-11-29 09:00"),
        ("5,35 6-8/2 * jan,jul *", "2026-11-23 12:00", "2026-07-31 08:35", "2027-01-01 06:05"),
        ("0 0 29 2 *", "2026-11-23 12:00", "2024-02-29 00:00", "2028-02-29 00:00"),
        ("0 0 13 * fri", "2026-11-23 12:00", "2026-11-20 00:00", "2026-11-27 00:00"),
        ("59 23 31 12 *", "2026-11-23 12:00", "2025-12-31 23:59", "2026-12-31 23:59"),
    ],
)
def test_cron_times_are_those_of_the_calendar(cron, now, previous, following):
    parsed = Cron.parse(cron)
    assert parsed.previous(at(now)) == at(previous)
    assert parsed.next(at(now)) == at(following)


@pytest.mark.parametrize(
    "wrong",
    ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *",
     "5-1 * * * *", "x * * * *", "0 0 31 2 *", "* * * * * *", "1-2-3 * * * *", "-1 * * * *"],
)  # fmt: skip
def test_a_timetable_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        Cron.parse(wrong)


async def fired(kernel, workshop):
    await Worker(kernel).drain()
    count = workshop.washed.count("report")
    workshop.washed.clear()
    return count


@pytest.fixture
async def scheduler(kernel):
    """One that has seen the schedules, so that they are due from their next slot on."""
    made = Scheduler(kernel)
    await made.tick()
    return made


async def test_a_new_schedule_begins_with_its_next_slot(kernel, scheduler, workshop, clock):
    assert await fired(kernel, workshop) == 0
    clock.advance(timedelta(minutes=5))
    await scheduler.tick()
    assert await fired(kernel, workshop) == 1
    await scheduler.tick()
    assert await fired(kernel, workshop) == 0


async def test_several_processes_fire_a_tick_once(kernel, scheduler, workshop, clock):
    others = [Scheduler(kernel) for _n in range(3)]
    clock.advance(timedelta(minutes=5))
    await asyncio.gather(*(one.tick() for one in (scheduler, *others)))
    assert await fired(kernel, workshop) == 1


async def test_ticks_that_were_missed_fire_once(kernel, scheduler, workshop, clock):
    clock.advance(timedelta(days=3))
    await scheduler.tick()
    assert await fired(kernel, workshop) == 2, "the five-minute job once, the daily one once"


async def test_a_clock_set_forward_fires_nothing_twice(kernel, scheduler, workshop, clock):
    clock._now += timedelta(hours=5)
    await scheduler.tick()
    await scheduler.tick()
    assert await fired(kernel, workshop) == 2


async def test_a_clock_set_back_a_little_fires_nothing_twice(kernel, scheduler, workshop, clock):
    clock.advance(timedelta(minutes=70))
    await scheduler.tick()
    assert await fired(kernel, workshop) == 2
    clock._now -= timedelta(minutes=4)
    for _second in range(200):
        await scheduler.tick()
        clock.advance(1)
    assert await fired(kernel, workshop) == 0


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1), timedelta(days=400)])
async def test_a_clock_set_back_far_delays_a_job_by_one_period_at_most(
    kernel, scheduler, workshop, clock, jump
):
    clock.advance(timedelta(minutes=10))
    await scheduler.tick()
    assert await fired(kernel, workshop) == 1
    clock._now -= jump
    others = [scheduler, Scheduler(kernel)]
    runs = 0
    for _step in range(20 * 6):
        for one in others:
            await one.tick()
        clock.advance(10)
    runs = await fired(kernel, workshop)
    assert 3 <= runs <= 4, "twenty minutes of a job that runs every five, less one period"


async def test_administrators_see_when_each_job_comes(kernel, scheduler, jobs, admin):
    shown = {view.name: view for view in await jobs.schedules(admin)}
    assert shown["workshop.report"].last == at("2026-11-22 02:00")
    assert shown["workshop.report"].next == at("2026-11-23 02:00")
    assert shown["workshop.count"].next == at("2026-11-23 01:05")
    assert "workshop.wash" not in shown


async def test_the_check_names_a_timetable_nobody_can_read(kernel):
    async def nothing(kernel):
        return None

    assert findings(kernel) == []
    kernel.registry.add("broken", [Job("broken.cron", nothing, _("Broken"), cron="61 * * * *")])
    (found,) = findings(kernel)
    assert found.params["name"] == "broken.cron"
    await Scheduler(kernel).tick()
