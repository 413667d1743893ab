"""The generic steps of writing a record, inside the unit of work of RecordService or of a module."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from crm_kernel.actor import Access
from crm_kernel.contributions import Entity, Numbering
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, Forbidden, Invalid, Stale
from crm_kernel.records import kinds, store
from crm_kernel.records.blockers import refuse_open_business
from crm_kernel.records.dealerships import DealershipDirectory
from crm_kernel.records.events import tell
from crm_kernel.records.fields import declared_specs, visible
from crm_kernel.records.numbers import next_numbers
from crm_kernel.records.schema import given
from crm_kernel.records.validation import Validator
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

LONGEST_REASON = 500
MOST_TRIES = 100


class RecordWriter:
    """Create, change, delete, restore and purge as every record takes them.

    A module's own service calls these from its methods and adds its own rules around them:

        async with self._kernel.db.work(access) as work:
            loan = await writer_of(self._kernel).create(work, access, LOAN, draft)
    """

    def __init__(self, kernel: Kernel, validator: Validator, directory: DealershipDirectory) -> None:
        self._kernel = kernel
        self._validator = validator
        self._directory = directory

    async def create(
        self,
        work: UnitOfWork,
        access: Access,
        entity: Entity,
        values: Any,
        own: Mapping[str, Any] = MappingProxyType({}),
    ) -> Any:
        """A new record with its number, in the actor's dealership. Raises Invalid, Conflict.

        `own` are columns that the module sets itself, past the rights and rules of fields.
        """
        cleaned = await self._validator.clean(work, access, entity, values)
        dealership = access.actor.dealership_id
        if entity.numbering is not None and cleaned.get(entity.numbering.field) is None:
            cleaned[entity.numbering.field] = await self._number(work, entity, entity.numbering, dealership)
        engine = self._kernel.service("flow_room").engine if self._kernel.offers("flow_room") else None
        begins = await engine.beginning(work, entity, dealership) if engine else None
        state = {begins.flow.state: begins.state} if begins else {}
        record = entity.model(dealership_id=dealership, **{**cleaned, **state, **own})
        work.add(record)
        await self._flush(work)
        if engine and begins:
            await engine.start(work, record, begins)
        tell(self._kernel, work, entity, "created", record, cleaned)
        return record

    async def _number(self, work: UnitOfWork, entity: Entity, numbering: Numbering, dealership: UUID) -> str:
        """The next number nobody gave by hand."""
        shop = await self._directory.shop(dealership)
        for _try in range(MOST_TRIES):
            number = (await next_numbers(work, numbering, entity.name, dealership, timezone=shop.timezone))[0]
            if not await store.same_key(work, entity, dealership, {numbering.field: number}):
                return number
        raise Conflict(_("No free number was found. Ask an administrator."), code="numbers")

    async def change(
        self,
        work: UnitOfWork,
        access: Access,
        entity: Entity,
        id: UUID,
        changes: Any,
        version: int | None = None,
    ) -> Any:
        """A record with these values changed; one that they do not alter stays as it is, version and all.

        Raises NotFound, Stale when `version` is no longer the current one, Invalid.
        """
        record = await work.get(access, entity.model, id)
        if version is not None and record.version != version:
            raise Stale(self.shown(access, entity, given(changes)), self.shown(access, entity, record))
        cleaned = await self._validator.clean(work, access, entity, changes, record)
        altered = [name for name, value in cleaned.items() if getattr(record, name) != value]
        if altered:
            for name in altered:
                setattr(record, name, cleaned[name])
            await self._flush(work)
            tell(self._kernel, work, entity, "changed", record, altered)
        return record

    async def retag(
        self,
        work: UnitOfWork,
        access: Access,
        entity: Entity,
        id: UUID,
        add: list[str],
        remove: list[str],
    ) -> Any:
        """A record with tags added and taken off. Raises NotFound, Invalid for a tag that is not there."""
        record = await work.get(access, entity.model, id)
        names = [name for name in record.tags or [] if name not in remove]
        names += [name for name in add if name not in names]
        return await self.change(work, access, entity, id, {"tags": names})

    async def delete(
        self,
        work: UnitOfWork,
        access: Access,
        entity: Entity,
        id: UUID,
        reason: str,
        version: int | None = None,
    ) -> Any:
        """The record, deleted for a reason; it can be restored.

        Raises Invalid without a reason, NotFound, Stale, Conflict while other modules hold open business.
        """
        why = _reason(reason)
        record = await work.get(access, entity.model, id)
        if version is not None and record.version != version:
            raise Stale({"version": version}, self.shown(access, entity, record))
        await refuse_open_business(self._kernel, access, entity, id)
        work.reason = why
        record.deleted_at, record.deleted_by, record.delete_reason = work.now, access.actor.id, why
        await self._flush(work)
        tell(self._kernel, work, entity, "deleted", record)
        return record

    async def restore(self, work: UnitOfWork, access: Access, entity: Entity, id: UUID) -> Any:
        """A deleted record, back again. Raises NotFound for one that is not deleted."""
        record = await work.get(access, entity.model, id, deleted=True)
        record.deleted_at = record.deleted_by = record.delete_reason = None
        await self._flush(work)
        tell(self._kernel, work, entity, "restored", record)
        return record

    async def purge(self, work: UnitOfWork, access: Access, entity: Entity, id: UUID, reason: str) -> None:
        """Remove a deleted record for good, and the key of its personal values in the change log.

        The super administrator's alone. Raises Forbidden, Invalid without a reason, NotFound, Conflict.
        """
        if not access.actor.grants.super:
            raise Forbidden(access.permission)
        why = _reason(reason)
        record = await work.get(access, entity.model, id, deleted=True)
        await refuse_open_business(self._kernel, access, entity, id)
        work.reason = why
        await work.remove(record)
        await self._flush(work)
        tell(self._kernel, work, entity, "purged", record)
        if self._kernel.offers("audit"):
            await self._kernel.service("audit").forget(work, entity.name, [id])

    async def _flush(self, work: UnitOfWork) -> None:
        try:
            await work.flush()
        except IntegrityError as fault:
            raise Conflict(
                _("Another record with the same number or code exists, or others still point at this one."),
                code="taken",
            ) from fault

    def shown(self, access: Access, entity: Entity, source: Any) -> Mapping[str, Any]:
        """Values of a record (or of what somebody sent) as he may see them, for comparing versions."""
        found: dict[str, Any] = {}
        for spec in visible(access.actor, entity, declared_specs(entity)):
            if spec.derived:
                continue
            if isinstance(source, Mapping):
                if spec.name not in source:
                    continue
                value = source[spec.name]
            else:
                value = getattr(source, spec.name)
            found[spec.name] = spec.mask(value) if spec.masked else value
        return found


def writer_of(kernel: Kernel) -> RecordWriter:
    """The kernel's writer, for services of modules; call it after boot."""
    found: RecordWriter = kernel.service("records_room").writer
    return found


def _reason(reason: str) -> str:
    why = kinds.LONG_TEXT.parse(reason or "")
    if not why:
        raise Invalid.one("reason", "required", _("Say why."))
    if len(why) > LONGEST_REASON:
        raise Invalid.one("reason", "too_long", _("This is too long."))
    return str(why)
