"""The right customer, by whatever the caller says."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from crm_kernel.actor import Scope
from crm_kernel.errors import Invalid
from crm_kernel.records.views.view import ViewDraft


@pytest.fixture
async def wang(records, admin):
    made = await records.create(
        admin,
        "customer",
        {"name": "欧阳娜娜", "code": "KH07000017", "mobile": "13812345678", "phones": ["021-51021808"]},
    )
    await records.create(admin, "customer", {"name": "李伟", "mobile": "13900139000"})
    return made


@pytest.fixture
async def car(records, admin, wang):
    return await records.create(
        admin, "vehicle", {"vin": "LGXCE4CB9P0123456", "plate": "粤B·D12345", "customer_id": wang.id}
    )


@pytest.mark.parametrize(
    "typed", ["欧阳", "娜娜", "欧阳娜娜", "oyn", "KH07000017", "5678", "123456", "51021808"]
)
async def test_one_box_finds_name_initials_code_and_parts_of_numbers(look_up, admin, wang, typed) -> None:
    assert [one.id for one in await look_up(admin, "customers", q=typed)] == [wang.id]


async def test_a_whole_number_finds_its_customer_however_it_is_written(look_up, admin, wang) -> None:
    for typed in ("13812345678", "+86 138-1234-5678", "008613812345678", "021-51021808"):
        assert [one.id for one in await look_up(admin, "customers", mobile=typed)] == [wang.id]


async def test_part_of_a_mobile_finds_from_four_digits_on(look_up, admin, wang) -> None:
    found = await look_up(admin, "customers", **{"mobile[contains]": "2345"})
    assert [one.id for one in found] == [wang.id]
    with pytest.raises(Invalid):
        await look_up(admin, "customers", **{"mobile[contains]": "234"})


async def test_a_car_is_found_by_vin_by_its_last_six_and_by_plate(look_up, admin, car) -> None:
    for params in (
        {"vin": "lgxce4cb9p0123456"},
        {"vin[endswith]": "123456"},
        {"vin[endswith]": "P0123456"},
        {"plate": "粤BD12345"},
        {"plate": "粤b·d12345"},
        {"q": "123456"},
        {"q": "D12345"},
    ):
        assert [one.id for one in await look_up(admin, "vehicles", **params)] == [car.id], params
    assert await look_up(admin, "vehicles", **{"vin[endswith]": "X0123456"}) == []
    with pytest.raises(Invalid):
        await look_up(admin, "vehicles", **{"vin[endswith]": "3456"})


async def test_an_old_plate_still_finds_its_car(records, look_up, admin, car) -> None:
    await records.change(admin, "vehicle", car.id, {"plate": "粤B54321"})
    assert [one.id for one in await look_up(admin, "vehicles", plate="粤BD12345")] == [car.id]
    assert [one.id for one in await look_up(admin, "vehicles", plate="粤B54321")] == [car.id]


async def test_other_modules_find_customers_and_cars_through_the_directories(
    kernel, admin, wang, car
) -> None:
    customers, vehicles = kernel.service("customer.directory"), kernel.service("vehicle.directory")
    for asked in (
        {"mobile": "138 1234 5678"},
        {"mobile": "02151021808"},
        {"plate": "粤BD12345"},
        {"q": "欧阳"},
    ):
        cards = await customers.find(admin, **asked)
        assert [(card.id, card.mobile) for card in cards] == [(wang.id, "138****5678")], asked
    assert (await customers.card(admin, wang.id)).code == "KH07000017"
    assert [card.id for card in await vehicles.find(admin, vin="123456")] == [car.id]
    assert [card.id for card in await vehicles.of_customer(admin, wang.id)] == [car.id]
    assert (await vehicles.card(admin, car.id)).plate == "粤BD12345"


async def test_directories_know_nothing_of_other_dealerships(
    kernel, wang, car, make_actor, make_dealership
) -> None:
    east = await make_dealership("east")
    there = await make_actor(
        {"customer.view": Scope.DEALERSHIP, "vehicle.view": Scope.DEALERSHIP}, at=east.id
    )
    customers, vehicles = kernel.service("customer.directory"), kernel.service("vehicle.directory")
    assert await customers.card(there, wang.id) is None
    assert list(await customers.find(there, mobile="13812345678")) == []
    assert list(await vehicles.find(there, plate="粤BD12345")) == []
    assert await vehicles.card(there, car.id) is None


async def test_what_runs_out_soon_is_other_cars_when_time_has_passed(
    kernel, records, look_up, admin, clock
) -> None:
    """Today is the day in Shanghai; the day that a period means is worked out each time it is asked for."""
    car = await records.create(admin, "vehicle", {"vin": "LGXCE4CB9P0123456", "warranty_until": "2026-12-24"})

    async def found(field: str, period: str) -> list[UUID]:
        return [one.id for one in await look_up(admin, "vehicles", **{f"{field}[within]": period})]

    assert await found("warranty_until", "next-30-days") == []
    assert await found("created_at", "today") == [car.id]
    clock.advance(timedelta(hours=16))
    assert await found("warranty_until", "next-30-days") == [car.id]
    assert await found("created_at", "today") == []
    assert await found("created_at", "yesterday") == [car.id]
    draft = ViewDraft(name="脱保", params={"warranty_until[within]": "next-30-days"})
    kept = await kernel.service("views").add(admin, "vehicle", draft)
    assert kept.params == {"warranty_until[within]": "next-30-days"}
    for params in ({"warranty_until[within]": "soon"}, {"mileage_km[within]": "today"}):
        with pytest.raises(Invalid):
            await kernel.service("views").add(admin, "vehicle", ViewDraft(name="x", params=params))
        with pytest.raises(Invalid):
            await look_up(admin, "vehicles", **params)
