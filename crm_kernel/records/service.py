"""What can be done with every record, whoever brought it: one service behind API, pages and hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import Query
from crm_kernel.errors import Forbidden, Invalid, NotFound, Stale, Unavailable
from crm_kernel.records.bulk import BulkResult, BulkVerbs, Selection
from crm_kernel.records.drafts import draft
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.room import room_of
from crm_kernel.records.schema import given
from crm_kernel.records.view import Page, RecordView
from crm_kernel.telephone.permissions import CALL
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
Values = Mapping[str, Any] | Any
"""A msgspec struct of the entity, or field names with what people typed, JSON held, or Python passes."""


class RecordService:
    """Offered as `records`. The permission is the entity's own (`<prefix>.<verb>`), so every method checks it
    itself, before it reads or writes: hence @public. `entity` is an Entity, its name or its plural.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        room = room_of(kernel)
        self._reader = room.reader
        self._writer = room.writer
        self._bulk = BulkVerbs(kernel, self, room.reader, room.writer)

    @public
    def entity(self, entity: Entity | str) -> Entity:
        """The entity of a name or plural. Raises NotFound."""
        found = self._kernel.registry.entity(entity) if isinstance(entity, str) else entity
        if found is None:
            raise NotFound()
        return found

    @public
    async def fields(self, actor: Actor, entity: Entity | str) -> Sequence[FieldSpec]:
        """The fields that exist for this person, custom ones of his dealership included."""
        return await self._reader.fields(actor, self.entity(entity))

    @public
    async def list(self, actor: Actor, entity: Entity | str, query: Query, *, typed: bool = False) -> Page:
        """A page of records, in what JSON needs or (`typed`) in Python values.

        Raises Forbidden, Invalid, Malformed for a broken cursor.
        """
        declared = self.entity(entity)
        page = await self._reader.page(actor, declared, query, typed=typed)
        if query.q:
            await self._accessed(actor, "searched", declared, None, {"q": query.q, "hits": len(page.items)})
        return page

    @public
    async def count(self, actor: Actor, entity: Entity | str, query: Query) -> int:
        """How many records a query finds. Raises Forbidden, Invalid."""
        return await self._reader.count(actor, self.entity(entity), query)

    @public
    async def counts(self, actor: Actor, entity: Entity | str, query: Query, field: str) -> Mapping[Any, int]:
        """How many records a query finds for each value of a field. Raises Forbidden, Invalid."""
        return await self._reader.counts(actor, self.entity(entity), query, field)

    @public
    async def get(
        self, actor: Actor, entity: Entity | str, id: UUID, *, deleted: bool = False, typed: bool = False
    ) -> RecordView:
        """One record; with `deleted` also one that was deleted. The opening is logged.

        Raises Forbidden, NotFound for absent, foreign and out-of-scope ids alike.
        """
        declared = self.entity(entity)
        view = await self._reader.one(actor, declared, id, deleted=None if deleted else False, typed=typed)
        await self._accessed(actor, "opened", declared, id)
        return view

    @public
    async def create(self, actor: Actor, entity: Entity | str, values: Values) -> RecordView:
        """A new record in the actor's dealership. Raises Forbidden, Invalid, Conflict."""
        declared = self.entity(entity)
        access = actor.access(declared.permission("create"))
        if declared.service is not None:
            service = self._kernel.service(declared.service)
            made = await service.create(actor, draft(declared, "create", values))
            return await self._result(actor, declared, made)
        async with self._kernel.db.work(access) as work:
            record = await self._writer.create(work, access, declared, values)
        return await self._reader.of_object(actor, declared, record)

    @public
    async def change(
        self, actor: Actor, entity: Entity | str, id: UUID, changes: Values, version: int | None = None
    ) -> RecordView:
        """A record with these values changed. Raises Forbidden, NotFound, Stale, Invalid, Conflict."""
        declared = self.entity(entity)
        access = actor.access(declared.permission("change"))
        try:
            if declared.service is not None:
                service = self._kernel.service(declared.service)
                made = await service.change(actor, id, draft(declared, "change", changes), version)
                return await self._result(actor, declared, made, id)
            async with self._kernel.db.work(access) as work:
                record = await self._writer.change(work, access, declared, id, changes, version)
        except Stale as fault:
            if fault.theirs.keys() - {"version"}:
                raise
            theirs = await self._reader.one(actor, declared, id, typed=True)
            yours = self._writer.shown(access, declared, given(changes))
            raise Stale(yours, theirs.values()) from fault
        return await self._reader.of_object(actor, declared, record)

    @public
    async def delete(
        self, actor: Actor, entity: Entity | str, id: UUID, reason: str, version: int | None = None
    ) -> None:
        """Delete a record for a reason; it can be restored.

        Raises Forbidden, NotFound, Stale, Invalid without a reason, Conflict while other modules hold open
        business.
        """
        declared = self.entity(entity)
        access = actor.access(declared.permission("delete"))
        if declared.service is not None:
            await self._kernel.service(declared.service).delete(actor, id, reason, version)
            return
        async with self._kernel.db.work(access) as work:
            await self._writer.delete(work, access, declared, id, reason, version)

    @public
    async def restore(self, actor: Actor, entity: Entity | str, id: UUID) -> RecordView:
        """Undo a deletion. Raises Forbidden, NotFound for what is not deleted, Conflict."""
        declared = self.entity(entity)
        access = actor.access(declared.permission("restore"))
        if declared.service is not None:
            made = await self._kernel.service(declared.service).restore(actor, id)
            return await self._result(actor, declared, made, id)
        async with self._kernel.db.work(access) as work:
            record = await self._writer.restore(work, access, declared, id)
        return await self._reader.of_object(actor, declared, record)

    @public
    async def purge(self, actor: Actor, entity: Entity | str, id: UUID, reason: str) -> None:
        """Remove a deleted record for good. The super administrator's alone.

        Raises Forbidden, NotFound, Invalid without a reason, Conflict.
        """
        declared = self.entity(entity)
        access = actor.access(declared.permission("purge"))
        async with self._kernel.db.work(access) as work:
            await self._writer.purge(work, access, declared, id, reason)

    @public
    async def reveal(self, actor: Actor, entity: Entity | str, id: UUID, field: str) -> str:
        """The open value of a masked field, logged before shown. Raises Forbidden, NotFound, Invalid."""
        declared = self.entity(entity)
        access = actor.access(declared.permission("reveal"))
        if not actor.may(declared.permission("view")):
            raise Forbidden(declared.permission("view"))
        spec = next((s for s in await self._reader.fields(actor, declared) if s.name == field), None)
        if spec is None or not spec.masked:
            raise Invalid.one(field, "unknown_field", _("There is no such field."))
        value = await self._reader.open_value(access, declared, id, spec)
        await self._accessed(actor, "revealed", declared, id, {"field": field})
        return str(spec.kind.show(value, actor.locale))

    @public
    async def dialled(self, actor: Actor, entity: Entity | str, id: UUID, field: str, *, call: str) -> str:
        """A number for the telephone system and nobody's eyes, logged first. Called by the telephone only.

        Raises Forbidden, NotFound, Invalid.
        """
        declared = self.entity(entity)
        narrower = min(
            actor.access(CALL), actor.access(declared.permission("view")), key=lambda one: one.scope
        )
        spec = next((s for s in await self._reader.fields(actor, declared) if s.name == field), None)
        if spec is None or not spec.dialable:
            raise Invalid.one(field, "unknown_field", _("There is no such field."))
        number = await self._reader.open_value(narrower, declared, id, spec)
        if not number:
            raise Invalid.one(field, "required", _("There is no number here to call."))
        await self._accessed(actor, "called", declared, id, {"field": field, "call": call})
        return str(number)

    @public
    async def history(
        self, actor: Actor, entity: Entity | str, id: UUID, cursor: str | None = None, limit: int = 50
    ) -> Any:
        """A page of what was changed, newest first. Raises Forbidden, NotFound."""
        declared = self.entity(entity)
        actor.access(declared.permission("history"))
        if not self._kernel.offers("audit"):
            raise Unavailable(_("No change log is kept here."))
        return await self._kernel.service("audit").history(actor, declared, id, cursor, limit)

    @public
    async def bulk(
        self,
        actor: Actor,
        entity: Entity | str,
        selection: Selection,
        verb: str,
        arguments: Mapping[str, Any],
    ) -> BulkResult:
        """One verb (change, delete, restore, move, tag) for up to a thousand records, each by the same rules.

        Raises Forbidden, Invalid, TooLarge; what goes wrong with single records is in the result.
        """
        return await self._bulk.run(actor, self.entity(entity), selection, verb, arguments)

    async def _result(self, actor: Actor, entity: Entity, made: Any, id: UUID | None = None) -> RecordView:
        """What a module's own service gave back (the record, or its id), as the person may see it."""
        if isinstance(made, entity.model):
            return await self._reader.of_object(actor, entity, made)
        found = made if isinstance(made, UUID) else id
        if found is None:
            raise TypeError(f"{entity.service} must give back the record or its id")
        return await self._reader.one(actor, entity, found)

    async def _accessed(
        self,
        actor: Actor,
        verb: str,
        entity: Entity,
        id: UUID | None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        if self._kernel.offers("audit"):
            await self._kernel.service("audit").accessed(actor, verb, entity.name, id, detail)
