"""Deadlines: by level, in working time, waiting for the customer, warned of, escalated, each heard once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_kernel.access.organisation import Dealership
from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Invalid
from crm_kernel.flow.ringing import ring
from crm_kernel.kernel import Kernel
from tests.kernel.flow.test_flow import assess, repair

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


async def clock_of(kernel: Kernel, actor: Actor, case, kind: str = "accept"):
    found = await kernel.service("flows").clocks(actor, "case", [case])
    return next(clock for clock in reversed(found[case]) if clock.kind == kind)


async def inbox(kernel: Kernel, actor: Actor) -> list[str]:
    return [item.text for item in (await kernel.service("notifications").inbox(actor)).items]


def pass_until(clock, text: str) -> None:
    clock.advance(at(text) - clock.now())


@pytest.mark.parametrize(("level", "due"), [("normal", "2026-11-25 15:00"), ("urgent", "2026-11-23 13:00")])
async def test_each_level_has_its_span_in_working_time(
    kernel: Kernel, advisor: Actor, new_case, level: str, due: str
) -> None:
    case = await new_case(level=level)
    assert (await clock_of(kernel, advisor, case)).due_at == at(due)
    record = await kernel.service("records").get(advisor, "case", case, typed=True)
    assert record.next_due_at == at(due)


async def test_a_level_without_a_span_has_no_such_clock(kernel: Kernel, advisor: Actor, new_case) -> None:
    case = await new_case(level="none")
    found = await kernel.service("flows").clocks(advisor, "case", [case])
    assert [clock.kind for clock in found[case]] == ["finish"]


async def test_a_clock_that_is_stopped_in_time_was_met_and_a_late_one_missed(
    kernel: Kernel, advisor: Actor, new_case, clock
) -> None:
    early, late = await new_case(level="urgent"), await new_case(level="urgent")
    clock.advance(timedelta(hours=4))
    await assess(kernel, advisor, early)
    clock.advance(timedelta(minutes=1))
    assert (await clock_of(kernel, advisor, late)).state == "overdue"
    await assess(kernel, advisor, late)
    assert (await clock_of(kernel, advisor, early)).state == "met"
    assert (await clock_of(kernel, advisor, late)).state == "missed"


async def test_warning_then_escalation_then_reminders_to_those_named_and_each_once(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case, clock
) -> None:
    case = await new_case(level="urgent")
    assert await ring(kernel) == 0
    pass_until(clock, "2026-11-23 12:00")
    assert (await clock_of(kernel, advisor, case)).state == "warned"
    assert [await ring(kernel), await ring(kernel)] == [1, 0]
    assert await inbox(kernel, advisor) == ["Case 后杠: “Accept” will soon run out."]
    assert await inbox(kernel, manager) == []
    pass_until(clock, "2026-11-23 13:01")
    assert [await ring(kernel), await ring(kernel)] == [1, 0]
    assert await inbox(kernel, manager) == ["Case 后杠: “Accept” has run out."]
    pass_until(clock, "2026-11-24 13:02")
    assert [await ring(kernel), await ring(kernel)] == [1, 0]
    assert len(await inbox(kernel, manager)) == 2
    assert len(await inbox(kernel, advisor)) == 1
    names = [event.name for event in await kernel.events.read(limit=100)]
    assert [name for name in names if name.startswith("flow.")] == [
        "flow.clock_warned",
        "flow.clock_missed",
        "flow.clock_missed",
    ]


async def test_two_processes_ringing_at_once_tell_nobody_twice(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case, clock
) -> None:
    from asyncio import gather

    for _number in range(5):
        await new_case(level="urgent")
    clock.advance(timedelta(hours=5))
    assert sum(await gather(ring(kernel), ring(kernel))) == 5
    assert len(await inbox(kernel, manager)) == 5


async def test_while_the_customer_is_awaited_no_time_passes(
    kernel: Kernel, advisor: Actor, new_case, clock
) -> None:
    flows, case = kernel.service("flows"), await new_case()
    due = (await clock_of(kernel, advisor, case, "finish")).due_at
    assert due == at("2026-12-03 00:00")
    await assess(kernel, advisor, case)
    await flows.step(advisor, "case", case, "wait", {})
    waiting = await clock_of(kernel, advisor, case, "finish")
    assert (waiting.state, waiting.due_at) == ("waiting", None)
    clock.advance(timedelta(days=14))
    assert await ring(kernel) == 0
    await flows.step(advisor, "case", case, "answer", {})
    assert (await clock_of(kernel, advisor, case, "finish")).due_at == due + timedelta(days=14)


async def test_a_higher_level_shortens_the_clock_by_what_was_used_already(
    kernel: Kernel, advisor: Actor, new_case, clock
) -> None:
    case, records = await new_case(), kernel.service("records")
    clock.advance(timedelta(hours=1))
    await records.change(advisor, "case", case, {"level": "urgent"})
    assert (await clock_of(kernel, advisor, case)).due_at == at("2026-11-23 13:00")
    await records.change(advisor, "case", case, {"level": "normal"})
    assert (await clock_of(kernel, advisor, case)).due_at == at("2026-11-25 15:00")
    await records.change(advisor, "case", case, {"level": "none"})
    assert (await clock_of(kernel, advisor, case)).state == "met"


async def test_a_shorter_span_already_used_up_is_overdue_since_then_and_lengthened_again_loses_nothing(
    kernel: Kernel, advisor: Actor, new_case, clock
) -> None:
    case = await new_case(level="normal")
    pass_until(clock, "2026-11-23 15:00")
    await kernel.service("records").change(advisor, "case", case, {"level": "urgent"})
    shortened = await clock_of(kernel, advisor, case)
    assert (shortened.due_at, shortened.state) == (at("2026-11-23 13:00"), "overdue")
    await kernel.service("records").change(advisor, "case", case, {"level": "normal"})
    assert (await clock_of(kernel, advisor, case)).due_at == at("2026-11-25 15:00")


async def test_changing_something_else_gives_the_record_one_version_and_leaves_clocks_alone(
    kernel: Kernel, advisor: Actor, new_case
) -> None:
    case = await new_case()
    before = await kernel.service("records").get(advisor, "case", case)
    changed = await kernel.service("records").change(advisor, "case", case, {"level": "urgent"})
    again = await kernel.service("records").get(advisor, "case", case)
    assert (changed.version, again.version) == (before.version + 1, before.version + 1)


async def test_a_deleted_record_rings_no_bell_and_goes_on_where_it_was_when_restored(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case, clock
) -> None:
    case = await new_case(level="urgent")
    clock.advance(timedelta(hours=1))
    await kernel.service("records").delete(advisor, "case", case, "录错")
    clock.advance(timedelta(days=1))
    assert await ring(kernel) == 0
    await kernel.service("records").restore(advisor, "case", case)
    assert (await clock_of(kernel, advisor, case)).due_at == at("2026-11-24 13:00")


async def test_reopening_starts_a_clock_anew_and_keeps_the_old_one(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    flows, case = kernel.service("flows"), await new_case()
    await assess(kernel, advisor, case, manager.id)
    await repair(kernel, advisor, case)
    await flows.step(advisor, "case", case, "close", {})
    await flows.step(advisor, "case", case, "reopen", {})
    found = (await flows.clocks(advisor, "case", [case]))[case]
    assert [(clock.kind, clock.state) for clock in found if clock.kind == "finish"] == [
        ("finish", "met"),
        ("finish", "running"),
    ]


async def test_a_dealership_sets_its_own_hours(kernel: Kernel, advisor: Actor, new_case) -> None:
    hours = kernel.service("working_time")
    long_day = [[480, 1200]]
    await hours.save(advisor, [long_day] * 7, False, {"2026-11-24": []})
    case = await new_case()
    assert (await clock_of(kernel, advisor, case)).due_at == at("2026-11-26 09:00")
    for week, exceptions in (
        ([long_day] * 6, {}),
        ([[[600, 500]]] * 7, {}),
        ([[]] * 7, {}),
        ([long_day] * 7, {"2026-13-01": []}),
    ):
        with pytest.raises(Invalid):
            await hours.save(advisor, week, True, exceptions)


async def test_clocks_of_one_dealership_ring_in_its_own_time(
    kernel: Kernel, advisor: Actor, dealership: Dealership, make_dealership, make_actor, new_case
) -> None:
    west = await make_dealership("west", timezone="Asia/Urumqi")
    rights = dict.fromkeys(("case.view", "case.create"), Scope.DEALERSHIP)
    other = await make_actor(rights, at=west.id)
    case = await new_case(by=other, level="urgent")
    due = (await clock_of(kernel, other, case)).due_at
    assert due == datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("Asia/Urumqi")) + timedelta(hours=4)
