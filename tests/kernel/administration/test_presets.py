"""The roles the product comes with."""

from __future__ import annotations

from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Scope
from crm_kernel.administration.presets import seed_presets
from crm_kernel.contributions import Manifest, Permission, RoleGrant
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

NAMES = {
    SUPER,
    "administrator",
    "general_manager",
    "customer_service_supervisor",
    "service_agent",
    "service_advisor",
    "sales_manager",
    "sales_consultant",
    "marketing",
}
_ = messages("kernel")


class Garage:
    """A module that arrives later."""

    __name__ = "garage"

    @hookimpl
    def manifest(self):
        return Manifest("garage", _("Garage"), "1")

    @hookimpl
    def register_permissions(self):
        return [Permission("garage.open", _("open")), Permission("garage.burn", _("burn"), reserved=True)]

    @hookimpl
    def register_roles(self):
        return [
            RoleGrant("service_advisor", "garage.open", Scope.TEAM),
            RoleGrant("service_advisor", "garage.burn", Scope.TEAM),
        ]


async def test_all_presets_are_there_after_the_first_start_and_nothing_changes_at_the_second(
    kernel, admin
) -> None:
    assert await seed_presets(kernel) > 0
    views = {role.name: role for role in await kernel.service("policy").roles(admin)}
    assert set(views) == NAMES
    assert views["administrator"].permissions["organisation.manage"] == Scope.DEALERSHIP
    assert str(views["customer_service_supervisor"].label) == "Customer service centre supervisor"
    revision = (await kernel.access.policy()).revision
    assert await seed_presets(kernel) == 0
    assert (await kernel.access.policy()).revision == revision


async def test_no_preset_but_the_super_administrator_gets_a_reserved_permission(kernel, admin) -> None:
    await seed_presets(kernel)
    reserved = {name for name, p in kernel.registry.permissions.items() if p.reserved}
    for role in await kernel.service("policy").roles(admin):
        assert not reserved & set(role.permissions), role.name


async def test_what_administrators_changed_is_never_put_back(kernel, admin) -> None:
    await seed_presets(kernel)
    policy = kernel.service("policy")
    await policy.set_permissions(admin, "administrator", {"sharing.manage": None, "explain.use": Scope.GROUP})
    await policy.delete_role(admin, "marketing")
    await seed_presets(kernel)
    views = {role.name: role for role in await policy.roles(admin)}
    assert "marketing" not in views
    assert "sharing.manage" not in views["administrator"].permissions
    assert views["administrator"].permissions["explain.use"] == Scope.GROUP


async def test_a_module_that_comes_later_brings_its_default_grants_once(kernel, admin) -> None:
    await seed_presets(kernel)
    kernel.registry.add("garage", [*Garage().register_permissions(), *Garage().register_roles()])
    await kernel.access.changed()
    assert await seed_presets(kernel) == 2, "the advisor's and the administrator's"
    policy = kernel.service("policy")
    advisor = {role.name: role for role in await policy.roles(admin)}["service_advisor"]
    assert advisor.permissions["garage.open"] == Scope.TEAM
    assert "garage.burn" not in advisor.permissions
    await policy.set_permissions(admin, "service_advisor", {"garage.open": None})
    assert await seed_presets(kernel) == 0
