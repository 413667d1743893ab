"""People who work here: where they stand, and who may change that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.control import OPERATOR
from crm_kernel.access.organisation import Dealership, Department, Staff, Team
from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.administration.changes import changing
from crm_kernel.administration.organisation_store import OrganisationStore
from crm_kernel.administration.permissions import ORGANISATION_MANAGE
from crm_kernel.administration.role_store import RoleStore
from crm_kernel.administration.roles import ABOVE, keep_a_super_administrator
from crm_kernel.administration.structure import StructureService
from crm_kernel.administration.wording import check
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

STAFF_FIELDS = frozenset({"name", "code", "position", "level", "email", "mobile", "locale"})


class StaffService:
    """Adds, changes, moves and dismisses people; knows everybody's name."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._people = OrganisationStore(kernel.db)
        self._roles = RoleStore(kernel.db)
        self._names: dict[UUID, str] = {}
        self._names_at = -1

    @permitted(ORGANISATION_MANAGE)
    async def staff(
        self,
        access: Access,
        *,
        dealership_id: UUID | None = None,
        department_id: UUID | None = None,
        q: str = "",
        active: bool | None = True,
        limit: int = 200,
    ) -> Sequence[Staff]:
        """People within reach, of one dealership, department or all, by a part of name, code or mobile."""
        authority = await self._kernel.access.authority(access.actor)
        if dealership_id is None and authority.over_dealership(ORGANISATION_MANAGE, None):
            return await self._people.staff(None, department=department_id, q=q, active=active, limit=limit)
        policy = await self._kernel.access.policy()
        wanted = [dealership_id] if dealership_id else list(policy.shops)
        reached = [one for one in wanted if authority.over_dealership(ORGANISATION_MANAGE, one)]
        return await self._people.staff(reached, department=department_id, q=q, active=active, limit=limit)

    @permitted(ORGANISATION_MANAGE)
    async def get_staff(self, access: Access, id: UUID) -> Staff:
        """One person. Raises NotFound for people out of reach."""
        return await self._reached(access, id)

    @permitted(ORGANISATION_MANAGE)
    async def create_staff(
        self,
        access: Access,
        /,
        code: str,
        name: str,
        *,
        dealership_id: UUID | None,
        department_id: UUID | None = None,
        team_id: UUID | None = None,
        group_id: UUID | None = None,
        **fields: Any,
    ) -> Staff:
        """A new member of staff, without any role. `code` is unique in the dealership."""
        values = check({"code": code, "name": name, **_staff_fields(fields)})
        async with changing(self._kernel, access, "staff.created", code, place=dealership_id) as work:
            await self._home(access, dealership_id, department_id, team_id, group_id)
            await self._staff_code_free(dealership_id, str(values["code"]))
            return work.add(
                Staff(
                    dealership_id=dealership_id,
                    department_id=department_id,
                    team_id=team_id,
                    group_id=group_id,
                    created_at=work.now,
                    **values,
                )
            )

    @permitted(ORGANISATION_MANAGE)
    async def change_staff(self, access: Access, /, id: UUID, **changes: Any) -> Staff:
        """Change name, code, position, level, e-mail, mobile or language; not of people above oneself."""
        values = check(_staff_fields(changes))
        async with changing(self._kernel, access, "staff.changed", id, fields=",".join(sorted(values))):
            person = await self._managed(access, id)
            if "code" in values:
                await self._staff_code_free(person.dealership_id, str(values["code"]), id)
            for name, value in values.items():
                setattr(person, name, value)
            return person

    @permitted(ORGANISATION_MANAGE)
    async def move_staff(
        self,
        access: Access,
        id: UUID,
        *,
        dealership_id: UUID | None,
        department_id: UUID | None = None,
        team_id: UUID | None = None,
        group_id: UUID | None = None,
    ) -> Staff:
        """Put somebody into another dealership, department or team; one needs to reach both ends.

        Roles held in the old dealership stay there until they are revoked.
        """
        async with changing(self._kernel, access, "staff.moved", id, place=dealership_id, team=team_id):
            person = await self._managed(access, id)
            await self._home(access, dealership_id, department_id, team_id, group_id)
            if dealership_id != person.dealership_id:
                await self._staff_code_free(dealership_id, person.code, id)
            person.dealership_id, person.department_id = dealership_id, department_id
            person.team_id, person.group_id = team_id, group_id
            return person

    @permitted(ORGANISATION_MANAGE)
    async def set_staff_active(self, access: Access, id: UUID, active: bool) -> None:
        """Let somebody go, or come back. Raises Conflict for the last super administrator."""
        async with changing(self._kernel, access, "staff.active", id, active=active):
            person = await self._managed(access, id)
            if not active:
                await keep_a_super_administrator(self._roles, id)
            person.active = active

    @public
    async def colleagues(self, actor: Actor, q: str = "", limit: int = 50) -> list[tuple[UUID, str]]:
        """(id, name) of active people of one's own dealership, to choose owners and assignees from."""
        if actor.place.dealership_id is None:
            return []
        found = await self._people.staff([actor.place.dealership_id], q=q, limit=limit)
        return [(person.id, person.name) for person in found]

    @public
    async def names(self, actor: Actor, kind: str, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names of `staff` or `dealership` ids that stand on records the actor has read; others are left out.

        Kept in memory until something in the organisation changes.
        """
        policy = await self._kernel.access.policy()
        if kind == "dealership":
            return {one: policy.shops[one].name for one in ids if one in policy.shops}
        if policy.revision != self._names_at:
            self._names, self._names_at = {OPERATOR: "crm"}, policy.revision
        missing = {one for one in ids if one not in self._names}
        if missing:
            self._names.update(await self._people.names(missing))
        return {one: self._names[one] for one in ids if one in self._names}

    async def _reached(self, access: Access, id: UUID) -> Staff:
        person = await self._people.get(Staff, id)
        authority = await self._kernel.access.authority(access.actor)
        if not authority.over_dealership(access.permission, person.dealership_id):
            raise NotFound()
        return person

    async def _managed(self, access: Access, id: UUID) -> Staff:
        person = await self._reached(access, id)
        if not (await self._kernel.access.authority(access.actor)).covers_person(id):
            raise Forbidden(access.permission, ABOVE)
        return person

    async def _home(
        self,
        access: Access,
        dealership_id: UUID | None,
        department_id: UUID | None,
        team_id: UUID | None,
        group_id: UUID | None,
    ) -> None:
        authority = await self._kernel.access.authority(access.actor)
        if dealership_id is None:
            if department_id or team_id:
                raise Invalid.one("dealership_id", "required", _("Choose the dealership."))
            if not authority.over_group(access.permission, group_id):
                raise NotFound()
            return
        await self._people.get(Dealership, dealership_id)
        if not authority.over_dealership(access.permission, dealership_id):
            raise NotFound()
        if department_id is not None:
            department = await self._people.get(Department, department_id)
            if department.dealership_id != dealership_id:
                raise NotFound()
        if team_id is not None and (await self._people.get(Team, team_id)).dealership_id != dealership_id:
            raise NotFound()

    async def _staff_code_free(
        self, dealership_id: UUID | None, code: str, besides: UUID | None = None
    ) -> None:
        if await self._people.staff_code_taken(dealership_id, code, besides):
            raise Invalid.one("code", "taken", _("This code is taken."))


class OrganisationService(StructureService, StaffService):
    """The service `organisation`: its parts and its people."""

    def __init__(self, kernel: Kernel) -> None:
        StructureService.__init__(self, kernel)
        StaffService.__init__(self, kernel)


def _staff_fields(values: dict[str, Any]) -> dict[str, Any]:
    unknown = [name for name in values if name not in STAFF_FIELDS]
    if unknown:
        raise Invalid.one(unknown[0], "unknown", _("There is no such field."))
    return values


async def ensure_default_dealership(kernel: Kernel) -> Dealership | None:
    """Open the dealership `default` if there is none at all; tells it only when it was made now."""
    store = OrganisationStore(kernel.db)
    if not await store.is_empty():
        return None
    async with kernel.db.work(None, now=kernel.clock.now()) as work:
        await kernel.access.count(work)
        if not await store.is_empty():
            return None
        settings = kernel.settings
        return work.add(
            Dealership(
                number=1,
                code="default",
                name=translate(_("My dealership"), settings.locale),
                timezone=settings.timezone,
                currency=settings.currency,
                locale=settings.locale,
            )
        )
