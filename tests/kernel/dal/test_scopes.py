"""Who finds which records: every scope, foreign ids, people without a place, released records."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm_kernel.actor import Place, Scope, Shared
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.scoped import scoped
from crm_kernel.dal.sharing import name_records, shared_fields
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnscopedRead
from crm_kernel.errors import NotFound
from tests.kernel.dal.house import House, car
from tests.kernel.dal.showroom import CARS, Car

CAR_OF = {
    1: ("shop1", "wang"),
    2: ("shop1", "li"),
    3: ("shop1", "zhao"),
    4: ("shop2", None),
    5: ("shop3", None),
    6: ("shop4", None),
}


@pytest.fixture
async def forecourt(house: House) -> House:
    rows = [car(n, house.ids[shop], house.ids.get(owner or "")) for n, (shop, owner) in CAR_OF.items()]
    for row in rows:
        house.ids[row.name] = row.id = uuid7()
    await house.add(rows, house.access(Scope.ALL, place=Place(dealership_id=house.ids["shop1"])))
    async with house.db.work(None) as work:
        for row in await work.rows(scoped(house.access(Scope.ALL), Car)):
            _shop, owner = CAR_OF[int(row.name[-1])]
            row.owner_id = house.ids.get(owner or "")
    return house


async def found(house: House, access, **query) -> set[int]:
    """Numbers of the cars a list shows; the list, the count and the portable read must agree."""
    page = await CARS.page(house.db, access, Query(count=True, **query), ["name"])
    shown = {int(row[0][-1]) for row in page.rows}
    assert page.count == len(page.rows)
    return shown


SEEN = {
    Scope.OWN: {1},
    Scope.TEAM: {1},
    Scope.DEPARTMENT: {1, 2},
    Scope.DEALERSHIP: {1, 2, 3},
    Scope.REGION: {1, 2, 3, 4},
    Scope.GROUP: {1, 2, 3, 4, 5},
    Scope.ALL: {1, 2, 3, 4, 5, 6},
}


@pytest.mark.parametrize("scope", list(Scope))
async def test_each_scope_shows_just_its_cars(forecourt: House, scope: Scope) -> None:
    access = forecourt.access(scope)
    assert await found(forecourt, access) == SEEN[scope]
    portable = await forecourt.db.rows(scoped(access, Car, Car.name))
    assert {int(name[-1]) for name in portable} == SEEN[scope]


@pytest.mark.parametrize("scope", list(Scope))
async def test_an_id_outside_the_scope_is_as_unknown_as_a_random_one(forecourt: House, scope: Scope) -> None:
    access = forecourt.access(scope)
    for number in CAR_OF:
        car_id = forecourt.ids[f"car {number}"]
        row = await CARS.one(forecourt.db, access, car_id, ["vin"])
        assert (row is not None) == (number in SEEN[scope])
        if number not in SEEN[scope]:
            async with forecourt.db.work(access) as work:
                with pytest.raises(NotFound):
                    await work.get(access, Car, car_id)
    assert await CARS.one(forecourt.db, access, uuid7(), ["vin"]) is None


async def test_a_scope_without_a_place_shrinks_instead_of_opening(forecourt: House) -> None:
    shop = forecourt.ids["shop1"]
    lonely = Place(dealership_id=shop)
    assert await found(forecourt, forecourt.access(Scope.TEAM, place=lonely)) == {1}
    assert await found(forecourt, forecourt.access(Scope.DEPARTMENT, place=lonely)) == {1}
    assert await found(forecourt, forecourt.access(Scope.REGION, place=lonely)) == {1, 2, 3}
    assert await found(forecourt, forecourt.access(Scope.GROUP, place=lonely)) == {1, 2, 3}
    assert await found(forecourt, forecourt.access(Scope.DEALERSHIP, place=Place())) == set()


async def test_the_controller_of_a_group_sees_its_dealerships_without_working_in_one(
    forecourt: House,
) -> None:
    controller = Place(group_id=forecourt.ids["group"])
    assert await found(forecourt, forecourt.access(Scope.GROUP, place=controller)) == {1, 2, 3, 4, 5}


async def test_an_unscoped_read_of_records_is_refused(forecourt: House) -> None:
    async with forecourt.db.work(forecourt.access(Scope.ALL)) as work:
        with pytest.raises(UnscopedRead):
            await work.session.execute(select(Car))


@pytest.fixture
async def sharing(forecourt: House) -> House:
    name_records(Car, "car", "car.view")
    access = forecourt.access(Scope.ALL)
    async with forecourt.db.work(access) as work:
        row = await work.get(access, Car, forecourt.ids["car 4"])
        row.tags = ["二手 100%", "hot"]
    return forecourt


async def test_a_sharing_rule_lets_find_marked_cars_of_another_dealership(sharing: House) -> None:
    shops = frozenset({sharing.ids["shop2"], sharing.ids["shop3"]})
    everything = Shared("car", shops, "", frozenset({"vin", "name"}))
    marked = Shared("car", shops, "二手 100%", frozenset({"name"}))
    assert await found(sharing, sharing.access(Scope.OWN, shared=(everything,))) == {1, 4, 5}
    assert await found(sharing, sharing.access(Scope.OWN, shared=(marked,))) == {1, 4}
    assert await found(sharing, sharing.access(Scope.OWN, shared=(everything, marked))) == {1, 4, 5}
    other = Shared("customer", shops, "", frozenset({"name"}))
    assert await found(sharing, sharing.access(Scope.OWN, shared=(other,))) == {1}


async def test_what_is_released_may_be_seen_but_not_changed(sharing: House) -> None:
    rule = Shared("car", frozenset({sharing.ids["shop2"]}), "", frozenset({"name"}))
    view = sharing.access(Scope.DEALERSHIP, shared=(rule,))
    change = sharing.access(Scope.DEALERSHIP, permission="car.change", shared=(rule,))
    assert await found(sharing, view) == {1, 2, 3, 4}
    assert await found(sharing, change) == {1, 2, 3}
    async with sharing.db.work(change) as work:
        with pytest.raises(NotFound):
            await work.get(change, Car, sharing.ids["car 4"])


async def test_only_released_fields_are_shown_and_asked_for(sharing: House) -> None:
    shop2 = sharing.ids["shop2"]
    rules = (
        Shared("car", frozenset({shop2}), "", frozenset({"name"})),
        Shared("car", frozenset({shop2}), "hot", frozenset({"vin"})),
    )
    access = sharing.access(Scope.OWN, shared=rules)
    assert shared_fields(access, Car, sharing.ids["shop1"], []) is None
    assert shared_fields(access, Car, shop2, []) == {"name"}
    assert shared_fields(access, Car, shop2, ["hot"]) == {"name", "vin"}
    vin = (Condition("vin", "endswith", "4"),)
    name_only = sharing.access(Scope.OWN, shared=rules[:1])
    assert await found(sharing, name_only, conditions=vin) == set()
    assert await found(sharing, name_only, conditions=(Condition("name", "contains", "CAR 4"),)) == {4}
    assert await found(sharing, name_only, sort=("color",)) == {1}
