"""The clocks of complaints over the Chinese year 2026, with its holidays and the days worked for them.

Office hours are half past eight to half past five. The days off and the Saturdays and Sundays worked for them
are those of the State Council's notice for 2026, written down here a second time.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_kernel.actor import Actor
from crm_kernel.administration.presets import seed_presets
from crm_kernel.flow.ringing import ring
from crm_kernel.kernel import Kernel
from crm_kernel.testing.clock import FixedClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOLIDAYS = (
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
WORKED = {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}
LEVELS = {"general": 24, "escalated": 8, "important": 4, "urgent": 4}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def works(day: date) -> bool:
    text = day.isoformat()
    if text in WORKED:
        return True
    return day.weekday() < 5 and not any(first <= text <= last for first, last in HOLIDAYS)


def by_hand(start: datetime, minutes: int) -> datetime:
    """When so many minutes of office time have passed, counted one by one."""
    moment = start
    while minutes:
        local = moment.astimezone(SHANGHAI)
        minute = local.hour * 60 + local.minute
        if works(local.date()) and 510 <= minute < 1050:
            minutes -= 1
        moment += timedelta(minutes=1)
    return moment


@pytest.fixture
def clock() -> FixedClock:
    """The first working day of the year."""
    return FixedClock(at("2026-01-04 09:00"))


def pass_until(clock: FixedClock, text: str) -> None:
    clock.advance(at(text) - clock.now())


@pytest.fixture
async def roles(kernel: Kernel, admin: Actor, dealership, make_actor) -> dict[str, Actor]:
    """Whoever the clocks name: an agent, a supervisor and the general manager, by their roles."""
    await seed_presets(kernel)
    found = {}
    for role in ("service_agent", "customer_service_supervisor", "general_manager"):
        found[role] = await make_actor({}, name=role, locale="en")
        await kernel.service("policy").grant(admin, found[role].id, role, dealership.id)
    return found


async def inbox(kernel: Kernel, actor: Actor, word: str = "") -> int:
    items = (await kernel.service("notifications").inbox(actor)).items
    return sum(word in item.text for item in items)


async def clock_of(kernel: Kernel, actor: Actor, case, kind: str):
    found = (await kernel.service("flows").clocks(actor, "complaint", [case]))[case]
    return next(one for one in reversed(found) if one.kind == kind)


async def test_every_third_day_of_the_year_each_level_is_due_when_counting_minutes_says_so(
    kernel: Kernel, dealership, database
) -> None:
    if database.backend != "sqlite":
        pytest.skip("no database is asked")
    calendar = await kernel.service("working_time").calendar(dealership.id, "office")
    for offset in range(0, 355, 3):
        day = date(2026, 1, 1) + timedelta(days=offset)
        hour = ("08:00", "09:10", "13:30", "17:29", "22:00")[offset % 5]
        received = at(f"{day} {hour}")
        hours = tuple(LEVELS.values())[offset % 4]
        assert calendar.after(received, timedelta(hours=hours)) == by_hand(received, hours * 60), received


@pytest.mark.parametrize(
    ("level", "received", "due"),
    [
        ("general", "2026-02-13 16:30", "2026-02-25 13:30"),
        ("escalated", "2026-09-30 15:00", "2026-10-08 14:00"),
        ("important", "2026-10-10 15:30", "2026-10-12 10:30"),
        ("urgent", "2026-05-01 10:00", "2026-05-06 12:30"),
    ],
)
async def test_around_the_holidays_each_level_is_due_on_the_day_on_which_people_work(
    kernel: Kernel, agent: Actor, new_case, clock, level: str, received: str, due: str
) -> None:
    pass_until(clock, received)
    case = await new_case(level=level)
    assert (await clock_of(kernel, agent, case, "accept")).due_at == at(due)


@pytest.mark.parametrize(
    ("received", "accepted", "ended"),
    [
        ("2026-02-09 10:00", "2026-02-26 00:00", "2026-04-21 00:00"),
        ("2026-09-28 10:00", "2026-10-14 00:00", "2026-12-05 00:00"),
    ],
)
async def test_the_authoritys_seven_and_forty_five_working_days_go_around_the_holidays(
    kernel: Kernel, agent: Actor, new_case, clock, received: str, accepted: str, ended: str
) -> None:
    pass_until(clock, received)
    case = await new_case(channel="regulator")
    assert (await clock_of(kernel, agent, case, "regulator_accept")).due_at == at(accepted)
    assert (await clock_of(kernel, agent, case, "regulator_end")).due_at == at(ended)


async def test_while_the_customer_is_awaited_over_the_holidays_the_authoritys_days_stand_still(
    kernel: Kernel, agent: Actor, handler: Actor, new_case, step, clock
) -> None:
    pass_until(clock, "2026-09-28 10:00")
    case = await new_case(channel="regulator")
    await step(agent, case, "assign")
    pass_until(clock, "2026-09-30 00:00")
    await step(handler, case, "await_customer")
    assert (await clock_of(kernel, agent, case, "regulator_accept")).state == "waiting"
    pass_until(clock, "2026-10-13 00:00")
    assert await ring(kernel) == 0
    await step(handler, case, "answered")
    assert (await clock_of(kernel, agent, case, "regulator_accept")).due_at == at("2026-10-21 00:00")


async def test_the_supervisor_is_warned_then_the_manager_told_then_both_reminded_on_working_days(
    kernel: Kernel, roles, new_case, clock
) -> None:
    supervisor, manager = roles["customer_service_supervisor"], roles["general_manager"]
    pass_until(clock, "2026-09-30 15:00")
    await new_case(level="escalated")
    pass_until(clock, "2026-10-08 11:59")
    assert await ring(kernel) == 0
    pass_until(clock, "2026-10-08 12:00")
    assert await ring(kernel) == 1
    assert [await inbox(kernel, one, "soon") for one in (supervisor, manager)] == [1, 0]
    pass_until(clock, "2026-10-08 14:00")
    assert await ring(kernel) == 1
    assert [await inbox(kernel, one, "has run out") for one in (supervisor, manager)] == [1, 1]
    pass_until(clock, "2026-10-09 14:01")
    assert await ring(kernel) == 1
    pass_until(clock, "2026-10-10 14:02")
    assert await ring(kernel) == 1
    pass_until(clock, "2026-10-11 23:59")
    assert await ring(kernel) == 0
    assert [await inbox(kernel, one, "has run out") for one in (supervisor, manager)] == [3, 3]


async def test_a_day_after_handling_somebody_calls_or_the_supervisor_hears_of_it(
    kernel: Kernel, roles, agent: Actor, handler: Actor, new_case, step, clock
) -> None:
    pass_until(clock, "2026-09-30 10:00")
    case = await new_case()
    await step(agent, case, "assign")
    await step(handler, case, "investigate", "propose", "agree", "carry_out")
    assert (await clock_of(kernel, agent, case, "call_back")).due_at == at("2026-10-01 10:00")
    pass_until(clock, "2026-10-01 04:00")
    assert await ring(kernel) == 1
    assert [await inbox(kernel, one, "soon") for one in (handler, roles["service_agent"])] == [1, 1]
    pass_until(clock, "2026-10-01 10:00")
    assert await ring(kernel) == 1
    assert await inbox(kernel, roles["customer_service_supervisor"], "has run out") == 1
    await step(agent, case, "follow_up")
    assert (await clock_of(kernel, agent, case, "call_back")).state in ("met", "missed")


async def test_an_open_case_is_brought_to_mind_once_a_month_until_it_is_closed(
    kernel: Kernel, roles, agent: Actor, handler: Actor, manager: Actor, new_case, step, clock
) -> None:
    case = await new_case()
    await step(agent, case, "assign")
    supervisor = roles["customer_service_supervisor"]
    for month in range(1, 4):
        clock.advance(timedelta(days=30))
        assert [await ring(kernel), await ring(kernel)] == [1, 0]
        assert await inbox(kernel, supervisor, "month") == month
        assert await inbox(kernel, handler, "month") == month
    await step(manager, case, "force_close")
    clock.advance(timedelta(days=60))
    assert await ring(kernel) == 0


async def test_two_processes_with_one_tick_each_tell_everybody_once(
    kernel: Kernel, roles, new_case, clock
) -> None:
    for _number in range(6):
        await new_case(level="urgent")
    clock.advance(timedelta(hours=4))
    assert sum(await asyncio.gather(ring(kernel), ring(kernel))) == 6
    manager = roles["general_manager"]
    assert await inbox(kernel, manager, "has run out") == 6
    assert sum(await asyncio.gather(ring(kernel), ring(kernel))) == 0
    clock.advance(timedelta(days=1, minutes=1))
    assert sum(await asyncio.gather(ring(kernel), ring(kernel))) == 6
    assert await inbox(kernel, manager, "has run out") == 12
