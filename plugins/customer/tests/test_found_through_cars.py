"""A caller who knows only the plate or the VIN is found by it in the list of customers."""

from __future__ import annotations

from datetime import date

import pytest

from crm_kernel.actor import Scope
from crm_kernel.errors import Invalid


@pytest.fixture
async def wang(records, admin):
    made = await records.create(admin, "customer", {"name": "欧阳娜娜", "mobile": "13812345678"})
    await records.create(admin, "customer", {"name": "李伟", "mobile": "13900139000"})
    car = {
        "vin": "LGXCE4CB9P0123456",
        "plate": "粤B·D12345",
        "customer_id": made.id,
        "purchased_on": date(2024, 3, 15),
    }
    bought = await records.create(admin, "vehicle", car)
    sale = {"customer_id": made.id, "vehicle_id": bought.id, "bought_on": date(2024, 3, 15)}
    await records.create(admin, "purchase", {**sale, "order_number": "XS240315"})
    return made


@pytest.mark.parametrize("typed", ["粤BD12345", "D12345", "123456", "LGXCE4CB9P0123456"])
async def test_plate_and_vin_find_whose_car_it_is(look_up, admin, wang, typed) -> None:
    assert [one.id for one in await look_up(admin, "customers", q=typed)] == [wang.id]


@pytest.mark.parametrize(
    "asked",
    [
        {"plate": "粤b d12345"},
        {"vin": "lgxce4cb9p0123456"},
        {"vin[endswith]": "123456"},
        {"bought_on[gte]": "2024-03-15", "bought_on[lte]": "2024年3月31日"},
        {"order_number": "XS240315"},
    ],
)
async def test_exact_questions_about_a_car_find_its_customer(look_up, make_actor, admin, wang, asked) -> None:
    assert [one.id for one in await look_up(admin, "customers", **asked)] == [wang.id]
    clerk = await make_actor({"customer.view": Scope.DEALERSHIP})
    assert await look_up(clerk, "customers", **asked) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"plate": "粤B12345"},
        {"vin": "LGXCE4CB9P0123457"},
        {"bought_on[gte]": "2024-03-16"},
        {"bought_on[lte]": "2024-03-14"},
    ],
)
async def test_another_car_finds_nobody(look_up, admin, wang, asked) -> None:
    assert await look_up(admin, "customers", **asked) == []


async def test_two_cars_bought_before_and_after_a_month_are_none_bought_in_it(
    records, look_up, admin, wang
) -> None:
    for vin, day in (("LSVAM4186C2184841", date(2020, 1, 2)), ("LFV2A21K0D4233448", date(2026, 5, 6))):
        await records.create(admin, "vehicle", {"vin": vin, "customer_id": wang.id, "purchased_on": day})
    between = {"bought_on[gte]": "2021-01-01", "bought_on[lte]": "2023-12-31"}
    assert await look_up(admin, "customers", **between) == []
    assert [one.id for one in await look_up(admin, "customers", **{"bought_on[gte]": "2026-05-06"})] == [
        wang.id
    ]


@pytest.mark.parametrize("asked", [{"plate": "粤B"}, {"vin[endswith]": "3456"}, {"bought_on[gte]": "spring"}])
async def test_what_cannot_be_asked_is_said(look_up, admin, asked) -> None:
    with pytest.raises(Invalid):
        await look_up(admin, "customers", **asked)


async def test_another_dealerships_cars_find_nobody_here(look_up, make_actor, make_dealership, wang) -> None:
    north = await make_dealership("north")
    rights = {"customer.view": Scope.DEALERSHIP, "vehicle.view": Scope.DEALERSHIP}
    elsewhere = await make_actor(rights, at=north.id)
    assert await look_up(elsewhere, "customers", plate="粤BD12345") == []


async def test_who_may_not_view_cars_learns_nothing_from_them(look_up, make_actor, wang) -> None:
    clerk = await make_actor({"customer.view": Scope.DEALERSHIP})
    assert await look_up(clerk, "customers", q="粤BD12345") == []
