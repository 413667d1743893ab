"""What dealerships of a group let each other find, and why somebody may do what he may."""

from __future__ import annotations

import pytest

from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Scope
from crm_kernel.contributions import Entity, Field
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.text import messages


@pytest.fixture
def car(kernel):
    label = messages("kernel")("Car")
    entity = Entity("car", "cars", object, label, label, "car", (Field("price", label), Field("bank", label)))
    kernel.registry.add("garage", [entity])
    return entity


@pytest.fixture
async def steward(kernel, car, roles, hire, admin, group, make_actor):
    """Somebody who manages sharing for the whole group and sees its cars."""
    await kernel.access.changed()
    return await make_actor(
        {"sharing.manage": Scope.GROUP, "car.view": Scope.GROUP}, place={"group_id": group.id}
    )


async def test_a_sharing_rule_reaches_the_rights_of_the_others_at_once(
    kernel, steward, group, dealership, east, lone, hire
) -> None:
    sharing, clerk = kernel.service("sharing"), await hire(at=east)
    rule = await sharing.create_rule(steward, group.id, "car", ["price"], tag="vip")
    (shared,) = (await kernel.access.actor(clerk.id)).grants.shared
    assert (shared.entity, shared.dealership_ids, shared.fields) == ("car", {dealership.id}, {"price"})
    assert (await kernel.access.grants(clerk.id, lone.id)).shared == ()
    await sharing.change_rule(steward, rule.id, active=False)
    assert (await kernel.access.actor(clerk.id)).grants.shared == ()
    await sharing.delete_rule(steward, rule.id)
    assert await sharing.rules(steward) == []


async def test_nobody_shares_what_he_may_not_see_or_beyond_his_group(
    kernel, steward, group, lone, make_actor, admin
) -> None:
    sharing = kernel.service("sharing")
    blind = await make_actor({"sharing.manage": Scope.GROUP}, place={"group_id": group.id})
    shop = await make_actor({"sharing.manage": Scope.DEALERSHIP, "car.view": Scope.ALL})
    hidden = await make_actor(
        {"sharing.manage": Scope.ALL, "car.view": Scope.ALL}, hidden=frozenset({"car.bank"})
    )
    with pytest.raises(Forbidden):
        await sharing.create_rule(blind, group.id, "car", ["price"])
    with pytest.raises(NotFound):
        await sharing.create_rule(shop, group.id, "car", ["price"])
    with pytest.raises(NotFound):
        await sharing.create_rule(steward, group.id, "car", ["price"], source_id=lone.id)
    for fields in (["bank"], ["no_such_field"], []):
        with pytest.raises(Invalid):
            await sharing.create_rule(hidden, group.id, "car", fields)


async def why(kernel, asker, user, permission, **more) -> tuple[bool, str]:
    explanation = await kernel.service("explain").explain(asker, user.id, permission, **more)
    return explanation.allowed, " ".join(map(str, explanation.because))


async def test_the_explainer_names_the_role_its_scope_and_the_place(kernel, admin, hire) -> None:
    clerk = await hire("administrator")
    allowed, words = await why(kernel, admin, clerk, "explain.use")
    assert allowed
    assert "Administrator, held there, gives explain.use for the dealership's records" in words
    allowed, words = await why(kernel, admin, await hire("marketing"), "explain.use")
    assert not allowed
    assert "Marketing, held there, does not give explain.use" in words


async def test_the_explainer_tells_of_missing_roles_absent_permissions_and_people_who_left(
    kernel, admin, hire
) -> None:
    clerk, chief = await hire(), await hire(SUPER, everywhere=True)
    assert await why(kernel, admin, clerk, "explain.use") == (
        False,
        "员工 works in 默认门店. No role is held there.",
    )
    assert (await why(kernel, admin, chief, "explain.use"))[0]
    assert "There is no permission x.y." in (await why(kernel, admin, chief, "x.y"))[1]
    await kernel.service("organisation").set_staff_active(admin, clerk.id, False)
    assert "no longer works here" in (await why(kernel, admin, clerk, "explain.use"))[1]


async def test_everybody_may_ask_about_himself_and_about_others_with_the_right(kernel, hire, east) -> None:
    clerk, colleague, foreign = await hire("marketing"), await hire(), await hire(at=east)
    boss = await hire("administrator")
    assert not (await why(kernel, clerk, clerk, "explain.use"))[0]
    with pytest.raises(Forbidden):
        await why(kernel, clerk, colleague, "explain.use")
    assert not (await why(kernel, boss, colleague, "explain.use"))[0]
    with pytest.raises(NotFound):
        await why(kernel, boss, foreign, "explain.use")


async def test_a_module_switched_off_is_named(kernel, car, admin, hire, roles, dealership) -> None:
    await kernel.access.changed()
    await roles.set_permissions(admin, "marketing", {"car.view": Scope.DEALERSHIP})
    clerk = await hire("marketing")
    assert (await why(kernel, admin, clerk, "car.view"))[0]
    from crm_kernel.access.organisation import ModuleSwitch

    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(ModuleSwitch(dealership_id=dealership.id, plugin="garage"))
    allowed, words = await why(kernel, admin, clerk, "car.view")
    assert not allowed
    assert "The module garage is switched off there." in words
