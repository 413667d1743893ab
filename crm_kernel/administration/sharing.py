"""The service `sharing`: which records and fields the dealerships of a group let each other find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.models import SharingRule
from crm_kernel.access.organisation import Group
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.administration.changes import changing
from crm_kernel.administration.permissions import SHARING_MANAGE
from crm_kernel.administration.sharing_store import SharingStore
from crm_kernel.contributions import Entity
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


class SharingService:
    """Makes and withdraws sharing rules. It takes a right that reaches the whole group."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = SharingStore(kernel.db)

    @permitted(SHARING_MANAGE)
    async def rules(self, access: Access) -> list[SharingRule]:
        """The rules of groups within reach."""
        authority = await self._kernel.access.authority(access.actor)
        return [r for r in await self._store.rules() if authority.over_group(SHARING_MANAGE, r.group_id)]

    @permitted(SHARING_MANAGE)
    async def groups(self, access: Access) -> list[Group]:
        """Groups whose sharing the actor manages."""
        authority = await self._kernel.access.authority(access.actor)
        return [g for g in await self._store.groups() if authority.over_group(SHARING_MANAGE, g.id)]

    @permitted(SHARING_MANAGE)
    async def create_rule(
        self,
        access: Access,
        group_id: UUID,
        entity: str,
        fields: Sequence[str],
        *,
        source_id: UUID | None = None,
        target_id: UUID | None = None,
        tag: str = "",
    ) -> SharingRule:
        """Let dealerships find records of `entity` in others, with these fields and, if given, this tag.

        `source_id` and `target_id` narrow it to one dealership each. Nobody shares what he may not see.
        """
        declared = self._checked(access, entity, fields)
        if len(tag) > 60:
            raise Invalid.one("tag", "invalid", _("This is too long."))
        async with changing(
            self._kernel, access, "sharing.created", declared.name, group=group_id, tag=tag
        ) as work:
            await self._reach(access, group_id)
            policy = await self._kernel.access.policy()
            for dealership in (source_id, target_id):
                shop = policy.shops.get(dealership) if dealership else None
                if dealership is not None and (shop is None or shop.group_id != group_id):
                    raise NotFound()
            await self._seeing(access, declared, group_id)
            return work.add(
                SharingRule(
                    group_id=group_id,
                    entity=declared.name,
                    source_id=source_id,
                    target_id=target_id,
                    tag=tag.strip(),
                    fields=sorted(set(fields)),
                    active=True,
                )
            )

    @permitted(SHARING_MANAGE)
    async def change_rule(
        self, access: Access, id: UUID, *, fields: Sequence[str] | None = None, active: bool | None = None
    ) -> SharingRule:
        """Share other fields, or switch the rule off and on."""
        async with changing(self._kernel, access, "sharing.changed", id, active=active):
            rule = await self._rule(access, id)
            if fields is not None:
                await self._seeing(access, self._checked(access, rule.entity, fields), rule.group_id)
                rule.fields = sorted(set(fields))
            if active is not None:
                rule.active = active
            return rule

    @permitted(SHARING_MANAGE)
    async def delete_rule(self, access: Access, id: UUID) -> None:
        """Withdraw a rule."""
        async with changing(self._kernel, access, "sharing.deleted", id) as work:
            await work.remove(await self._rule(access, id))

    async def _rule(self, access: Access, id: UUID) -> SharingRule:
        rule = await self._store.rule(id)
        await self._reach(access, rule.group_id)
        return rule

    async def _reach(self, access: Access, group_id: UUID) -> None:
        authority = await self._kernel.access.authority(access.actor)
        if not authority.over_group(SHARING_MANAGE, group_id) or not await self._store.group_exists(group_id):
            raise NotFound()

    async def _seeing(self, access: Access, entity: Entity, group_id: UUID) -> None:
        authority = await self._kernel.access.authority(access.actor)
        if not authority.over_group(entity.permission("view"), group_id):
            raise Forbidden(entity.permission("view"))

    def _checked(self, access: Access, entity: str, fields: Sequence[str]) -> Entity:
        declared = self._kernel.registry.entity(entity)
        if declared is None:
            raise Invalid.one("entity", "unknown", _("There is no such record type."))
        hidden = access.actor.grants.hidden
        for field in fields:
            if declared.field(field) is None or f"{declared.name}.{field}" in hidden:
                raise Invalid.one("fields", "unknown", _("There is no field {name}.")(name=field))
        if not fields:
            raise Invalid.one("fields", "required", _("Choose at least one field."))
        return declared
