"""Rights of a role changed together, roles begun from others, and everybody's roles at a glance."""

from __future__ import annotations

import pytest

from crm_kernel.actor import Scope
from crm_kernel.errors import Forbidden, Invalid


async def role_of(roles, actor, name):
    return next(role for role in await roles.roles(actor) if role.name == name)


async def test_permissions_and_fields_change_together_or_not_at_all(roles, admin) -> None:
    before = await role_of(roles, admin, "marketing")
    with pytest.raises(Invalid):
        await roles.set_rights(
            admin, "marketing", {"customer.delete": Scope.OWN}, {("customer", "shoe_size"): "hide"}
        )
    assert await role_of(roles, admin, "marketing") == before
    await roles.set_rights(
        admin, "marketing", {"customer.delete": Scope.OWN}, {("customer", "mobile"): "hide"}
    )
    after = await role_of(roles, admin, "marketing")
    assert after.permissions == {**before.permissions, "customer.delete": Scope.OWN}
    assert after.fields == {"customer.mobile": "hide"}


async def test_a_role_begins_with_the_rights_of_another(roles, admin) -> None:
    await roles.set_field(admin, "sales_consultant", "customer", "mobile", "read")
    made = await roles.create_role(admin, "junior", "见习顾问", like="sales_consultant")
    model = await role_of(roles, admin, "sales_consultant")
    assert (made.permissions, made.fields) == (model.permissions, model.fields)


async def test_nobody_begins_a_role_with_more_than_he_holds(roles, hire, dealership) -> None:
    administrator = await hire("administrator")
    deputy = await roles.create_role(administrator, "deputy", "副总", dealership.id, like="general_manager")
    assert deputy.permissions["customer.view"] is Scope.DEALERSHIP
    with pytest.raises(Forbidden):
        await roles.create_role(administrator, "boss", "老板", dealership.id, like="super_administrator")


async def test_roles_of_people_out_of_reach_are_left_out(roles, admin, hire, dealership, east) -> None:
    here, there = await hire("marketing"), await hire("marketing", at=east)
    administrator = await hire("administrator")
    found = await roles.roles_of_all(administrator, [here.id, there.id])
    assert {person: [one.role for one in held] for person, held in found.items()} == {here.id: ["marketing"]}
    assert (await roles.roles_of_all(admin, [here.id, there.id])).keys() == {here.id, there.id}
