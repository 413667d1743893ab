"""Figures a manager works with: every number equals the cases behind it, and leads to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from sqlalchemy import select

from crm_kernel.access.organisation import Group
from crm_kernel.actor import Actor, Grants, Scope
from crm_kernel.audit.models import AuditAccess
from crm_kernel.dal.scoped import trusted
from crm_kernel.errors import Forbidden, NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.records.kinds import Money
from crm_kernel.records.query_params import parse_query
from crm_kernel.reports.views import ReportView

SEEN = ("complaint.view", "complaint.figures", "complaint.export", "complaint.print")
LOOP = ("assign", "investigate", "propose", "agree", "carry_out", "follow_up")


@pytest.fixture
async def chief(make_actor) -> Actor:
    """Looks at the figures of his store."""
    return await make_actor(dict.fromkeys(SEEN, Scope.DEALERSHIP), name="周店总", locale="en")


@pytest.fixture
async def month(agent: Actor, handler: Actor, manager: Actor, new_case, step, clock) -> list[UUID]:
    """Six complaints: satisfied at once, satisfied in a second round, explained, forced, two open."""
    plain = await new_case(complaint_type="repair", problem_type="brakes", model="途观L")
    await step(agent, plain, "assign")
    await step(handler, plain, "investigate")
    await step(handler, plain, "propose", cost="300")
    await step(handler, plain, "agree", "carry_out")
    await step(agent, plain, "follow_up", "satisfied")
    again = await new_case(complaint_type="repair", problem_type="brakes", model="途观L", level="urgent")
    clock.advance(timedelta(days=2))  # Its four hours to be accepted run out.
    await step(agent, again, "assign")
    await step(handler, again, *LOOP[1:5])
    await step(agent, again, "follow_up", "unsatisfied")
    await step(handler, again, "propose", cost="200")
    await step(handler, again, "agree", "carry_out")
    await step(agent, again, "follow_up", "satisfied")
    explained = await new_case(complaint_type="quality", problem_type="engine", model="帕萨特")
    await step(agent, explained, "assign")
    await step(handler, explained, "investigate", "reject", "explain")
    forced = await new_case(complaint_type="repair", problem_type="gearbox", model="途观L")
    await step(agent, forced, "assign")
    await step(handler, forced, "investigate", "propose")
    await step(manager, forced, "force_close")
    opened = await new_case(complaint_type="service", level="escalated")
    fresh = await new_case(complaint_type="repair", problem_type="brakes")
    return [plain, again, explained, forced, opened, fresh]


async def report(kernel: Kernel, actor: Actor, name: str, **asked: str) -> ReportView:
    view: ReportView = await kernel.service("reports").run(actor, f"complaint.{name}", asked)
    return view


def table(view: ReportView) -> dict[str, list[Any]]:
    return {line.label: [cell.value for cell in line.cells] for line in view.rows}


async def count_behind(kernel: Kernel, actor: Actor, path: str) -> int:
    plural, _mark, query = path.removeprefix("/").partition("?")
    entity = kernel.service("records").entity(plural)
    asked = await parse_query(kernel.service("records"), actor, entity, parse_qsl(query))
    count: int = await kernel.service("records").count(actor, entity, asked)
    return count


async def test_the_figures_of_a_month_equal_its_cases_and_each_number_leads_to_them(
    kernel: Kernel, chief: Actor, handler: Actor, month
) -> None:
    (numbers,) = table(await report(kernel, chief, "numbers")).values()
    received, closed, satisfied, explained, forced, validity, rounds = numbers
    assert (received, closed, satisfied, explained, forced) == (6, 4, 2, 1, 1)
    assert validity == Decimal("0.75")
    assert rounds == Decimal("0.50")

    types = await report(kernel, chief, "types")
    assert [column.key for column in types.columns][-2:] == ["validity", "cumulated"]
    assert [(line.label, line.cells[0].value, line.cells[-1].value) for line in types.rows] == [
        ("Repair quality", 4, Decimal("0.6667")),
        ("Product quality", 1, Decimal("0.8333")),
        ("Service attitude", 1, Decimal("1.0000")),
    ]
    assert types.rows[0].cells[2].value == 2
    assert types.rows[0].cells[3].value == 1
    assert types.total is not None
    assert types.total.cells[0].value == 6

    assert table(await report(kernel, chief, "rounds")) == {"0": [1], "1": [1]}
    models = table(await report(kernel, chief, "models"))
    assert {label: row[0] for label, row in models.items()} == {"途观L": 3, "帕萨特": 1, "(not given)": 2}
    handlers = table(await report(kernel, chief, "handlers"))
    assert handlers["王技师"][:4] == [4, 0, 2, 1]

    clocks = table(await report(kernel, chief, "clocks"))
    assert clocks["Accept · General"][:3] == [3, 0, 3]
    assert clocks["Accept · Important and urgent"] == [0, 1, 1, Decimal(0)]

    costs = table(await report(kernel, chief, "costs"))
    assert costs["Repair quality"] == [Money(Decimal("500.00"), "CNY"), 2, Money(Decimal("250.00"), "CNY")]

    ages = await report(kernel, chief, "open")
    assert ages.period is None
    assert [column.label for column in ages.columns][:2] == ["General", "Escalated"]
    assert {line.label: [cell.value for cell in line.cells[:2]] for line in ages.rows if line.cells} == {
        "30 days and more": [0, 0],
        "14-29 days": [0, 0],
        "7-13 days": [0, 0],
        "3-6 days": [0, 0],
        "1-2 days": [0, 0],
        "Today": [1, 1],
    }
    trend = await report(kernel, chief, "trend")
    assert len(trend.rows) == 12
    assert [cell.value for cell in trend.rows[-1].cells] == [6, 2, 1]

    followed = 0
    for line in await kernel.service("reports").list(chief):
        view = await kernel.service("reports").run(chief, line.name, {})
        for row in (*view.rows, *([view.total] if view.total else [])):
            for cell, column in zip(row.cells, view.columns, strict=True):
                if cell.path and column.unit == "":
                    followed += 1
                    assert await count_behind(kernel, chief, cell.path) == cell.value, (line.name, cell)
    assert followed > 100


async def test_a_time_before_is_past_and_stands_beside(kernel: Kernel, chief: Actor, new_case, clock) -> None:
    await new_case()
    clock.advance(timedelta(days=31))
    await new_case()
    await new_case()
    now = await report(kernel, chief, "numbers")
    assert (now.rows[0].cells[0].value, now.rows[0].cells[0].before) == (2, 1)
    past = await report(kernel, chief, "numbers", **{"from": "2026-11-01", "to": "2026-11-30"})
    assert past.rows[0].cells[0].value == 1
    assert (await report(kernel, chief, "numbers", period="year")).rows[0].cells[0].value == 3


async def test_compensation_counts_once_it_is_approved(
    kernel: Kernel, chief: Actor, agent: Actor, admin: Actor, new_case
) -> None:
    case = await new_case(complaint_type="sales")
    approvals = kernel.service("approvals")
    asked = await approvals.ask(agent, "complaint", case, "complaint_compensation", Decimal(300), "安抚")
    assert table(await report(kernel, chief, "compensation")) == {}
    await approvals.decide(admin, asked.id, approve=True)
    view = await report(kernel, chief, "compensation")
    assert table(view)["Sales process"] == [Money(Decimal(300), "CNY"), 1, Money(Decimal(300), "CNY")]
    assert await count_behind(kernel, chief, view.rows[0].cells[1].path) == 1


async def test_a_store_sees_its_own_figures_a_group_those_of_all_its_stores(
    kernel: Kernel, chief: Actor, new_case, make_actor, make_dealership, dealership
) -> None:
    group = Group(code="g", name="集团")
    async with kernel.db.work(None) as work:
        work.add(group)
    async with kernel.db.work(None) as work:
        (await work.session.get(type(dealership), dealership.id)).group_id = group.id
    other = await make_dealership("east", group_id=group.id, name="城东店")
    clerk = await make_actor(
        {"complaint.create": Scope.DEALERSHIP, "complaint.view": Scope.DEALERSHIP}, at=other.id
    )
    await new_case()
    await new_case(by=clerk)
    await new_case(by=clerk)
    assert (await report(kernel, chief, "numbers")).rows[0].cells[0].value == 1
    with pytest.raises(NotFound):
        await report(kernel, chief, "stores")
    boss = await make_actor(dict.fromkeys(SEEN, Scope.GROUP), place={"group_id": group.id}, locale="en")
    stores = await report(kernel, boss, "stores")
    assert {line.label: line.cells[0].value for line in stores.rows} == {"城东店": 2, "默认门店": 1}
    assert await count_behind(kernel, boss, stores.rows[0].cells[0].path) == 2


async def test_figures_need_their_right_and_show_no_more_than_one_may_view(
    kernel: Kernel, agent: Actor, handler: Actor, chief: Actor, new_case, step
) -> None:
    with pytest.raises(Forbidden):
        await report(kernel, agent, "numbers")
    await new_case()
    mine = await new_case()
    await step(agent, mine, "assign")
    rights = {"complaint.figures": Scope.DEALERSHIP, "complaint.view": Scope.OWN}

    def holding(rights: dict[str, Scope], hidden: frozenset[str] = frozenset()) -> Actor:
        return replace(handler, grants=Grants(permissions=rights, hidden=hidden), _accesses={}, locale="en")

    own = holding(rights)
    assert (await report(kernel, own, "numbers")).rows[0].cells[0].value == 1
    narrow = holding({"complaint.figures": Scope.OWN, "complaint.view": Scope.DEALERSHIP})
    view = await report(kernel, narrow, "numbers")
    assert (view.rows[0].cells[0].value, view.rows[0].cells[0].path) == (1, "")
    blind = holding(dict(chief.grants.permissions), frozenset({"complaint.cost"}))
    assert "cost" not in {column.key for column in (await report(kernel, blind, "costs")).columns}


async def accesses(kernel: Kernel) -> list[AuditAccess]:
    return list(await kernel.db.rows(trusted(select(AuditAccess).where(AuditAccess.verb == "exported"))))


async def test_a_report_leaves_as_a_file_only_with_the_right_and_is_noted(
    kernel: Kernel, chief: Actor, make_actor, month
) -> None:
    reports = kernel.service("reports")
    looker = await make_actor(dict.fromkeys(SEEN[:2], Scope.DEALERSHIP))
    with pytest.raises(Forbidden):
        await reports.export(looker, "complaint.types", {})
    file = await reports.export(chief, "complaint.types", {}, format="csv")
    text = b"".join([piece async for piece in file.chunks]).decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0].startswith('Type,Received,"Received, before",Open')
    assert lines[1].startswith("Repair quality,4,0,1")
    noted = await accesses(kernel)
    assert [one.verb for one in noted if one.entity == "complaint"] == ["exported"]
    sheet = await reports.export(chief, "complaint.types", {}, format="xlsx")
    assert b"".join([piece async for piece in sheet.chunks])[:2] == b"PK"
