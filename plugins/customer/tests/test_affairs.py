"""Visits, purchases, policies, and what they tell about car and customer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_kernel.errors import Invalid
from crm_kernel.records.kinds import Money


@pytest.fixture
async def wang(records, admin):
    return await records.create(admin, "customer", {"name": "王伟"})


@pytest.fixture
async def car(records, admin, wang):
    return await records.create(admin, "vehicle", {"vin": "LGXCE4CB9P0123456", "customer_id": wang.id})


async def test_a_visit_goes_to_the_cars_customer_and_onto_his_timeline(
    kernel, records, admin, wang, car
) -> None:
    order = await records.create(
        admin,
        "repair_order",
        {
            "vehicle_id": car.id,
            "arrived_on": date(2026, 11, 20),
            "amount": "￥4,686",
            "kind": "first_service",
        },
    )
    assert (order.get("number"), order.get("customer_id")) == ("RO202611230001", wang.id)
    assert order.get("amount") == Money(Decimal("4686.00"), "CNY")
    page = await kernel.service("timeline").read(admin, "customer", wang.id, kinds=("workshop",))
    assert [(item.text, item.link) for item in page.items] == [
        ("进厂维修：RO202611230001", f"/repair-orders/{order.id}")
    ]


async def test_a_settlement_before_the_arrival_is_refused(records, admin, car) -> None:
    with pytest.raises(Invalid) as refused:
        await records.create(
            admin,
            "repair_order",
            {"vehicle_id": car.id, "arrived_on": date(2026, 11, 20), "settled_on": date(2026, 11, 19)},
        )
    assert [(e.field, e.code) for e in refused.value.errors] == [("settled_on", "date_order")]


async def test_the_car_knows_the_mileage_of_its_latest_visit(records, admin, car) -> None:
    for arrived, km in ((date(2026, 3, 1), 20_000), (date(2025, 3, 1), 12_000)):
        await records.create(
            admin, "repair_order", {"vehicle_id": car.id, "arrived_on": arrived, "mileage_km": km}
        )
    assert (await records.get(admin, "vehicle", car.id)).get("mileage_km") == 20_000


async def test_whoever_bought_is_a_customer_and_the_car_knows_when(records, admin, car, clock) -> None:
    buyer = await records.create(admin, "customer", {"name": "李娜"})
    await records.create(
        admin,
        "purchase",
        {"customer_id": buyer.id, "vehicle_id": car.id, "bought_on": date(2026, 11, 1), "amount": "189800"},
    )
    assert (await records.get(admin, "customer", buyer.id)).get("status") == "customer"
    seen = await records.get(admin, "vehicle", car.id, typed=True)
    assert seen.get("purchased_on") == date(2026, 11, 1)


async def test_the_car_always_knows_when_its_insurance_ends(records, admin, car) -> None:
    policies = [
        await records.create(
            admin,
            "policy",
            {
                "vehicle_id": car.id,
                "kind": "commercial",
                "starts_on": ends - timedelta(365),
                "ends_on": ends,
            },
        )
        for ends in (date(2026, 12, 1), date(2027, 12, 1))
    ]
    seen = await records.get(admin, "vehicle", car.id, typed=True)
    assert (seen.get("commercial_until"), seen.get("compulsory_until")) == (date(2027, 12, 1), None)
    await records.delete(admin, "policy", policies[1].id, "录错")
    seen = await records.get(admin, "vehicle", car.id, typed=True)
    assert seen.get("commercial_until") == date(2026, 12, 1)
    with pytest.raises(Invalid):
        await records.change(admin, "policy", policies[0].id, {"starts_on": date(2027, 1, 1)})
