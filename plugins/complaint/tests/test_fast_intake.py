"""The form while the customer talks: who calls is found first and fills it, an open case may be joined."""

from __future__ import annotations

from typing import Any

import pytest

from crm_kernel.actor import Actor
from crm_kernel.errors import Forbidden, NotFound
from crm_kernel.kernel import Kernel

from .conftest import NewCase, Step


@pytest.fixture
def leads(kernel: Kernel) -> Any:
    return kernel.service("complaint.leads")


async def test_a_plate_finds_the_customer_with_level_and_open_cases_and_fills_the_form(
    leads: Any, agent: Actor, handler: Actor, customer: Any, car: Any, new_case: NewCase, step: Step
) -> None:
    closed = await new_case("旧投诉", customer_id=str(customer.id))
    await step(agent, closed, "assign")
    await step(handler, closed, "investigate", "reject", "explain")
    open_one = await new_case("新投诉", customer_id=str(customer.id))
    [lead] = await leads.leads(agent, "粤b12345")
    assert (lead.title, lead.detail) == ("张伟", "139****9000 · 粤B12345")
    assert lead.badge not in ("", "vip")
    [(label, path)] = lead.business
    assert "新投诉" in label
    assert path == f"/complaints/{open_one}"
    assert lead.fill["customer_id"] == (str(customer.id), "张伟")
    assert lead.fill["vehicle_id"] == (str(car.id), "粤B12345")
    assert "mobile" not in lead.fill


async def test_a_number_goes_into_the_form_whether_somebody_has_it_or_not(
    leads: Any, agent: Actor, customer: Any, new_case: NewCase
) -> None:
    [known] = await leads.leads(agent, "139 0013 9000")
    assert known.fill["mobile"] == ("13900139000", "13900139000")
    assert known.fill["contact"][0] == "张伟"
    await new_case("陌生来电", mobile="13700137000")
    [stranger] = await leads.leads(agent, "13700137000")
    assert stranger.fill == {"mobile": ("13700137000", "13700137000")}
    assert "陌生来电" in stranger.business[0][0]
    assert await leads.leads(agent, "139") == []


async def test_an_open_case_of_the_same_customer_or_number_is_offered_and_takes_what_was_said(
    kernel: Kernel, agent: Actor, customer: Any, new_case: NewCase, make_actor: Any
) -> None:
    mine = await new_case("刹车异响", customer_id=str(customer.id), mobile="13900139000")
    other = await new_case("漏水", mobile="13900139000")
    suspects = kernel.service("complaint.duplicates").suspects
    found = await suspects(agent, {"customer_id": str(customer.id), "mobile": "13900139000"})
    assert {(one.id, str(one.reason)) for one in found} == {(mine, "same customer"), (other, "same number")}
    assert await suspects(agent, {"mobile": "13900139000"}, but=mine) != found
    assert await suspects(agent, {"mobile": "1390", "customer_id": "x"}) == []
    with pytest.raises(Forbidden):
        await kernel.service("complaint.intake").join(agent, mine, "再次来电")
    view = agent.grants.permissions["complaint.view"]
    writer = await make_actor({**agent.grants.permissions, "notes.create": view, "notes.view": view})
    await kernel.service("complaint.intake").join(writer, mine, "再次来电，很着急")
    line = await kernel.service("timeline").read(writer, "complaint", mine)
    assert "再次来电，很着急" in [item.note.body for item in line.items if item.note]
    with pytest.raises(NotFound):
        await kernel.service("complaint.intake").join(writer, customer.id, "x")
