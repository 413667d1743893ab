"""Running records go over to another version: each by itself, told where to go, written down."""

from __future__ import annotations

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Invalid, NotFound
from crm_kernel.flow import moving
from crm_kernel.jobs.port import JobOrder
from crm_kernel.kernel import Kernel
from tests.kernel.flow.test_flow import assess, repair, with_check
from tests.kernel.flow.workshop import DEFINITION


@pytest.fixture
async def checked(kernel: Kernel, advisor: Actor, manager: Actor, new_case):
    """A case in a state that version 3 does not have any more, and one that is closed."""
    editor, flows = kernel.service("flow_editor"), kernel.service("flows")
    await editor.save(advisor, "damage", with_check(), base=0)
    done = await new_case("已结案")
    await assess(kernel, advisor, done, manager.id)
    await repair(kernel, advisor, done)
    await flows.step(advisor, "case", done, "close", {})
    case = await new_case("质检中")
    await assess(kernel, advisor, case, manager.id)
    await repair(kernel, advisor, case)
    await flows.step(advisor, "case", case, "check", {})
    await editor.save(advisor, "damage", DEFINITION, base=2)
    return case


async def test_the_plan_says_for_each_state_what_happens_and_what_is_closed_stays(
    kernel: Kernel, advisor: Actor, checked, new_case
) -> None:
    mover = kernel.service("flow_mover")
    plan = await mover.plan(advisor, "damage", 3)
    [line] = plan.lines
    assert (line.version, line.state.key, line.count, line.target) == (2, "checked", 1, None)
    with pytest.raises(Invalid) as fault:
        await mover.move(advisor, "damage", 3, {})
    assert [one.field for one in fault.value.errors] == ["states.checked"]
    with pytest.raises(Invalid):
        await mover.move(advisor, "damage", 3, {"checked": "nowhere"})
    moved = await mover.move(advisor, "damage", 3, {"checked": "repaired"})
    assert (moved.moved, moved.left, moved.progress) == (1, 0, None)
    record = await kernel.service("records").get(advisor, "case", checked)
    assert record.status == "repaired"
    [line] = [
        one for one in await kernel.service("flow_editor").versions(advisor, "damage") if one.number == 2
    ]
    assert line.running == {"closed": 1}
    with pytest.raises(NotFound):
        await mover.plan(advisor, "damage", 9)


async def test_every_move_is_written_into_the_change_log(
    kernel: Kernel, advisor: Actor, admin: Actor, checked
) -> None:
    await kernel.service("flow_mover").move(advisor, "damage", 3, {"checked": "repaired"})
    page = await kernel.service("audit").history(admin, kernel.registry.entity("case"), checked, None, 50)
    assert "move_flow" in [one.verb for one in page.items]


async def test_many_are_a_jobs_work_that_goes_on_where_it_was_broken_off(
    kernel: Kernel, advisor: Actor, new_case
) -> None:
    mover, jobs = kernel.service("flow_mover"), kernel.service("jobs")
    cases = [await new_case(str(number)) for number in range(5)]
    await kernel.service("flow_editor").save(advisor, "damage", with_check(), base=1)
    mover.at_once, mover.batch = 3, 2
    begun = await mover.move(advisor, "damage", 2, {})
    assert (begun.moved, begun.left) == (0, 5)
    access = advisor.access("flows.manage")
    flow = mover._desk.flow(advisor, "damage")
    assert await mover._move_one(access, flow, 2, {}, cases[0])
    assert not await mover._move_one(access, flow, 2, {}, cases[0])
    assert await mover.resume(advisor, "damage", 2, {}, str(begun.progress)) == 4
    told = await jobs.read_progress(advisor, begun.progress)
    assert (told.state, told.result) == ("done", {"moved": 4, "left": 0})
    assert {(await kernel.service("flows").view(advisor, "case", one)).version for one in cases} == {2}


async def test_who_lost_the_right_meanwhile_moves_nothing(
    kernel: Kernel, advisor: Actor, make_actor, new_case
) -> None:
    case, jobs = await new_case(), kernel.service("jobs")
    await kernel.service("flow_editor").save(advisor, "damage", with_check(), base=1)
    other = await make_actor({"case.view": Scope.DEALERSHIP})
    progress = await jobs.start_progress(other, moving.JOB, total=1)
    arguments = {"flow": "damage", "number": 2, "states": {}, "progress": str(progress)}
    await jobs.perform(
        JobOrder(
            id=uuid7(), name=moving.JOB, arguments=arguments, queue="default", run_at=None, max_attempts=1,
            actor_id=other.id, dealership_id=other.dealership_id, request_id="-",
        )
    )  # fmt: skip
    assert (await jobs.read_progress(other, progress)).state == "failed"
    assert (await kernel.service("flows").view(advisor, "case", case)).version == 1
