"""Whoever looks after a customer looks after what hangs on him, and it goes with him to a colleague."""

from __future__ import annotations

from datetime import date

import pytest

from crm_kernel.actor import Scope
from crm_kernel.dal.query import Query
from crm_kernel.events.dispatcher import Dispatcher

OWN = dict.fromkeys(
    (
        "customer.view",
        "vehicle.view",
        "policy.view",
        "purchase.view",
        "repair_order.view",
        "contact.view",
        "relation.view",
        "consent.view",
    ),
    Scope.OWN,
)


@pytest.fixture
async def zhao(make_actor):
    return await make_actor(OWN)


@pytest.fixture
async def qian(make_actor):
    return await make_actor(OWN)


@pytest.fixture
async def firm(records, admin, zhao):
    """A customer of Zhao's, entered by the administrator with everything that hangs on him."""
    made = await records.create(
        admin, "customer", {"name": "杭州鑫达贸易有限公司", "kind": "company", "owner_id": zhao.id}
    )
    boss = await records.create(admin, "customer", {"name": "王伟", "owner_id": zhao.id})
    car = await records.create(admin, "vehicle", {"vin": "LGXCE4CB9P0123456", "customer_id": made.id})
    for entity, values in (
        ("repair_order", {"vehicle_id": car.id, "arrived_on": date(2026, 11, 20)}),
        ("purchase", {"customer_id": made.id, "bought_on": date(2023, 5, 1)}),
        ("policy", {"vehicle_id": car.id, "kind": "commercial", "ends_on": date(2027, 5, 1)}),
        ("contact", {"customer_id": made.id, "name": "赵敏"}),
        ("relation", {"customer_id": made.id, "kind": "family", "other_id": boss.id}),
        ("consent", {"customer_id": made.id, "purpose": "service", "channel": "phone", "proof": "签字"}),
    ):
        await records.create(admin, entity, values)
    return made


HANGING = ("vehicles", "repair-orders", "purchases", "policies", "contacts", "relations", "consents")


async def seen(records, actor) -> dict[str, int]:
    return {plural: await records.count(actor, plural, Query()) for plural in HANGING}


async def test_a_consultant_sees_what_others_enter_for_his_customer(records, zhao, qian, firm) -> None:
    assert await seen(records, zhao) == dict.fromkeys(HANGING, 1)
    assert await seen(records, qian) == dict.fromkeys(HANGING, 0)


async def test_everything_goes_with_a_customer_to_a_colleague(
    kernel, records, admin, zhao, qian, firm
) -> None:
    await records.change(admin, "customer", firm.id, {"owner_id": qian.id})
    await Dispatcher(kernel).drain()
    assert await seen(records, qian) == dict.fromkeys(HANGING, 1)
    assert await seen(records, zhao) == dict.fromkeys(HANGING, 0)


async def test_another_change_leaves_it_where_it_is(kernel, records, admin, zhao, qian, firm) -> None:
    car = (await records.list(admin, "vehicles", Query())).items[0]
    await records.change(admin, "vehicle", car.id, {"owner_id": qian.id})
    await records.change(admin, "customer", firm.id, {"remark": "老客户"})
    await Dispatcher(kernel).drain()
    assert (await seen(records, qian))["vehicles"] == 1
