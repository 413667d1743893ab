"""Cars: one number each, plates and people that change with time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_customer.schemas.vehicle import VehicleChange, VehicleCreate
from crm_kernel.actor import Scope
from crm_kernel.errors import Conflict, Invalid, NotFound

GOOD, OTHER = "LGXCE4CB9P0123456", "LSVAA49J132012345"
WRONG = "LSVAA49J132012346"


@pytest.fixture
async def wang(records, admin):
    return await records.create(admin, "customer", {"name": "王伟"})


@pytest.fixture
async def li(records, admin):
    return await records.create(admin, "customer", {"name": "李娜"})


async def test_the_number_tells_maker_and_model_year(records, admin, wang) -> None:
    made = await records.create(
        admin,
        "vehicle",
        VehicleCreate(vin=" lgxce4cb-9p0123456", purchased_on=date(2023, 5, 1), customer_id=wang.id),
    )
    car = await records.get(admin, "vehicle", made.id, typed=True)
    assert (car.get("vin"), car.get("vin_check"), car.get("model_year"), car.get("maker"), car.version) == (
        GOOD,
        "ok",
        2023,
        "比亚迪",
        1,
    )


async def test_a_wrong_check_digit_is_kept_only_with_a_reason(records, admin) -> None:
    with pytest.raises(Invalid) as refused:
        await records.create(admin, "vehicle", {"vin": WRONG})
    assert [(e.field, e.code) for e in refused.value.errors] == [("vin", "check_digit")]
    made = await records.create(admin, "vehicle", {"vin": WRONG, "vin_reason": "铭牌如此，已拍照"})
    assert made.get("vin_check") == "wrong"
    imported = await records.create(admin, "vehicle", {"vin": "WVWZZZ1KZAW000001"})
    assert imported.get("vin_check") == "not_applicable"


async def test_what_is_no_vin_is_refused(records, admin) -> None:
    with pytest.raises(Invalid) as refused:
        await records.create(admin, "vehicle", {"vin": "LGXCE4CB9PO12345"})
    assert refused.value.errors[0].code == "vin"


async def test_a_car_is_kept_once_even_if_it_was_deleted(records, admin) -> None:
    made = await records.create(admin, "vehicle", {"vin": GOOD})
    with pytest.raises(Conflict) as refused:
        await records.create(admin, "vehicle", {"vin": GOOD.lower()})
    assert refused.value.open == ({"entity": "vehicle", "id": str(made.id)},)
    await records.delete(admin, "vehicle", made.id, "录错")
    with pytest.raises(Conflict, match="Restore"):
        await records.create(admin, "vehicle", {"vin": GOOD})
    await records.restore(admin, "vehicle", made.id)


async def test_a_plate_moves_with_its_owner_to_the_next_car(kernel, records, admin, clock) -> None:
    service = kernel.service("customer.vehicles")
    old = await records.create(admin, "vehicle", {"vin": GOOD, "plate": "粤B·12345"})
    new = await records.create(admin, "vehicle", {"vin": OTHER})
    clock.advance(timedelta(days=30))
    await service.take_plate(admin, new.id, "粤b12345")
    first, second = [await records.get(admin, "vehicle", one.id, typed=True) for one in (old, new)]
    assert (first.get("plate"), second.get("plate")) == (None, "粤B12345")
    assert first.get("plates") == [{"plate": "粤B12345", "since": None, "until": "2026-12-23"}]
    assert second.get("plates") == [{"plate": "粤B12345", "since": "2026-12-23", "until": None}]


async def test_a_plate_typed_for_another_car_moves_only_when_that_is_said(records, admin) -> None:
    old = await records.create(admin, "vehicle", {"vin": GOOD, "plate": "粤B12345"})
    new = await records.create(admin, "vehicle", {"vin": OTHER, "plate": "粤B12345"})
    assert (await records.get(admin, "vehicle", old.id)).get("plate") == "粤B12345"
    sent = {"plate": "粤B12345", "move_plate": True, "plate_since": "2026-11-01"}
    await records.change(admin, "vehicle", new.id, sent)
    first, second = [await records.get(admin, "vehicle", one.id) for one in (old, new)]
    assert (first.get("plate"), second.get("plate")) == (None, "粤B12345")
    assert first.get("plates") == [{"plate": "粤B12345", "since": None, "until": "2026-11-01"}]
    assert second.get("plates") == [{"plate": "粤B12345", "since": "2026-11-01", "until": None}]


async def test_a_plate_moves_to_a_car_that_is_entered_with_it(records, admin, clock) -> None:
    old = await records.create(admin, "vehicle", {"vin": GOOD, "plate": "粤B12345"})
    new = await records.create(admin, "vehicle", {"vin": OTHER, "plate": "粤B12345", "move_plate": True})
    assert (await records.get(admin, "vehicle", old.id)).get("plate") is None
    assert new.get("plates") == [{"plate": "粤B12345", "since": "2026-11-23", "until": None}]


async def test_a_plate_that_two_cars_had_at_the_same_time_is_noticed(kernel, records, admin) -> None:
    suspects = kernel.service("vehicle.duplicates").suspects
    old = await records.create(
        admin, "vehicle", {"vin": GOOD, "plate": "粤B12345", "plate_since": "2015-01-01"}
    )
    await records.change(admin, "vehicle", old.id, {"plate": "粤B54321", "plate_since": "2020-01-01"})
    new = await records.create(admin, "vehicle", {"vin": OTHER})

    async def told(**values) -> list[tuple[str, object, str]]:
        return [(s.code, s.id, s.detail) for s in await suspects(admin, values, but=new.id)]

    assert await told(plate="粤B12345", plate_since="2020-01-01") == []
    overlap = [("plate_period", old.id, "2015-01-01 – 2020-01-01")]
    assert await told(plate="粤B12345", plate_since="2019-12-31") == overlap
    await kernel.service("customer.vehicles").take_plate(admin, new.id, "粤B12345", date(2018, 5, 1))
    assert await told(plate="粤B12345") == overlap
    entered = [s.code for s in await suspects(admin, {"plate": "粤B12345"})]
    assert entered == ["plate_period", "plate"]
    bought = await suspects(admin, {"plate": "粤B12345", "purchased_on": "2021-03-01"}, but=None)
    assert [s.code for s in bought] == ["plate"]


async def test_a_sold_car_remembers_its_former_owner(kernel, records, admin, wang, li, clock) -> None:
    made = await records.create(
        admin, "vehicle", {"vin": GOOD, "customer_id": wang.id, "purchased_on": date(2023, 5, 1)}
    )
    clock.advance(timedelta(days=1))
    await records.change(admin, "vehicle", made.id, VehicleChange(customer_id=li.id))
    life = await kernel.service("customer.vehicles").life(admin, made.id)
    assert [(one["name"], one["since"], one["until"]) for one in life.people] == [
        ("王伟", "2023-05-01", "2026-11-24"),
        ("李娜", "2026-11-24", None),
    ]


async def test_whoever_gets_a_car_is_no_prospect_any_more(records, admin, wang) -> None:
    await records.create(admin, "vehicle", {"vin": GOOD, "customer_id": wang.id})
    assert (await records.get(admin, "customer", wang.id)).get("status") == "customer"


async def test_a_driver_sees_the_car_among_his_until_he_gives_it_up(kernel, records, admin, wang, li) -> None:
    service, directory = kernel.service("customer.vehicles"), kernel.service("vehicle.directory")
    made = await records.create(admin, "vehicle", {"vin": GOOD, "customer_id": wang.id})
    await service.take_role(admin, made.id, li.id, "driver", date(2026, 1, 1))
    assert [card.id for card in await directory.of_customer(admin, li.id)] == [made.id]
    await service.give_up_role(admin, made.id, li.id, "driver")
    assert list(await directory.of_customer(admin, li.id)) == []
    with pytest.raises(Invalid):
        await service.take_role(admin, made.id, li.id, "owner")


async def test_the_odometer_is_kept_with_its_history(kernel, records, admin) -> None:
    service = kernel.service("customer.vehicles")
    made = await records.create(admin, "vehicle", {"vin": GOOD, "mileage_km": "8.4万公里"})
    await service.read_odometer(admin, made.id, 60_000, date(2025, 1, 1))
    assert (await records.get(admin, "vehicle", made.id)).get("mileage_km") == 84_000
    life = await service.life(admin, made.id)
    assert [(one.read_on, one.mileage_km) for one in life.readings] == [
        (date(2026, 11, 23), 84_000),
        (date(2025, 1, 1), 60_000),
    ]


async def test_a_car_of_another_dealership_does_not_exist(
    kernel, records, admin, make_actor, make_dealership
) -> None:
    made = await records.create(admin, "vehicle", {"vin": GOOD})
    east = await make_dealership("east")
    there = await make_actor(
        {"vehicle.view": Scope.DEALERSHIP, "vehicle.change": Scope.DEALERSHIP}, at=east.id
    )
    service = kernel.service("customer.vehicles")
    for attempt in (
        service.life(there, made.id),
        service.take_plate(there, made.id, "粤B12345"),
        service.read_odometer(there, made.id, 1),
        records.change(there, "vehicle", made.id, {"color": "红"}),
    ):
        with pytest.raises(NotFound):
            await attempt
    own = await make_actor(super_=True, at=east.id)
    assert (await records.create(own, "vehicle", {"vin": GOOD})).get("vin") == GOOD
