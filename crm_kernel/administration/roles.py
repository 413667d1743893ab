"""The service `policy`: roles, what they give, and who holds them where.

Nobody hands on what he lacks, nor further than his own right reaches; reserved permissions pass through the
super administrator only; roles above one's own, and people who hold them, are out of one's hands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.authority import Authority
from crm_kernel.access.models import Role
from crm_kernel.access.permitted import permitted, public
from crm_kernel.access.policy import EVERYWHERE, FIELD, SUPER, Policy
from crm_kernel.actor import Access, Actor, Scope
from crm_kernel.administration.changes import changing
from crm_kernel.administration.permissions import ACCESS_MANAGE
from crm_kernel.administration.role_labels import role_label
from crm_kernel.administration.role_store import RoleStore, place_of, rule
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.dal.unit_of_work import UnitOfWork
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

_NAME = re.compile(r"[a-z][a-z0-9_-]{1,58}")
BEYOND = _("You cannot give or take more than you hold yourself.")
ABOVE = _("This role is above your own.")


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role as it stands: `permissions` by scope, `fields` (`entity.field`) with `hide` or `read`."""

    name: str
    label: Text | str
    preset: bool
    dealership_id: UUID | None
    permissions: Mapping[str, Scope]
    fields: Mapping[str, str]
    holders: int
    editable: bool


@dataclass(frozen=True, slots=True)
class RoleGrantView:
    """A role somebody holds, and where (None: everywhere)."""

    role: str
    label: Text | str
    dealership_id: UUID | None


class RoleService:
    """Edits the policy; every change counts at once here and within a second in other processes."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = RoleStore(kernel.db)

    @permitted(ACCESS_MANAGE)
    async def roles(self, access: Access) -> list[RoleView]:
        """All roles the actor meets: those of the house and those of dealerships he manages."""
        policy, authority = await self._sight(access)
        holders = await self._store.holders()
        return [
            _view(role, policy, authority, holders)
            for role in await self._kernel.access.store.roles()
            if role.dealership_id is None or authority.over_dealership(ACCESS_MANAGE, role.dealership_id)
        ]

    @permitted(ACCESS_MANAGE)
    async def create_role(
        self, access: Access, name: str, label: str, dealership_id: UUID | None = None, *, like: str = ""
    ) -> RoleView:
        """A new role, closed where one's own are; with a dealership it is that dealership's own.

        It is empty, or gives what the role `like` gives. Raises Forbidden if that is more than one's own.
        """
        policy, authority = await self._sight(access)
        self._require(authority, dealership_id)
        errors = []
        if not _NAME.fullmatch(name):
            errors.append(("name", _("Use 2 to 59 small letters, digits, - or _, beginning with a letter.")))
        if not 0 < len(label.strip()) <= 120:
            errors.append(("label", _("Give a name of at most 120 characters.")))
        for field, message in errors:
            raise Invalid.one(field, "invalid", message)
        async with changing(self._kernel, access, "role.created", name, place=dealership_id) as work:
            if await self._store.exists(name):
                raise Invalid.one("name", "taken", _("This name is taken."))
            role = work.add(Role(name=name, label=label.strip(), preset=False, dealership_id=dealership_id))
            for key, right in (await self._begin_with(access, like, dealership_id)).items():
                work.add(rule("p", f"r:{name}", key, right))
        policy, authority = await self._sight(access)
        return _view(role, policy, authority, await self._store.holders())

    async def _begin_with(self, access: Access, like: str, dealership_id: UUID | None) -> dict[str, str]:
        policy, authority = await self._sight(access)
        grants = access.actor.grants
        fields = {
            **dict.fromkeys(sorted(grants.read_only), "read"),
            **(policy.fields(like) if like else {}),
            **dict.fromkeys(sorted(grants.hidden), "hide"),
        }
        closed = {FIELD + field: right for field, right in fields.items()}
        if not like:
            return closed
        await self._store.role(like)
        given = policy.permissions(like)
        if like == SUPER or not authority.covers(given, fields, dealership_id, self._reserved()):
            raise Forbidden(ACCESS_MANAGE, BEYOND)
        return closed | {name: scope.label for name, scope in given.items()}

    @permitted(ACCESS_MANAGE)
    async def rename_role(self, access: Access, name: str, label: str) -> None:
        """Show the role under another label; its name in rules stays."""
        if not 0 < len(label.strip()) <= 120:
            raise Invalid.one("label", "invalid", _("Give a name of at most 120 characters."))
        async with changing(self._kernel, access, "role.renamed", name, label=label) as work:
            role = await self._editable(work, access, name)
            role.label = label.strip()

    @permitted(ACCESS_MANAGE)
    async def delete_role(self, access: Access, name: str) -> None:
        """Remove a role nobody holds. Raises Conflict while somebody does."""
        async with changing(self._kernel, access, "role.deleted", name) as work:
            role = await self._editable(work, access, name)
            if holders := (await self._store.holders()).get(name):
                raise Conflict(_("{count} people still hold this role.")(count=holders), code="role_held")
            for one in await self._store.rules_of(work, name):
                await work.remove(one)
            await work.remove(role)

    @permitted(ACCESS_MANAGE)
    async def set_permissions(
        self, access: Access, name: str, changes: Mapping[str, Scope | None]
    ) -> RoleView:
        """Give a role permissions with a scope each, or take them (None), all together.

        Raises Forbidden for a permission or scope beyond one's own, Invalid for one that does not exist.
        """
        known = self._kernel.registry.permissions
        for permission in changes:
            if permission not in known:
                raise Invalid.one(
                    "permission", "unknown", _("There is no permission {name}.")(name=permission)
                )
        detail = {key: scope.label if scope else "-" for key, scope in changes.items()}
        async with changing(self._kernel, access, "role.permissions", name, **detail) as work:
            role = await self._editable(work, access, name)
            _policy, authority = await self._sight(access)
            rules = {one.v1: one for one in await self._store.rules_of(work, name)}
            for permission, scope in changes.items():
                old = rules.get(permission)
                widest = max(scope or Scope.OWN, Scope[old.v2.upper()] if old else Scope.OWN)
                lacks = known[permission].reserved and not authority.super
                if lacks or not authority.holds(permission, widest, role.dealership_id):
                    raise Forbidden(permission, BEYOND)
                if scope is None:
                    if old is not None:
                        await work.remove(old)
                elif old is None:
                    work.add(rule("p", f"r:{name}", permission, scope.label))
                else:
                    old.v2 = scope.label
        policy, authority = await self._sight(access)
        return _view(role, policy, authority, await self._store.holders())

    @permitted(ACCESS_MANAGE)
    async def set_rights(
        self,
        access: Access,
        name: str,
        permissions: Mapping[str, Scope | None],
        fields: Mapping[tuple[str, str], str | None],
    ) -> None:
        """Change permissions and fields, by (entity, field), of a role together, or nothing at all.

        Raises what `set_permissions` and `set_field` raise.
        """
        async with self._kernel.db.work(access, now=self._kernel.clock.now()):
            if permissions:
                await self.set_permissions(access.actor, name, permissions)
            for (entity, field), right in fields.items():
                await self.set_field(access.actor, name, entity, field, right)

    @permitted(ACCESS_MANAGE)
    async def set_field(self, access: Access, name: str, entity: str, field: str, right: str | None) -> None:
        """Hide a field from a role (`hide`), let it be read only (`read`), or open it again (None)."""
        declared = self._kernel.registry.entity(entity)
        if declared is None or declared.field(field) is None or right not in ("hide", "read", None):
            raise Invalid.one("field", "unknown", _("There is no such field or right."))
        mark = f"{declared.name}.{field}"
        async with changing(self._kernel, access, "role.field", name, field=mark, right=right) as work:
            await self._editable(work, access, name)
            grants = access.actor.grants
            if (mark in grants.hidden and right != "hide") or (mark in grants.read_only and right is None):
                raise Forbidden(ACCESS_MANAGE, BEYOND)
            old = {one.v1: one for one in await self._store.rules_of(work, name)}.get(FIELD + mark)
            if right is None:
                if old is not None:
                    await work.remove(old)
            elif old is None:
                work.add(rule("p", f"r:{name}", FIELD + mark, right))
            else:
                old.v2 = right

    @permitted(ACCESS_MANAGE)
    async def grant(self, access: Access, staff_id: UUID, role: str, dealership_id: UUID | None) -> None:
        """Let a person hold a role in a dealership (None: everywhere). Holding it already is no error."""
        async with changing(
            self._kernel, access, "role.granted", staff_id, role=role, place=dealership_id
        ) as work:
            held, authority = await self._assignable(access, staff_id, role, dealership_id)
            if held.dealership_id not in (None, dealership_id) or (role == SUPER and dealership_id):
                raise Conflict(_("This role cannot be held there."), code="wrong_place")
            if not authority.covers_role(role, dealership_id, self._reserved()):
                raise Forbidden(ACCESS_MANAGE, BEYOND)
            if await self._store.grant(work, staff_id, role, dealership_id) is None:
                work.add(rule("g", f"u:{staff_id}", f"r:{role}", place_of(dealership_id)))

    @permitted(ACCESS_MANAGE)
    async def revoke(self, access: Access, staff_id: UUID, role: str, dealership_id: UUID | None) -> None:
        """Take a role away. Raises Conflict for the last super administrator."""
        async with changing(
            self._kernel, access, "role.revoked", staff_id, role=role, place=dealership_id
        ) as work:
            _held, authority = await self._assignable(access, staff_id, role, dealership_id)
            if not authority.covers_role(role, dealership_id):
                raise Forbidden(ACCESS_MANAGE, BEYOND)
            found = await self._store.grant(work, staff_id, role, dealership_id)
            if found is None:
                raise NotFound()
            if role == SUPER:
                await keep_a_super_administrator(self._store, staff_id)
            await work.remove(found)

    @public
    async def roles_of(self, actor: Actor, staff_id: UUID) -> list[RoleGrantView]:
        """Roles a person holds. Open for oneself; for others it needs the permission to manage access."""
        policy = await self._kernel.access.policy()
        if staff_id != actor.id:
            await self._reachable(actor.access(ACCESS_MANAGE), staff_id)
        return _grants(policy, await self._labels(), staff_id)

    @permitted(ACCESS_MANAGE)
    async def roles_of_all(
        self, access: Access, staff: Collection[UUID]
    ) -> Mapping[UUID, list[RoleGrantView]]:
        """Roles that each of these people holds; people out of reach are left out."""
        policy, authority = await self._sight(access)
        labels = await self._labels()
        return {
            one: _grants(policy, labels, one)
            for one, home in (await self._store.homes(staff)).items()
            if authority.over_dealership(ACCESS_MANAGE, home)
        }

    async def _labels(self) -> dict[str, Text | str]:
        return {role.name: role_label(role) for role in await self._kernel.access.store.roles()}

    async def _sight(self, access: Access) -> tuple[Policy, Authority]:
        policy = await self._kernel.access.policy()
        return policy, Authority(policy, access.actor)

    async def _editable(self, work: UnitOfWork, access: Access, name: str) -> Role:
        role = await self._store.role(name)
        _policy, authority = await self._sight(access)
        if role.dealership_id is not None and not authority.over_dealership(
            ACCESS_MANAGE, role.dealership_id
        ):
            raise NotFound(_("There is no such role."))
        if not _may_edit(role, authority):
            raise Forbidden(ACCESS_MANAGE, ABOVE)
        return role

    async def _assignable(
        self, access: Access, staff_id: UUID, name: str, dealership_id: UUID | None
    ) -> tuple[Role, Authority]:
        policy, authority = await self._sight(access)
        if dealership_id is not None and dealership_id not in policy.shops:
            raise NotFound(_("There is no such dealership."))
        self._require(authority, dealership_id)
        await self._reachable(access, staff_id)
        return await self._store.role(name), authority

    async def _reachable(self, access: Access, staff_id: UUID) -> None:
        staff = await self._kernel.access.store.staff(staff_id)
        authority = await self._kernel.access.authority(access.actor)
        if staff is None or not authority.over_dealership(ACCESS_MANAGE, staff.dealership_id):
            raise NotFound(_("There is no such person."))

    def _require(self, authority: Authority, dealership_id: UUID | None) -> None:
        if authority.over_dealership(ACCESS_MANAGE, dealership_id):
            return
        if dealership_id is None:
            raise Forbidden(ACCESS_MANAGE, _("Your right to manage roles does not reach every dealership."))
        raise NotFound(_("There is no such dealership."))

    def _reserved(self) -> frozenset[str]:
        return frozenset(p.name for p in self._kernel.registry.permissions.values() if p.reserved)


def _view(role: Role, policy: Policy, authority: Authority, holders: Mapping[str, int]) -> RoleView:
    return RoleView(
        name=role.name,
        label=role_label(role),
        preset=role.preset,
        dealership_id=role.dealership_id,
        permissions=policy.permissions(role.name),
        fields=policy.fields(role.name),
        holders=holders.get(role.name, 0),
        editable=_may_edit(role, authority),
    )


def _grants(policy: Policy, labels: Mapping[str, Text | str], staff: UUID) -> list[RoleGrantView]:
    return [
        RoleGrantView(role, labels.get(role, role), None if place == EVERYWHERE else UUID(place))
        for place, roles in sorted(policy.places(staff).items())
        for role in sorted(roles)
    ]


def _may_edit(role: Role, authority: Authority) -> bool:
    return (
        role.name != SUPER
        and authority.over_dealership(ACCESS_MANAGE, role.dealership_id)
        and authority.covers_role(role.name, role.dealership_id)
    )


async def keep_a_super_administrator(store: RoleStore, leaving: UUID) -> None:
    """Raise Conflict if nobody else could do everything afterwards. Call it after counting the change."""
    remaining = await store.super_administrators()
    if leaving in remaining and len(remaining) == 1:
        raise Conflict(_("The last super administrator has to stay."), code="last_super_administrator")
