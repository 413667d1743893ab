"""Whoever a complaint concerns neither handles it nor sees the complainant's number, whatever his rights."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.dal.query import Query
from crm_kernel.errors import Forbidden
from crm_kernel.kernel import Kernel

from .conftest import DESK, NewCase, Step

NUMBER = "13800138000"
PARTS = (NUMBER, "138****", "****8000", "057188886666", "****6666")
MORE = (
    "complaint.export",
    "complaint.print",
    "complaint.import",
    "complaint.force_close",
    "complaint.reopen",
)


@pytest.fixture
async def concerned(make_actor: Any) -> Actor:
    """The general manager himself, this time."""
    return await make_actor(dict.fromkeys((*DESK, *MORE), Scope.DEALERSHIP), name="赵顾问", locale="en")


@pytest.fixture
async def other(make_actor: Any) -> Actor:
    """Somebody with the same rights."""
    return await make_actor(dict.fromkeys((*DESK, *MORE), Scope.DEALERSHIP), name="钱主管", locale="en")


@pytest.fixture
async def case(new_case: NewCase, concerned: Actor) -> UUID:
    return await new_case(staff_concerned=[str(concerned.id)], phone="057188886666")


def clear_of_it(*shown: object) -> bool:
    return not any(part in str(one) for one in shown for part in PARTS)


async def test_the_number_is_masked_for_others_and_withheld_from_him(
    kernel: Kernel, concerned: Actor, other: Actor, case: UUID
) -> None:
    records = kernel.service("records")
    for typed in (False, True):
        mine = await records.get(concerned, "complaint", case, typed=typed)
        listed = (await records.list(concerned, "complaint", Query(), typed=typed)).items[0]
        few = (await records.list(concerned, "complaint", Query(fields=("mobile",)), typed=typed)).items[0]
        assert (mine.mobile, mine.phone, listed.mobile, few.mobile) == ("******",) * 4
        theirs = await records.get(other, "complaint", case, typed=typed)
        assert theirs.mobile == "138****8000"


async def test_to_reveal_it_takes_the_right_and_is_written_down_and_is_refused_to_him(
    kernel: Kernel, concerned: Actor, other: Actor, admin: Actor, make_actor: Any, case: UUID
) -> None:
    records = kernel.service("records")
    assert await records.reveal(other, "complaint", case, "mobile") == NUMBER
    log = await kernel.service("audit").accesses(admin)
    assert ("revealed", other.id) in [(one.verb, one.actor_id) for one in log.items]
    for who in (concerned, await make_actor({"complaint.view": Scope.DEALERSHIP})):
        with pytest.raises(Forbidden):
            await records.reveal(who, "complaint", case, "mobile")


async def test_neither_an_export_nor_paper_nor_search_nor_history_shows_it_to_him(
    kernel: Kernel, concerned: Actor, other: Actor, new_case: NewCase, case: UUID
) -> None:
    await new_case("另一位客户", mobile="13911112222")
    records = kernel.service("records")

    async def exported(who: Actor) -> str:
        file = await kernel.service("exports").export(who, "complaint", Query(), clear=True)
        return b"".join([piece async for piece in file.chunks]).decode("utf-8-sig")

    assert NUMBER in await exported(other)
    text = await exported(concerned)
    assert "13911112222" in text
    assert clear_of_it(text.replace("13911112222", ""))
    paper = await kernel.service("printing").record(concerned, "complaint", case)
    hits = await kernel.service("search").search(concerned, "刹车异响")
    await records.change(other, "complaint", case, {"mobile": "13700007777"})
    log = await records.history(concerned, "complaint", case)
    assert clear_of_it(paper.groups, hits, log.items)
    assert not any(part in str(one) for one in log.items for part in ("13700007777", "****7777"))


async def test_the_audit_shows_an_administrator_no_part_of_it_when_it_concerns_himself(
    kernel: Kernel, make_actor: Any, other: Actor, new_case: NewCase
) -> None:
    rights = dict.fromkeys((*DESK, "audit.view"), Scope.DEALERSHIP)
    himself, colleague = await make_actor(rights), await make_actor(rights)
    case = await new_case(staff_concerned=[str(himself.id)], phone="057188886666")
    await new_case("另一位客户", mobile="13911112222")
    await kernel.service("records").change(other, "complaint", case, {"mobile": "13700007777"})
    audit = kernel.service("audit")

    async def numbers(who: Actor) -> dict[str, set[Any]]:
        log = await audit.changes(who)
        told = [(one.record_id, change) for one in log.items for change in one.changes]
        found: dict[str, set[Any]] = {"his": set(), "others": set()}
        for record_id, change in told:
            if change.field in ("mobile", "phone"):
                found["his" if record_id == case else "others"] |= {change.before, change.after} - {None}
        return found

    assert await numbers(himself) == {"his": {"******"}, "others": {"139****2222"}}
    masked = {"138****8000", "137****7777", "057*****6666"}
    assert await numbers(colleague) == {"his": masked, "others": {"139****2222"}}


async def test_he_takes_no_step_changes_nothing_and_does_not_take_himself_off_the_list(
    kernel: Kernel, concerned: Actor, agent: Actor, case: UUID, step: Step
) -> None:
    flows, records = kernel.service("flows"), kernel.service("records")
    await step(agent, case, "assign")
    assert (await flows.view(concerned, "complaint", case)).steps == []
    for key in ("investigate", "force_close"):
        with pytest.raises(Forbidden):
            await step(concerned, case, key)
    for change in ({"staff_concerned": []}, {"subject": "没事"}, {"owner_id": str(concerned.id)}):
        with pytest.raises(Forbidden):
            await records.change(concerned, "complaint", case, change)
    with pytest.raises(Forbidden):
        await records.delete(concerned, "complaint", case, "录错")
    kept = await records.get(agent, "complaint", case, typed=True)
    assert kept.staff_concerned == [str(concerned.id)]


async def test_he_neither_asks_for_nor_approves_what_it_costs_and_is_not_called(
    kernel: Kernel, agent: Actor, new_case: NewCase, make_actor: Any
) -> None:
    boss, deputy = await make_actor(super_=True), await make_actor(super_=True)
    case = await new_case(staff_concerned=[str(boss.id)])
    approvals = kernel.service("approvals")
    asked = await approvals.ask(agent, "complaint", case, "complaint_compensation", Decimal(300), "补偿")
    with pytest.raises(Forbidden):
        await approvals.ask(boss, "complaint", case, "complaint_compensation", Decimal(10), "补偿")
    with pytest.raises(Forbidden):
        await approvals.decide(boss, asked.id, approve=True)
    seen = {who.id: await approvals.of_record(who, "complaint", case) for who in (boss, deputy)}
    assert [view.decidable for view in seen[boss.id]] == [False]
    assert [view.decidable for view in seen[deputy.id]] == [True]
    assert (await approvals.decide(deputy, asked.id, approve=True)).state == "approved"
