"""The personnel system says who works here and where; every rule about people holds for it too."""

from __future__ import annotations

from typing import Any

import pytest

from crm_kernel.access.organisation import Department, Staff
from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Actor, Scope
from crm_kernel.administration.organisation_store import OrganisationStore
from crm_kernel.administration.role_store import rule
from crm_kernel.errors import Forbidden
from crm_kernel.kernel import Kernel


@pytest.fixture
async def hr(kernel: Kernel, make_actor: Any) -> Actor:
    """The personnel system's account: it manages the organisation of its dealership."""
    found: Actor = await make_actor(super_=True, name="HR")
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(rule("g", f"u:{found.id}", f"r:{SUPER}", "*"))
    return found


async def push(kernel: Kernel, actor: Actor, kind: str, *rows: dict[str, Any]) -> list[Any]:
    batch = await kernel.service("sync").push(actor, kind, list(rows), source="hr")
    return [(one.result, [error.field for error in one.errors], one.record_id) for one in batch.outcomes]


async def test_departments_and_people_come_and_change(kernel: Kernel, hr: Actor) -> None:
    people = OrganisationStore(kernel.db)
    ((result, _errors, sales),) = await push(
        kernel, hr, "departments", {"external_id": "D1", "name": "销售部"}
    )
    assert result == "created"
    person = {
        "external_id": "P1",
        "code": "zhao",
        "name": "赵顾问",
        "department_id": "D1",
        "position": "顾问",
    }
    ((result, _errors, id_),) = await push(kernel, hr, "staff", person)
    assert result == "created"
    assert [one[0] for one in await push(kernel, hr, "staff", person)] == ["unchanged"]
    assert [
        one[0] for one in await push(kernel, hr, "departments", {"external_id": "D1", "name": "销售一部"})
    ] == ["changed"]
    moved = {"external_id": "P1", "position": "主管", "department_id": None, "active": False}
    assert [one[0] for one in await push(kernel, hr, "staff", moved)] == ["changed"]
    row = await people.get(Staff, id_)
    assert (row.name, row.position, row.department_id, row.active) == ("赵顾问", "主管", None, False)
    assert (await people.get(Department, sales)).name == "销售一部"


async def test_who_is_here_already_is_taken_over(kernel: Kernel, hr: Actor, dealership: Any) -> None:
    organisation = kernel.service("organisation")
    ours = await organisation.create_staff(hr, "li", "李顾问", dealership_id=dealership.id)
    ((result, _errors, record_id),) = await push(
        kernel, hr, "staff", {"external_id": "P2", "code": "li", "name": "李顾问"}
    )
    assert (result, record_id) == ("unchanged", ours.id)


async def test_a_wrong_row_is_refused_alone(kernel: Kernel, hr: Actor) -> None:
    found = await push(
        kernel,
        hr,
        "staff",
        {"external_id": "P1", "code": "a", "name": "甲", "department_id": "D404"},
        {"external_id": "P2", "name": "乙"},
        {"external_id": "P3", "code": "c", "name": "丙", "role": "super_administrator"},
        {"external_id": "P4", "code": "d", "name": "丁", "active": "no"},
        {"external_id": "P5", "code": "e", "name": "戊"},
    )
    assert [one[0] for one in found] == ["rejected"] * 4 + ["created"]
    assert [one[1] for one in found[:4]] == [["department_id"], ["code"], ["role"], ["active"]]


async def test_the_last_super_administrator_stays(kernel: Kernel, hr: Actor) -> None:
    ((result, _errors, _id),) = await push(
        kernel, hr, "staff", {"external_id": "P9", "code": hr.login, "active": False}
    )
    assert result == "rejected"


async def test_it_needs_the_right_to_manage_people(kernel: Kernel, make_actor: Any) -> None:
    erp = await make_actor({"sync.push": Scope.DEALERSHIP})
    with pytest.raises(Forbidden):
        await push(kernel, erp, "staff", {"external_id": "P1", "code": "a", "name": "甲"})
    kinds = {kind.name for kind, _fields in await kernel.service("sync").kinds(erp)}
    assert "customers" in kinds
    assert "staff" not in kinds
