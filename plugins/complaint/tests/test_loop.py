"""The loop: from the call to the satisfied customer, with every turn it may take."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.kernel import Kernel


async def read(kernel: Kernel, actor: Actor, case) -> Any:
    return await kernel.service("records").get(actor, "complaint", case, typed=True)


async def test_a_complaint_is_numbered_received_and_waits_to_be_accepted(
    kernel: Kernel, agent: Actor, new_case, clock
) -> None:
    case = await read(kernel, agent, await new_case())
    assert case.number == "TS-20261123-0001"
    assert (case.status, case.level, case.channel, case.rounds) == ("received", "general", "phone", 0)
    assert (case.receiver_id, case.received_at) == (agent.id, clock.now())
    assert case.mobile == "138****8000"
    clocks = await kernel.service("flows").clocks(agent, "complaint", [case.id])
    assert [clock.kind for clock in clocks[case.id]] == ["accept", "monthly"]


async def test_an_unsatisfied_customer_sends_it_back_until_he_is_satisfied(
    kernel: Kernel, agent: Actor, handler: Actor, new_case, step
) -> None:
    case = await new_case()
    await step(agent, case, "assign")
    await step(handler, case, "investigate", "propose", "agree", "carry_out")
    await step(agent, case, "follow_up", "unsatisfied")
    again = await read(kernel, agent, case)
    assert (again.status, again.rounds, again.valid, again.outcome) == ("unsatisfied", 1, True, None)
    await step(handler, case, "propose", "agree")
    await step(handler, case, "carry_out", cost="350")
    seen = await step(agent, case, "follow_up", "satisfied")
    done = await read(kernel, agent, case)
    assert seen.state.final
    assert (done.status, done.outcome, done.rounds, done.score) == ("closed", "satisfied", 1, 9)
    assert done.cost.amount == Decimal(350)
    assert done.closed_at is not None
    history = await kernel.service("flows").history(agent, "complaint", case)
    assert [move.step for move in history][-5:] == [
        "propose",
        "agree",
        "carry_out",
        "follow_up",
        "satisfied",
    ]


async def test_a_complaint_that_is_not_justified_is_explained_and_closed(
    kernel: Kernel, agent: Actor, handler: Actor, new_case, step
) -> None:
    case = await new_case()
    await step(agent, case, "assign")
    await step(handler, case, "investigate", "reject", "explain")
    done = await read(kernel, agent, case)
    assert (done.status, done.valid, done.outcome) == ("closed", False, "invalid")


async def test_nobody_closes_a_justified_complaint_without_satisfaction_but_the_manager_with_a_reason(
    kernel: Kernel, agent: Actor, handler: Actor, manager: Actor, new_case, step
) -> None:
    case = await new_case()
    await step(agent, case, "assign")
    await step(handler, case, "investigate", "propose")
    with pytest.raises(Conflict) as refusal:
        await step(agent, case, "satisfied")
    assert {one["step"] for one in refusal.value.open} == {"agree", "propose"}
    with pytest.raises(Forbidden):
        await step(agent, case, "force_close")
    with pytest.raises(Invalid):
        await kernel.service("flows").step(manager, "complaint", case, "force_close", {})
    await step(manager, case, "force_close")
    done = await read(kernel, agent, case)
    assert (done.status, done.outcome, done.score) == ("closed", "forced", None)


async def test_whoever_it_concerns_neither_handles_nor_closes_it(
    kernel: Kernel, agent: Actor, handler: Actor, new_case, step
) -> None:
    case = await new_case(staff_concerned=[str(handler.id)])
    with pytest.raises(Invalid) as refusal:
        await step(agent, case, "assign")
    assert refusal.value.errors[0].field == "handler"
    assert (await read(kernel, agent, case)).status == "received"
    await step(agent, case, "assign", handler=str(agent.id))
    with pytest.raises(Forbidden):
        await step(handler, case, "investigate")
    assert (await kernel.service("flows").view(handler, "complaint", case)).steps == []


async def test_the_handler_cannot_become_one_it_concerns(
    kernel: Kernel, agent: Actor, handler: Actor, new_case, step
) -> None:
    case = await new_case()
    await step(agent, case, "assign")
    with pytest.raises(Invalid):
        await kernel.service("records").change(
            agent, "complaint", case, {"staff_concerned": [str(handler.id)]}
        )


async def test_a_closed_case_stays_as_it_was_until_it_is_opened_again_within_thirty_days(
    kernel: Kernel, agent: Actor, handler: Actor, manager: Actor, new_case, step, clock
) -> None:
    case = await new_case()
    await step(agent, case, "assign")
    await step(handler, case, "investigate", "reject", "explain")
    with pytest.raises(Conflict):
        await kernel.service("records").change(agent, "complaint", case, {"subject": "别的"})
    clock.advance(timedelta(days=30))
    await step(manager, case, "reopen")
    opened = await read(kernel, agent, case)
    assert (opened.status, opened.outcome, opened.closed_at) == ("assigned", None, None)
    await step(handler, case, "investigate", "reject", "explain")
    clock.advance(timedelta(days=30, seconds=1))
    with pytest.raises(Conflict) as refusal:
        await step(manager, case, "reopen")
    assert refusal.value.code == "too_late"


@pytest.mark.parametrize(
    ("level", "hours"), [("general", 24), ("escalated", 8), ("important", 4), ("urgent", 4)]
)
async def test_each_level_has_its_hours_to_be_accepted(
    kernel: Kernel, agent: Actor, new_case, level: str, hours: int, clock
) -> None:
    case = await new_case(level=level)
    clocks = (await kernel.service("flows").clocks(agent, "complaint", [case]))[case]
    due = next(clock.due_at for clock in clocks if clock.kind == "accept")
    calendar = await kernel.service("working_time").calendar(agent.dealership_id, "office")
    assert calendar.between(clock.now(), due) == timedelta(hours=hours)


async def test_a_case_of_the_authority_has_seven_and_forty_five_working_days_and_waits_with_the_customer(
    kernel: Kernel, agent: Actor, handler: Actor, new_case, step, clock
) -> None:
    case = await new_case(channel="regulator")

    async def due() -> dict[str, Any]:
        found = (await kernel.service("flows").clocks(agent, "complaint", [case]))[case]
        return {one.kind: (one.due_at, one.state) for one in found}

    first = await due()
    assert first["regulator_accept"][0].isoformat() == "2026-12-02T16:00:00+00:00"
    assert first["regulator_end"][0].isoformat() == "2027-01-25T16:00:00+00:00"
    await step(agent, case, "assign")
    await step(handler, case, "await_customer")
    assert (await due())["regulator_end"] == (None, "waiting")
    clock.advance(timedelta(days=7))
    await step(handler, case, "answered")
    assert (await due())["regulator_accept"][0] == first["regulator_accept"][0] + timedelta(days=7)


async def test_other_modules_hear_of_it_by_ids_only(
    kernel: Kernel, agent: Actor, handler: Actor, new_case, step
) -> None:
    await Dispatcher(kernel).prepare()
    case = await new_case()
    await step(agent, case, "assign")
    await step(handler, case, "investigate", "reject", "explain")
    told = [event for event in await kernel.events.read() if event.name.startswith("complaint.")]
    names = [event.name for event in told]
    assert [name for name in names if name not in ("complaint.created", "complaint.changed")] == [
        "complaint.received",
        "complaint.assigned",
        "complaint.moved",
        "complaint.moved",
        "complaint.closed",
    ]
    text = repr([event.payload for event in told])
    assert not any(word in text for word in ("13800138000", "刹车", "张先生"))


async def test_the_handler_is_told(kernel: Kernel, agent: Actor, handler: Actor, new_case, step) -> None:
    await step(agent, await new_case(), "assign")
    inbox = await kernel.service("notifications").inbox(handler)
    assert [item.text for item in inbox.items] == ["Complaint TS-20261123-0001 is yours: 刹车异响"]


async def test_a_complaint_from_tomorrow_is_refused(kernel: Kernel, new_case, clock) -> None:
    with pytest.raises(Invalid):
        await new_case(received_at=clock.now() + timedelta(days=1))


async def test_another_dealership_neither_sees_nor_moves_it(
    kernel: Kernel, agent: Actor, new_case, make_dealership, make_actor
) -> None:
    case = await new_case()
    elsewhere = await make_dealership("east")
    other = await make_actor(agent.grants.permissions, at=elsewhere.id)
    with pytest.raises(NotFound):
        await kernel.service("records").get(other, "complaint", case)
    with pytest.raises(NotFound):
        await kernel.service("flows").step(other, "complaint", case, "assign", {})
