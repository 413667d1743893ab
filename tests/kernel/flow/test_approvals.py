"""Sums above one's limit: asked for, decided by somebody whose limit suffices, never by oneself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Conflict, Forbidden, Invalid, Malformed, NotFound
from crm_kernel.flow.models import Approval
from crm_kernel.kernel import Kernel
from tests.kernel.flow.conftest import hold
from tests.kernel.flow.test_clocks import inbox


@pytest.fixture
async def clerk(kernel: Kernel, advisor: Actor) -> Actor:
    return await hold(kernel, advisor, "service_advisor")


async def ask(kernel: Kernel, actor: Actor, case, amount: str):
    return await kernel.service("approvals").ask(actor, "case", case, "goodwill", Decimal(amount), "安抚客户")


async def test_within_ones_limit_it_is_approved_at_once(kernel: Kernel, clerk: Actor, new_case) -> None:
    assert (await ask(kernel, clerk, await new_case(), "500")).state == "approved"


async def test_above_it_those_with_a_higher_limit_are_asked_and_decide(
    kernel: Kernel, clerk: Actor, manager: Actor, new_case
) -> None:
    approvals, case = kernel.service("approvals"), await new_case()
    asked = await ask(kernel, clerk, case, "500.01")
    assert asked.state == "open"
    assert await inbox(kernel, manager) == ["Goodwill: 500.01 CNY to approve"]
    assert [one.id for one in (await approvals.waiting(manager)).items] == [asked.id]
    assert await approvals.waiting_count(clerk) == 0
    with pytest.raises(Forbidden):
        await approvals.decide(clerk, asked.id, approve=True)
    decided = await approvals.decide(manager, asked.id, approve=True)
    assert (decided.state, decided.decided_by) == ("approved", manager.id)
    assert await inbox(kernel, clerk) == ["Approved: 500.01 CNY"]
    with pytest.raises(Conflict):
        await approvals.decide(manager, asked.id, approve=False, remark="x")
    line = await kernel.service("timeline").read(clerk, "case", case, kinds=["approval"])
    assert len(line.items) == 2


async def test_a_refusal_needs_a_reason_and_a_sum_beyond_all_limits_a_higher_role(
    kernel: Kernel, clerk: Actor, manager: Actor, admin: Actor, new_case
) -> None:
    approvals, case = kernel.service("approvals"), await new_case()
    small, large = await ask(kernel, clerk, case, "600"), await ask(kernel, clerk, case, "5000.01")
    with pytest.raises(Invalid):
        await approvals.decide(manager, small.id, approve=False)
    assert (await approvals.decide(manager, small.id, approve=False, remark="无依据")).state == "refused"
    with pytest.raises(Forbidden):
        await approvals.decide(manager, large.id, approve=True)
    assert (await approvals.decide(admin, large.id, approve=True)).state == "approved"


async def test_limits_are_the_dealerships_to_set(
    kernel: Kernel, clerk: Actor, manager: Actor, new_case
) -> None:
    from crm_kernel.administration.presets import seed_presets

    await seed_presets(kernel)
    approvals = kernel.service("approvals")
    await approvals.set_limits(manager, "goodwill", {"service_advisor": Decimal(1000)})
    assert (await ask(kernel, clerk, await new_case(), "900")).state == "approved"
    for amounts in ({"nobody": Decimal(1)}, {"service_advisor": Decimal(-1)}):
        with pytest.raises(Invalid):
            await approvals.set_limits(manager, "goodwill", amounts)


async def test_own_requests_may_be_withdrawn_and_those_of_other_houses_are_not_there(
    kernel: Kernel, clerk: Actor, new_case, make_dealership, make_actor
) -> None:
    approvals = kernel.service("approvals")
    asked = await ask(kernel, clerk, await new_case(), "600")
    elsewhere = await make_dealership("east")
    rights = dict.fromkeys(("case.view", "case.pay"), Scope.DEALERSHIP)
    other = await make_actor(rights, at=elsewhere.id)
    for attempt in (approvals.withdraw(other, asked.id), approvals.decide(other, asked.id, approve=True)):
        with pytest.raises(NotFound):
            await attempt
    assert (await approvals.withdraw(clerk, asked.id)).state == "withdrawn"


async def test_nonsense_is_refused(kernel: Kernel, clerk: Actor, new_case) -> None:
    with pytest.raises(Invalid) as refusal:
        await kernel.service("approvals").ask(clerk, "case", await new_case(), "goodwill", Decimal(0), " ")
    assert {error.field for error in refusal.value.errors} == {"amount", "reason"}


async def test_what_waits_comes_in_pages_and_is_counted_by_the_database(
    kernel: Kernel, clerk: Actor, manager: Actor, new_case, dealership
) -> None:
    approvals, case = kernel.service("approvals"), await new_case()
    first = await ask(kernel, clerk, case, "600")
    beyond = await ask(kernel, clerk, case, "5000.01")
    async with kernel.db.work(None) as work:
        for place in range(250):
            work.add(
                Approval(
                    dealership_id=dealership.id, record_id=case, entity="case", kind="goodwill",
                    amount=Decimal(700 + place), currency="CNY", reason="x", state="open",
                    asked_by=clerk.id, asked_at=first.asked_at, remark="",
                )
            )  # fmt: skip
    assert await approvals.waiting_count(manager) == 251
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = await approvals.waiting(manager, cursor)
        found += [one.id for one in page.items]
        cursor, pages = page.next, pages + 1
    assert (len(found), len(set(found)), pages) == (251, 251, 6)
    assert first.id in found
    assert beyond.id not in found
    with pytest.raises(Malformed):
        await approvals.waiting(manager, "made-up")


async def test_what_is_out_of_reach_or_switched_off_does_not_wait(
    kernel: Kernel, clerk: Actor, manager: Actor, new_case
) -> None:
    approvals = kernel.service("approvals")
    await ask(kernel, clerk, await new_case(), "600")
    permissions = {**manager.grants.permissions, "case.view": Scope.OWN}
    narrow = replace(manager.grants, permissions=permissions)
    own = replace(manager, grants=narrow, _accesses={})
    assert await approvals.waiting_count(own) == 0
    assert await approvals.waiting_count(manager) == 1
    away = replace(manager, grants=replace(manager.grants, modules_off=frozenset({"workshop"})))
    assert (await approvals.waiting(away)).items == []
    assert await approvals.waiting_count(manager) == 1


async def test_without_limits_of_ones_own_the_modules_apply_and_the_view_says_so(
    kernel: Kernel, manager: Actor
) -> None:
    from crm_kernel.administration.presets import seed_presets

    await seed_presets(kernel)
    approvals = kernel.service("approvals")
    assert not (await approvals.limits(manager, "goodwill")).own
    await approvals.set_limits(manager, "goodwill", {"service_advisor": Decimal(1000)})
    assert (await approvals.limits(manager, "goodwill")).own
    await approvals.set_limits(manager, "goodwill", {})
    again = await approvals.limits(manager, "goodwill")
    assert (again.own, again.amounts["service_advisor"]) == (False, Decimal(500))
