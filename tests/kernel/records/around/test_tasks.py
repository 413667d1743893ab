"""Tasks: mine, my team's, those I gave to others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_kernel.access.organisation import Team
from crm_kernel.actor import Actor, Scope
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, Invalid, NotFound, Stale
from crm_kernel.kernel import Kernel
from crm_kernel.records.tasks.telling import remind
from crm_kernel.records.tasks.view import TaskChange, TaskDraft
from tests.kernel.records.around.conftest import RIGHTS

EVERYTHING = dict.fromkeys(RIGHTS, Scope.DEALERSHIP)


@pytest.fixture
async def team(kernel: Kernel, dealership) -> Team:
    async with kernel.db.work(None) as work:
        return work.add(Team(id=uuid7(), dealership_id=dealership.id, name="展厅一组"))


async def titles(kernel: Kernel, actor: Actor, whose: str = "mine", **options) -> list[str]:
    page = await kernel.service("tasks").list(actor, whose, **options)
    return [task.title for task in page.items]


async def test_open_tasks_stand_by_due_date_those_without_one_last(
    kernel: Kernel, agent: Actor, clock
) -> None:
    tasks = kernel.service("tasks")
    day = timedelta(days=1)
    await tasks.add(agent, TaskDraft(title="随时"))
    await tasks.add(agent, TaskDraft(title="后天", due_at=clock.now() + 2 * day))
    await tasks.add(agent, TaskDraft(title="昨天", due_at=clock.now() - day))
    assert await titles(kernel, agent) == ["昨天", "后天", "随时"]
    assert await titles(kernel, agent, overdue=True) == ["昨天"]
    counts = await tasks.counts(agent)
    assert (counts.open, counts.overdue) == (3, 1)


async def test_pages_of_tasks_leave_none_out(kernel: Kernel, agent: Actor, clock) -> None:
    tasks = kernel.service("tasks")
    for number in range(5):
        await tasks.add(
            agent, TaskDraft(title=str(number), due_at=clock.now() + timedelta(hours=number // 2))
        )
    seen, cursor = [], None
    while True:
        page = await tasks.list(agent, cursor=cursor, limit=2)
        seen += [task.title for task in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


async def test_a_task_about_a_client_stands_on_his_page_and_in_his_timeline(
    kernel: Kernel, agent: Actor, new_client
) -> None:
    client = await new_client("王芳")
    tasks = kernel.service("tasks")
    made = await tasks.add(agent, TaskDraft(title="回访", entity="clients", record_id=client))
    assert (made.entity, made.record_id, made.record) == ("client", client, "王芳")
    page = await tasks.of_record(agent, "client", client)
    assert [task.id for task in page.items] == [made.id]
    told = await kernel.service("timeline").read(agent, "client", client, kinds=["task"])
    assert ["回访" in item.text for item in told.items] == [True]


async def test_done_reopened_and_done_again(kernel: Kernel, agent: Actor, clock) -> None:
    tasks = kernel.service("tasks")
    made = await tasks.add(agent, TaskDraft(title="交车"))
    done = await tasks.close(agent, made.id, remark="已交")
    assert (done.state, done.remark, done.closed_at) == ("done", "已交", clock.now())
    again = await tasks.close(agent, made.id)
    assert again.version == done.version
    assert await titles(kernel, agent) == []
    assert await titles(kernel, agent, state="done") == ["交车"]
    with pytest.raises(Conflict):
        await tasks.change(agent, made.id, TaskChange(title="改"))
    reopened = await tasks.reopen(agent, made.id)
    assert (reopened.state, reopened.closed_at) == ("open", None)


async def test_who_gives_a_task_away_still_sees_it(kernel: Kernel, make_actor, agent: Actor) -> None:
    boss = await make_actor(EVERYTHING | {"tasks.view": Scope.OWN, "tasks.change": Scope.OWN}, name="主管")
    tasks = kernel.service("tasks")
    made = await tasks.add(boss, TaskDraft(title="查保险", assignee_id=agent.id))
    assert made.assignee == "李接待"
    assert await titles(kernel, agent) == ["查保险"]
    assert await titles(kernel, boss, "mine") == []
    assert await titles(kernel, boss, "given") == ["查保险"]
    moved = await tasks.change(boss, made.id, TaskChange(assignee_id=boss.id), made.version)
    assert moved.assignee_id == boss.id
    assert await titles(kernel, agent) == []


async def test_work_is_given_only_as_far_as_the_right_reaches(
    kernel: Kernel, make_actor, agent: Actor, stranger: Actor, team: Team
) -> None:
    rights = EVERYTHING | {"tasks.create": Scope.TEAM, "tasks.view": Scope.TEAM}
    leader = await make_actor(rights, name="组长", place={"team_id": team.id})
    member = await make_actor(EVERYTHING, name="组员", place={"team_id": team.id})
    loner = await make_actor(EVERYTHING | {"tasks.create": Scope.TEAM}, name="无组")
    tasks = kernel.service("tasks")

    await tasks.add(leader, TaskDraft(title="组内", assignee_id=member.id))
    assert await titles(kernel, leader, "team") == ["组内"]
    for giver, receiver in ((leader, agent.id), (leader, stranger.id), (loner, agent.id), (agent, uuid7())):
        with pytest.raises(Invalid) as refused:
            await tasks.add(giver, TaskDraft(title="越界", assignee_id=receiver))
        assert refused.value.errors[0].field == "assignee_id"
    assert await titles(kernel, loner, "team") == []


async def test_only_ones_own_tasks_without_a_wider_right(kernel: Kernel, make_actor, agent: Actor) -> None:
    junior = await make_actor(EVERYTHING | {"tasks.view": Scope.OWN, "tasks.change": Scope.OWN})
    tasks = kernel.service("tasks")
    made = await tasks.add(agent, TaskDraft(title="别人的"))
    assert await titles(kernel, junior, "all") == []
    for attempt in (tasks.get(junior, made.id), tasks.close(junior, made.id)):
        with pytest.raises(NotFound):
            await attempt


async def test_another_dealership_reaches_no_task(
    kernel: Kernel, agent: Actor, stranger: Actor, new_client
) -> None:
    client = await new_client()
    tasks = kernel.service("tasks")
    made = await tasks.add(agent, TaskDraft(title="本店", entity="client", record_id=client))
    assert await titles(kernel, stranger, "all") == []
    for attempt in (
        tasks.get(stranger, made.id),
        tasks.change(stranger, made.id, TaskChange(title="x")),
        tasks.close(stranger, made.id),
        tasks.reopen(stranger, made.id),
        tasks.delete(stranger, made.id),
        tasks.of_record(stranger, "client", client),
        tasks.add(stranger, TaskDraft(title="x", entity="client", record_id=client)),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await tasks.get(agent, made.id)).title == "本店"


async def test_two_people_at_one_task_do_not_overwrite_each_other(kernel: Kernel, agent: Actor) -> None:
    tasks = kernel.service("tasks")
    made = await tasks.add(agent, TaskDraft(title="一"))
    await tasks.change(agent, made.id, TaskChange(title="二"), made.version)
    with pytest.raises(Stale):
        await tasks.change(agent, made.id, TaskChange(title="三"), made.version)


async def test_wrong_fields_are_named(kernel: Kernel, agent: Actor, clock) -> None:
    tasks = kernel.service("tasks")
    for wrong, field in (
        (TaskDraft(title=" "), "title"),
        (TaskDraft(title="x" * 201), "title"),
        (TaskDraft(title="x", due_at=clock.now().replace(year=1900)), "due_at"),
        (TaskDraft(title="x", due_at=clock.now().replace(tzinfo=None)), "due_at"),
        (TaskDraft(title="x", entity="client"), "record_id"),
    ):
        with pytest.raises(Invalid) as refused:
            await tasks.add(agent, wrong)
        assert [error.field for error in refused.value.errors] == [field]


async def test_a_reminder_goes_out_once(kernel: Kernel, agent: Actor, clock) -> None:
    tasks, notifications = kernel.service("tasks"), kernel.service("notifications")
    await tasks.add(agent, TaskDraft(title="打电话", remind_at=clock.now() + timedelta(hours=1)))
    await remind(kernel)
    assert await notifications.unread(agent) == 0
    clock.advance(timedelta(hours=2))
    await remind(kernel)
    await remind(kernel)
    assert await notifications.unread(agent) == 1


async def test_who_gets_a_task_hears_of_it_who_takes_one_does_not(
    kernel: Kernel, agent: Actor, make_actor
) -> None:
    boss = await make_actor(EVERYTHING, name="主管")
    await kernel.service("tasks").add(boss, TaskDraft(title="查保险", assignee_id=agent.id))
    await kernel.service("tasks").add(boss, TaskDraft(title="自己来"))
    inbox = await kernel.service("notifications").inbox(agent)
    assert ["查保险" in str(item.text) for item in inbox.items] == [True]
    assert await kernel.service("notifications").unread(boss) == 0


async def test_a_supervisor_sees_who_has_most_overdue_work(
    kernel: Kernel, agent: Actor, make_actor, stranger: Actor, clock
) -> None:
    tasks = kernel.service("tasks")
    colleague = await make_actor(EVERYTHING, name="王顾问")
    yesterday = clock.now() - timedelta(days=1)
    await tasks.add(agent, TaskDraft(title="回访", due_at=yesterday, assignee_id=colleague.id))
    await tasks.add(agent, TaskDraft(title="报价", due_at=yesterday, assignee_id=colleague.id))
    await tasks.add(agent, TaskDraft(title="寄发票", due_at=yesterday))
    await tasks.add(agent, TaskDraft(title="约首保"))
    await tasks.add(stranger, TaskDraft(title="别家的事", due_at=yesterday))
    found = [(one.name, one.open, one.overdue) for one in await tasks.load(agent)]
    assert found == [("王顾问", 2, 2), ("李接待", 2, 1)]
    assert await tasks.overdue(colleague) == 2
    assert await titles(kernel, agent, "all", assignee_id=colleague.id) == ["回访", "报价"]


async def test_who_sees_only_his_own_work_is_told_of_nobody_else(
    kernel: Kernel, agent: Actor, make_actor, clock
) -> None:
    tasks = kernel.service("tasks")
    await tasks.add(agent, TaskDraft(title="回访", due_at=clock.now()))
    lonely = await make_actor({"tasks.view": Scope.OWN, "tasks.create": Scope.OWN}, name="赵新人")
    await tasks.add(lonely, TaskDraft(title="自己的事"))
    assert [one.name for one in await tasks.load(lonely)] == ["赵新人"]
