"""Groups, regions, dealerships, departments, teams, and modules switched on and off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.organisation import (
    Dealership,
    Department,
    Group,
    ModuleSwitch,
    Region,
    Team,
)
from crm_kernel.access.permitted import permitted, public
from crm_kernel.access.policy import EVERYWHERE
from crm_kernel.actor import Access, Actor
from crm_kernel.administration.changes import changing
from crm_kernel.administration.organisation_store import OrganisationStore
from crm_kernel.administration.permissions import MODULES_MANAGE, ORGANISATION_MANAGE
from crm_kernel.administration.wording import check
from crm_kernel.contributions import Entity, MenuItem, Panel
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.access.authority import Authority
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

DEALERSHIP_FIELDS = frozenset({"name", "code", "timezone", "currency", "locale", "settings"})


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module that can be switched, and whether it is on in the dealership."""

    plugin: str
    label: Text
    on: bool


class StructureService:
    """The parts of the organisation; everybody manages only what his right reaches."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = OrganisationStore(kernel.db)

    @permitted(ORGANISATION_MANAGE)
    async def groups(self, access: Access) -> list[Group]:
        """The groups within reach."""
        authority = await self._authority(access)
        return [g for g in await self._store.groups() if authority.over_group(ORGANISATION_MANAGE, g.id)]

    @permitted(ORGANISATION_MANAGE)
    async def regions(self, access: Access) -> list[Region]:
        """The regions within reach."""
        authority = await self._authority(access)
        return [
            r
            for r in await self._store.regions()
            if authority.over_region(ORGANISATION_MANAGE, r.id, r.group_id)
        ]

    @permitted(ORGANISATION_MANAGE)
    async def dealerships(self, access: Access) -> list[Dealership]:
        """The dealerships within reach."""
        authority = await self._authority(access)
        return [
            d
            for d in await self._kernel.access.store.dealerships()
            if authority.over_dealership(ORGANISATION_MANAGE, d.id)
        ]

    @public
    async def enterable(self, actor: Actor) -> list[Dealership]:
        """Where the actor himself may work: his own dealership and those where he holds a role."""
        policy = await self._kernel.access.policy()
        staff = await self._kernel.access.store.staff(actor.id)
        places = policy.places(actor.id)
        home = staff.dealership_id if staff else None
        return [
            d
            for d in await self._kernel.access.store.dealerships()
            if d.active
            and (actor.grants.super or d.id == home or EVERYWHERE in places or str(d.id) in places)
        ]

    @permitted(ORGANISATION_MANAGE)
    async def create_group(self, access: Access, code: str, name: str) -> Group:
        """A dealer group; needs a right that holds everywhere."""
        values = check({"code": code, "name": name})
        async with changing(self._kernel, access, "group.created", code) as work:
            if not (await self._authority(access)).over_group(ORGANISATION_MANAGE, None):
                raise Forbidden(ORGANISATION_MANAGE)
            await self._free(Group, code)
            return work.add(Group(**values))

    @permitted(ORGANISATION_MANAGE)
    async def create_region(self, access: Access, group_id: UUID, code: str, name: str) -> Region:
        """A region of a group."""
        values = check({"code": code, "name": name})
        async with changing(self._kernel, access, "region.created", code, group=group_id) as work:
            await self._group(access, group_id)
            await self._free(Region, code)
            return work.add(Region(group_id=group_id, **values))

    @permitted(ORGANISATION_MANAGE)
    async def rename(self, access: Access, kind: str, id: UUID, name: str) -> None:
        """Another name for a `group`, `region`, `department` or `team`."""
        values = check({"name": name})
        async with changing(self._kernel, access, f"{kind}.renamed", id, name=name):
            row: Any
            if kind == "group":
                row = await self._group(access, id)
            elif kind == "region":
                row = await self._region(access, id)
            elif kind in ("department", "team"):
                row = await self._store.get({"department": Department, "team": Team}[kind], id)
                await self._dealership(access, row.dealership_id)
            else:
                raise Invalid.one("kind", "unknown", _("There is no such part of the organisation."))
            row.name = values["name"]

    @permitted(ORGANISATION_MANAGE)
    async def create_dealership(
        self,
        access: Access,
        /,
        code: str,
        name: str,
        *,
        group_id: UUID | None = None,
        region_id: UUID | None = None,
        **settings: Any,
    ) -> Dealership:
        """A dealership; its short number is given here and never again."""
        values = check({"code": code, "name": name, **_known(settings)})
        async with changing(self._kernel, access, "dealership.created", code) as work:
            group_id = await self._place(access, group_id, region_id)
            await self._free(Dealership, code)
            number = await self._store.next_number()
            return work.add(Dealership(number=number, group_id=group_id, region_id=region_id, **values))

    @permitted(ORGANISATION_MANAGE)
    async def change_dealership(self, access: Access, /, id: UUID, **changes: Any) -> Dealership:
        """Change name, code, time zone, currency, language or settings."""
        values = check(_known(changes))
        async with changing(self._kernel, access, "dealership.changed", id, fields=",".join(sorted(values))):
            shop = await self._dealership(access, id)
            if "code" in values:
                await self._free(Dealership, str(values["code"]), id)
            for name, value in values.items():
                setattr(shop, name, value)
            return shop

    @permitted(ORGANISATION_MANAGE)
    async def move_dealership(
        self, access: Access, id: UUID, *, group_id: UUID | None, region_id: UUID | None
    ) -> None:
        """Put a dealership into another region or group; one needs to reach both ends."""
        async with changing(self._kernel, access, "dealership.moved", id, group=group_id, region=region_id):
            shop = await self._dealership(access, id)
            await self._place(access, shop.group_id, shop.region_id)
            shop.group_id = await self._place(access, group_id, region_id)
            shop.region_id = region_id

    @permitted(ORGANISATION_MANAGE)
    async def set_dealership_active(self, access: Access, id: UUID, active: bool) -> None:
        """Close a dealership to everybody, or open it again; its data stays."""
        async with changing(self._kernel, access, "dealership.active", id, active=active):
            shop = await self._dealership(access, id)
            await self._place(access, shop.group_id, shop.region_id)
            if not active and sum(d.active for d in await self._kernel.access.store.dealerships()) == 1:
                raise Conflict(_("The last open dealership has to stay."), code="last_dealership")
            shop.active = active

    @permitted(ORGANISATION_MANAGE)
    async def departments(self, access: Access, dealership_id: UUID) -> Sequence[Department]:
        """A dealership's departments."""
        await self._dealership(access, dealership_id)
        return await self._store.departments(dealership_id)

    @permitted(ORGANISATION_MANAGE)
    async def create_department(self, access: Access, dealership_id: UUID, name: str) -> Department:
        """A department."""
        values = check({"name": name})
        async with changing(self._kernel, access, "department.created", name, place=dealership_id) as work:
            await self._dealership(access, dealership_id)
            return work.add(Department(dealership_id=dealership_id, **values))

    @permitted(ORGANISATION_MANAGE)
    async def rename_department(self, access: Access, id: UUID, name: str) -> Department:
        """Call a department otherwise. Raises NotFound, Invalid."""
        values = check({"name": name})
        async with changing(self._kernel, access, "department.renamed", id, name=name):
            department = await self._store.get(Department, id)
            await self._dealership(access, department.dealership_id)
            department.name = str(values["name"])
            return department

    @permitted(ORGANISATION_MANAGE)
    async def teams(self, access: Access, dealership_id: UUID) -> Sequence[Team]:
        """A dealership's teams."""
        await self._dealership(access, dealership_id)
        return await self._store.teams(dealership_id)

    @permitted(ORGANISATION_MANAGE)
    async def create_team(
        self, access: Access, dealership_id: UUID, name: str, department_id: UUID | None = None
    ) -> Team:
        """A team, in a department or beside them."""
        values = check({"name": name})
        async with changing(self._kernel, access, "team.created", name, place=dealership_id) as work:
            await self._dealership(access, dealership_id)
            if department_id is not None:
                department = await self._store.get(Department, department_id)
                if department.dealership_id != dealership_id:
                    raise NotFound()
            return work.add(Team(dealership_id=dealership_id, department_id=department_id, **values))

    @permitted(MODULES_MANAGE)
    async def modules(self, access: Access, dealership_id: UUID) -> list[ModuleView]:
        """The modules a dealership may switch, and how they stand."""
        await self._dealership(access, dealership_id)
        off = (await self._kernel.access.policy()).off(dealership_id)
        switchable = self._switchable()
        return [
            ModuleView(plugin.name, plugin.manifest.label, plugin.name not in off)
            for plugin in self._kernel.plugins.running
            if plugin.manifest and plugin.name in switchable
        ]

    @permitted(MODULES_MANAGE)
    async def switch_module(self, access: Access, dealership_id: UUID, plugin: str, on: bool) -> None:
        """Switch a module for one dealership; menu, rights and panels go, its data stays."""
        if plugin not in self._switchable():
            raise NotFound(_("There is no such module."))
        async with changing(
            self._kernel, access, "module.switched", dealership_id, plugin=plugin, on=on
        ) as w:
            await self._dealership(access, dealership_id)
            switch = await self._store.switch(dealership_id, plugin)
            if on and switch is not None:
                await w.remove(switch)
            if not on and switch is None:
                w.add(ModuleSwitch(dealership_id=dealership_id, plugin=plugin))

    def _switchable(self) -> set[str]:
        registry = self._kernel.registry
        seen = {owner for kind in (Entity, MenuItem, Panel) for owner, _value in registry.owned(kind)}
        return {
            plugin.name
            for plugin in self._kernel.plugins.running
            if not plugin.builtin and plugin.manifest and plugin.manifest.switchable
        } & seen

    async def _authority(self, access: Access) -> Authority:
        return await self._kernel.access.authority(access.actor)

    async def _dealership(self, access: Access, id: UUID) -> Dealership:
        shop = await self._store.get(Dealership, id)
        if not (await self._authority(access)).over_dealership(access.permission, id):
            raise NotFound()
        return shop

    async def _group(self, access: Access, id: UUID) -> Group:
        group = await self._store.get(Group, id)
        if not (await self._authority(access)).over_group(access.permission, id):
            raise NotFound()
        return group

    async def _region(self, access: Access, id: UUID) -> Region:
        region = await self._store.get(Region, id)
        if not (await self._authority(access)).over_region(access.permission, id, region.group_id):
            raise NotFound()
        return region

    async def _place(self, access: Access, group_id: UUID | None, region_id: UUID | None) -> UUID | None:
        """The group that belongs to a place; the actor's right must cover the place as a whole."""
        if region_id is not None:
            region = await self._region(access, region_id)
            if group_id not in (None, region.group_id):
                raise Invalid.one("region_id", "mismatch", _("This region belongs to another group."))
            return region.group_id
        if group_id is not None:
            await self._group(access, group_id)
        elif not (await self._authority(access)).over_group(access.permission, None):
            raise Forbidden(access.permission)
        return group_id

    async def _free(self, model: type[Any], code: str, besides: UUID | None = None) -> None:
        if await self._store.code_taken(model, code, besides):
            raise Invalid.one("code", "taken", _("This code is taken."))


def _known(values: dict[str, Any]) -> dict[str, Any]:
    unknown = [name for name in values if name not in DEALERSHIP_FIELDS]
    if unknown:
        raise Invalid.one(unknown[0], "unknown", _("There is no such field."))
    return values
