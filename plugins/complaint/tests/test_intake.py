"""Taking a complaint down while the customer talks: who calls, what is open, what hangs on it."""

from __future__ import annotations

from typing import Any

import pytest

from crm_kernel import contributions as c
from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict
from crm_kernel.kernel import Kernel


async def test_a_number_or_a_plate_tells_who_calls_what_he_drives_and_what_is_open(
    kernel: Kernel, agent: Actor, handler: Actor, customer: Any, car: Any, new_case, step
) -> None:
    closed = await new_case("旧投诉", customer_id=str(customer.id))
    await step(agent, closed, "assign")
    await step(handler, closed, "investigate", "reject", "explain")
    await new_case("新投诉", vehicle_id=str(car.id))
    for asked in ({"mobile": "139 0013 9000"}, {"plate": "粤b·12345"}):
        found = await kernel.service("complaint.intake").look(agent, **asked)
        [caller] = found.items
        assert (caller.name, caller.level, caller.mobile) == ("张伟", "vip", "139****9000")
        assert [one["plate"] for one in caller.vehicles] == ["粤B12345"]
        assert [case.subject for case in caller.complaints] == ["新投诉", "旧投诉"]


async def test_a_strangers_number_shows_the_complaints_entered_with_it(
    kernel: Kernel, agent: Actor, new_case
) -> None:
    await new_case("陌生来电", mobile="13700137000")
    found = await kernel.service("complaint.intake").look(agent, mobile="+86 13700137000")
    assert found.items == []
    assert [case.subject for case in found.complaints] == ["陌生来电"]
    for nonsense in ("", "12", "abc"):
        assert (await kernel.service("complaint.intake").look(agent, mobile=nonsense)).complaints == []


async def test_the_vehicles_customer_is_taken_over_and_both_timelines_tell_of_it(
    kernel: Kernel, agent: Actor, customer: Any, car: Any, new_case
) -> None:
    case = await new_case(vehicle_id=str(car.id))
    record = await kernel.service("records").get(agent, "complaint", case)
    assert str(record.customer_id) == str(customer.id)
    for entity, one in (("customer", customer.id), ("vehicle", car.id)):
        line = await kernel.service("timeline").read(agent, entity, one, kinds=["complaint"])
        assert [item.text for item in line.items] == ["Complaint TS-20261123-0001: 刹车异响"]


async def test_customer_and_vehicle_with_an_open_complaint_are_not_deleted(
    kernel: Kernel, agent: Actor, handler: Actor, customer: Any, car: Any, new_case, step
) -> None:
    records = kernel.service("records")
    case = await new_case(vehicle_id=str(car.id))
    for entity, one in (("customer", customer.id), ("vehicle", car.id)):
        with pytest.raises(Conflict) as refusal:
            await records.delete(agent, entity, one, "录错")
        assert refusal.value.open[0]["count"] == 1
    await step(agent, case, "assign")
    await step(handler, case, "investigate", "reject", "explain")
    await records.delete(agent, "vehicle", car.id, "录错")


async def test_the_panel_beside_customer_and_vehicle_counts_what_is_open(
    kernel: Kernel, agent: Actor, customer: Any, car: Any, new_case
) -> None:
    await new_case(vehicle_id=str(car.id))
    panels = {p.name: p for p in kernel.registry.of(c.Panel) if p.name.startswith("complaint.")}
    for name, record in (("complaint.of_customer", customer), ("complaint.of_vehicle", car)):
        shown = await panels[name].render(kernel, agent, record)
        assert (shown.count, shown.values["items"][0]["state"]) == (1, "Received")


async def test_the_menu_counts_what_one_has_to_handle(
    kernel: Kernel, agent: Actor, handler: Actor, new_case, step
) -> None:
    await step(agent, await new_case(), "assign")
    [entry] = [item for item in kernel.registry.of(c.MenuItem) if item.path == "/complaints"]
    assert entry.badge is not None
    assert [await entry.badge(kernel, actor) for actor in (handler, agent)] == [1, 0]


async def test_what_is_held_about_a_person_is_handed_over_and_erased(
    kernel: Kernel, agent: Actor, admin: Actor, customer: Any, new_case, step
) -> None:
    case = await new_case(customer_id=str(customer.id), description="张先生很生气")
    await step(agent, case, "assign", remark="客户住在科技园")
    data = next(one for one in kernel.registry.of(c.PersonalData) if one.name == "complaint")
    access = admin.access("complaint.view")
    told = repr(await data.export(kernel, access, customer.id))
    assert all(word in told for word in ("张先生", "13800138000", "很生气", "科技园"))
    assert await data.erase(kernel, access, customer.id) == 1
    left = repr(await data.export(kernel, access, customer.id))
    assert not any(word in left for word in ("张先生", "13800138000", "很生气", "科技园"))
    record = await kernel.service("records").get(agent, "complaint", case)
    assert (record.status, record.subject) == ("assigned", "—")


async def test_suggestions_are_answered_and_taken_up(kernel: Kernel, agent: Actor, clock) -> None:
    records = kernel.service("records")
    made = await records.create(agent, "suggestion", {"subject": "休息区加充电口", "category": "facilities"})
    assert (made.number, made.adoption) == ("JY-2026-0001", "open")
    answered = await records.change(
        agent, "suggestion", made.id, {"answer": "下月加装", "adoption": "adopted"}
    )
    assert answered.answered_at is not None


async def test_switched_off_for_a_dealership_nothing_is_left_of_it_and_switched_on_all_is_back(
    kernel: Kernel, admin: Actor, agent: Actor, new_case
) -> None:
    case = await new_case()
    switch, policy = kernel.service("organisation").switch_module, kernel.access.policy
    await switch(admin, agent.dealership_id, "complaint", False)
    granted = (await policy()).super_grants(agent.dealership_id)
    assert not [name for name in granted.permissions if name.startswith("complaint.")]
    assert "complaint" in granted.modules_off
    await switch(admin, agent.dealership_id, "complaint", True)
    assert "complaint.view" in (await policy()).super_grants(agent.dealership_id).permissions
    assert (await kernel.service("records").get(agent, "complaint", case)).subject == "刹车异响"
