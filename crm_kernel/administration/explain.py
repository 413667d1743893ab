"""The service `explain`: why may this person do this, or see this record, or why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.permitted import public
from crm_kernel.access.policy import EVERYWHERE, SUPER, Policy
from crm_kernel.actor import Access, Actor, Scope, Shared
from crm_kernel.administration.role_labels import role_label
from crm_kernel.contributions import Entity
from crm_kernel.dal.base import Record
from crm_kernel.dal.scoped import scoped
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.access.organisation import Staff
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

EXPLAIN_USE = "explain.use"

SCOPES = {
    Scope.OWN: _("own records"),
    Scope.TEAM: _("the team's records"),
    Scope.DEPARTMENT: _("the department's records"),
    Scope.DEALERSHIP: _("the dealership's records"),
    Scope.REGION: _("the region's records"),
    Scope.GROUP: _("the group's records"),
    Scope.ALL: _("all records"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer, and every fact it rests on, in the order in which they were weighed."""

    allowed: bool
    because: tuple[Text, ...]


class Explainer:
    """Says what the access control does, by asking it; the words are added afterwards."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @public
    async def explain(
        self,
        actor: Actor,
        user: UUID,
        permission: str,
        entity: str | None = None,
        id: UUID | None = None,
        dealership_id: UUID | None = None,
    ) -> Explanation:
        """Explain a permission of a person, for one record if `entity` and `id` are given.

        Everybody may ask about himself; about others it needs `explain.use` where they work. A record out of
        the asker's own reach is spoken of as one that is not there. Raises NotFound for people out of reach.
        """
        person = await self._person(actor, user)
        policy = await self._kernel.access.policy()
        place = dealership_id or person.dealership_id
        because: list[Text] = [_("{name} works in {place}.")(name=person.name, place=await self._name(place))]
        if not person.active:
            return Explanation(False, (_("{name} no longer works here.")(name=person.name),))
        try:
            target = await self._kernel.access.actor(user, place)
        except CrmError:
            return Explanation(False, (*because, _("He may not work in this dealership, or it is closed.")))
        held = await self._holding(policy, target, permission, because)
        if not held:
            return Explanation(False, tuple(because))
        declared = self._kernel.registry.entity(entity) if entity else None
        if entity and declared is None:
            return Explanation(False, (*because, _("There is no such record type.")))
        if declared is None or id is None:
            return Explanation(True, tuple(because))
        allowed = await self._record(actor, target, permission, declared, id, because)
        return Explanation(allowed, tuple(because))

    async def _person(self, actor: Actor, user: UUID) -> Staff:
        person = await self._kernel.access.store.staff(user)
        if user != actor.id:
            authority = await self._kernel.access.authority(actor)
            actor.access(EXPLAIN_USE)
            if person is None or not authority.over_dealership(EXPLAIN_USE, person.dealership_id):
                raise NotFound(_("There is no such person."))
        if person is None:
            raise NotFound(_("There is no such person."))
        return person

    async def _holding(self, policy: Policy, target: Actor, permission: str, because: list[Text]) -> bool:
        labels = {role.name: role_label(role) for role in await self._kernel.access.store.roles()}
        chosen = target.place.dealership_id
        everywhere = policy.places(target.id).get(EVERYWHERE, frozenset())
        if not target.grants.roles:
            because.append(_("No role is held there."))
        for role in sorted(target.grants.roles):
            where = _("everywhere") if role in everywhere else _("there")
            scope = policy.permissions(role).get(permission)
            if role == SUPER:
                because.append(_("The super administrator may do everything."))
            elif scope is None:
                because.append(
                    _("The role {role}, held {where}, does not give {permission}.")(
                        role=labels.get(role, role), where=where, permission=permission
                    )
                )
            else:
                because.append(
                    _("The role {role}, held {where}, gives {permission} for {scope}.")(
                        role=labels.get(role, role), where=where, permission=permission, scope=SCOPES[scope]
                    )
                )
        if permission not in policy.owners:
            because.append(_("There is no permission {permission}.")(permission=permission))
            return False
        if chosen and policy.owners[permission] in policy.off(chosen):
            because.append(_("The module {module} is switched off there.")(module=policy.owners[permission]))
        return target.may(permission)

    async def _record(
        self,
        asker: Actor,
        target: Actor,
        permission: str,
        entity: Entity,
        id: UUID,
        because: list[Text],
    ) -> bool:
        model: type[Any] = entity.model
        view = asker.access(EXPLAIN_USE if asker.may(EXPLAIN_USE) else entity.permission("view"))
        record = await self._kernel.db.first(scoped(view, model, deleted=None).where(model.id == id))
        if record is None:
            because.append(_("There is no such record within your reach."))
            return False
        access = target.access(permission)
        because.append(
            _("The record belongs to {place}, its owner is {owner}.")(
                place=await self._name(record.dealership_id), owner=await self._owner(record)
            )
        )
        alone = replace(target, grants=replace(target.grants, shared=()), _accesses={})
        if await self._reaches(alone.access(permission), model, id):
            because.append(_("It lies within {scope}.")(scope=SCOPES[access.scope]))
        else:
            because.append(_("It does not lie within {scope}.")(scope=SCOPES[access.scope]))
            rule = self._shared(target, entity, record)
            if rule is None or not await self._reaches(access, model, id):
                return False
            because.append(
                _("A sharing rule of the group lets it be found, with {fields}.")(
                    fields=", ".join(sorted(rule.fields))
                )
            )
        gone = getattr(record, "deleted_at", None) is not None
        if gone and permission not in (entity.permission("restore"), entity.permission("purge")):
            because.append(_("It is deleted; only who may restore or purge meets it."))
            return False
        self._closed_fields(target, entity, because)
        return True

    async def _reaches(self, access: Access, model: type[Any], id: UUID) -> bool:
        statement = scoped(access, model, model.id, deleted=None).where(model.id == id)
        return await self._kernel.db.first(statement) is not None

    def _shared(self, target: Actor, entity: Entity, record: Record) -> Shared | None:
        for rule in target.grants.shared:
            matches = not rule.tag or rule.tag in (record.tags or ())
            if rule.entity == entity.name and record.dealership_id in rule.dealership_ids and matches:
                return rule
        return None

    def _closed_fields(self, target: Actor, entity: Entity, because: list[Text]) -> None:
        start = f"{entity.name}."
        for names, message in (
            (target.grants.hidden, _("Hidden fields: {fields}.")),
            (target.grants.read_only, _("Fields that may only be read: {fields}.")),
        ):
            fields = sorted(name.removeprefix(start) for name in names if name.startswith(start))
            if fields:
                because.append(message(fields=", ".join(fields)))

    async def _name(self, dealership: UUID | None) -> Text | str:
        if dealership is None:
            return _("no dealership")
        shop = await self._kernel.access.store.dealership(dealership)
        return shop.name if shop else str(dealership)

    async def _owner(self, record: Record) -> Text | str:
        if record.owner_id is None:
            return _("nobody")
        owner = await self._kernel.access.store.staff(record.owner_id)
        return owner.name if owner else _("nobody")
