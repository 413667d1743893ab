"""Who may give whom which rights."""

from __future__ import annotations

import pytest

from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Scope
from crm_kernel.contributions import Entity, Field
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound
from crm_kernel.events.models import Event
from crm_kernel.registry import entity_permissions
from crm_kernel.text import messages
from tests.kernel.administration.facts import count_of, facts


async def test_an_administrator_gives_people_of_his_dealership_the_roles_he_covers(
    kernel, roles, hire, dealership
) -> None:
    boss, clerk = await hire("administrator"), await hire()
    await roles.grant(boss, clerk.id, "marketing", dealership.id)
    assert [g.role for g in await roles.roles_of(boss, clerk.id)] == ["marketing"]
    assert (await kernel.access.actor(clerk.id)).grants.roles == {"marketing"}
    await roles.revoke(boss, clerk.id, "marketing", dealership.id)
    assert (await kernel.access.actor(clerk.id)).grants.roles == frozenset()


async def test_nobody_makes_a_super_administrator_but_a_super_administrator(
    kernel, roles, hire, admin, dealership
) -> None:
    boss, clerk = await hire("administrator"), await hire()
    before = await facts(kernel)
    for actor, person in ((boss, clerk), (boss, boss)):
        with pytest.raises(Forbidden):
            await roles.grant(actor, person.id, SUPER, None)
    assert await facts(kernel) == before, "a refusal leaves everything as it was"
    with pytest.raises(Conflict):
        await roles.grant(admin, clerk.id, SUPER, dealership.id)
    await roles.grant(admin, clerk.id, SUPER, None)
    assert (await kernel.access.actor(clerk.id)).grants.super


async def test_the_last_super_administrator_cannot_lose_his_role(roles, hire, admin) -> None:
    only = await hire(SUPER, everywhere=True)
    with pytest.raises(Conflict) as refused:
        await roles.revoke(only, only.id, SUPER, None)
    assert refused.value.code == "last_super_administrator"
    second = await hire(SUPER, everywhere=True)
    await roles.revoke(second, only.id, SUPER, None)


async def test_a_right_one_lacks_cannot_be_put_into_a_role(roles, hire, admin) -> None:
    await roles.create_role(admin, "clerk", "Clerk")
    await roles.set_permissions(admin, "administrator", {"sharing.manage": None})
    boss = await hire("administrator", everywhere=True)
    with pytest.raises(Forbidden):
        await roles.set_permissions(boss, "clerk", {"sharing.manage": Scope.OWN})
    with pytest.raises(Forbidden):
        await roles.set_permissions(boss, "clerk", {"explain.use": Scope.GROUP})
    view = await roles.set_permissions(boss, "clerk", {"explain.use": Scope.DEALERSHIP})
    assert view.permissions == {"explain.use": Scope.DEALERSHIP}


async def test_a_role_above_ones_own_is_out_of_hand(roles, hire, admin, dealership) -> None:
    await roles.create_role(admin, "controller", "Controller")
    await roles.set_permissions(admin, "controller", {"explain.use": Scope.GROUP})
    boss, other = await hire("administrator", everywhere=True), await hire("controller")
    for attempt in (
        roles.set_permissions(boss, "controller", {"explain.use": None}),
        roles.rename_role(boss, "controller", "Mine"),
        roles.delete_role(boss, "controller"),
        roles.grant(boss, boss.id, "controller", dealership.id),
        roles.revoke(boss, other.id, "controller", dealership.id),
        roles.set_permissions(boss, SUPER, {"explain.use": Scope.OWN}),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_an_administrator_of_one_dealership_touches_no_role_of_the_house(roles, hire) -> None:
    boss = await hire("administrator")
    with pytest.raises(Forbidden):
        await roles.set_permissions(boss, "marketing", {"explain.use": Scope.OWN})
    with pytest.raises(Forbidden):
        await roles.create_role(boss, "mine", "Mine")


async def test_a_right_held_in_one_dealership_only_does_not_go_into_a_role_of_the_house(
    kernel, roles, hire, admin, dealership
) -> None:
    await roles.create_role(admin, "keeper", "Keeper")
    await roles.set_permissions(admin, "keeper", {"access.manage": Scope.ALL})
    await roles.create_role(admin, "asker", "Asker")
    await roles.set_permissions(admin, "asker", {"explain.use": Scope.DEALERSHIP})
    await roles.create_role(admin, "empty", "Empty")
    keeper = await hire("keeper")
    await roles.grant(admin, keeper.id, "asker", dealership.id)
    keeper = await kernel.access.actor(keeper.id)
    assert keeper.may("explain.use")
    with pytest.raises(Forbidden):
        await roles.set_permissions(keeper, "empty", {"explain.use": Scope.DEALERSHIP})


async def test_a_dealership_may_have_roles_of_its_own(roles, hire, dealership, east) -> None:
    boss, clerk, stranger = (
        await hire("administrator"),
        await hire(),
        await hire("administrator", at=east),
    )
    await roles.create_role(boss, "greeter", "Greeter", dealership.id)
    await roles.set_permissions(boss, "greeter", {"explain.use": Scope.OWN})
    await roles.grant(boss, clerk.id, "greeter", dealership.id)
    assert "greeter" not in {role.name for role in await roles.roles(stranger)}
    with pytest.raises(NotFound):
        await roles.rename_role(stranger, "greeter", "Ours")


async def test_an_administrator_reaches_people_and_places_of_his_dealership_only(
    roles, hire, dealership, east
) -> None:
    boss, foreign, clerk = await hire("administrator"), await hire("marketing", at=east), await hire()
    for attempt in (
        roles.grant(boss, foreign.id, "marketing", dealership.id),
        roles.grant(boss, clerk.id, "marketing", east.id),
        roles.revoke(boss, foreign.id, "marketing", east.id),
        roles.roles_of(boss, foreign.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Forbidden):
        await roles.grant(boss, clerk.id, "marketing", None)


async def test_a_right_that_reaches_the_group_gives_roles_in_all_its_dealerships(
    roles, hire, admin, east, lone
) -> None:
    await roles.create_role(admin, "steward", "Steward")
    await roles.set_permissions(admin, "steward", {"access.manage": Scope.GROUP, "explain.use": Scope.GROUP})
    await roles.create_role(admin, "asker", "Asker")
    await roles.set_permissions(admin, "asker", {"explain.use": Scope.DEALERSHIP})
    steward, there, outside = await hire("steward"), await hire(at=east), await hire(at=lone)
    await roles.grant(steward, there.id, "asker", east.id)
    with pytest.raises(NotFound):
        await roles.grant(steward, outside.id, "asker", lone.id)


async def test_a_field_hidden_from_oneself_cannot_be_opened(kernel, roles, hire, admin, make_actor) -> None:
    label = messages("kernel")("Car")
    car = Entity("car", "cars", object, label, label, "car", (Field("price", label),))
    kernel.registry.add("garage", [car])
    await roles.create_role(admin, "clerk", "Clerk")
    await roles.set_field(admin, "clerk", "car", "price", "hide")
    held = {"access.manage": Scope.ALL} | {p.name: Scope.ALL for p in entity_permissions(car)}
    blind = await make_actor(held, hidden=frozenset({"car.price"}))
    with pytest.raises(Forbidden):
        await roles.set_field(blind, "clerk", "car", "price", None)
    view = await roles.create_role(blind, "helper", "Helper")
    assert view.fields == {"car.price": "hide"}, "a new role sees no more than its maker"
    clerk = await hire()
    with pytest.raises(Forbidden):
        await roles.grant(blind, clerk.id, "marketing", clerk.place.dealership_id)


async def test_a_role_somebody_holds_cannot_be_deleted(roles, hire, admin, dealership) -> None:
    await roles.create_role(admin, "clerk", "Clerk")
    person = await hire("clerk")
    with pytest.raises(Conflict):
        await roles.delete_role(admin, "clerk")
    await roles.revoke(admin, person.id, "clerk", dealership.id)
    await roles.delete_role(admin, "clerk")
    assert "clerk" not in {role.name for role in await roles.roles(admin)}


@pytest.mark.parametrize("name", ["Clerk", "a,b", "r:x", "", "x" * 60, "p, r:evil"])
async def test_a_role_name_carries_nothing_casbin_could_misread(roles, admin, name) -> None:
    with pytest.raises(Invalid):
        await roles.create_role(admin, name, "Clerk")


async def test_a_permission_nobody_brought_cannot_be_granted(roles, admin) -> None:
    with pytest.raises(Invalid):
        await roles.set_permissions(admin, "marketing", {"nothing.there": Scope.OWN})


async def test_every_change_is_told_in_the_event_log(kernel, roles, admin, hire, dealership) -> None:
    clerk = await hire()
    before = await count_of(kernel, Event)
    await roles.grant(admin, clerk.id, "marketing", dealership.id)
    assert await count_of(kernel, Event) == before + 1
