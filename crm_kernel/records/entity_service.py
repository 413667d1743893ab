"""The verbs a module gives its records, with room for the rules of each."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_kernel.access.permitted import public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.base import Record
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.room import room_of
from crm_kernel.records.schema import given

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

R = TypeVar("R", bound=Record)
Columns = dict[str, Any]


class EntityService(Generic[R]):
    """Create, change, delete and restore one record type.

    The permission is the entity's own (`<prefix>.<verb>`), so every method checks it itself before it reads
    or writes: hence @public. A record type states its rules in `_before`, which may alter the values, and
    its consequences in `_after`.
    """

    entity: ClassVar[Entity]
    watched: ClassVar[tuple[str, ...]] = ()
    """Columns whose former values `_after` wants to know."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._writer = room_of(kernel).writer

    @public
    async def create(self, actor: Actor, values: Any) -> R:
        """A new record. Raises Forbidden, Invalid, Conflict."""
        access = actor.access(self.entity.permission("create"))
        async with self._work(access) as work:
            sent = given(values)
            own = await self._before(work, access, sent, None)
            own = {**await self._signature(access, sent), **own}
            row: R = await self._writer.create(work, access, self.entity, sent, own)
            await self._after(work, access, row, None)
        return row

    @public
    async def change(self, actor: Actor, id: UUID, changes: Any, version: int | None = None) -> R:
        """A record with these values changed. Raises Forbidden, NotFound, Stale, Invalid, Conflict."""
        access = actor.access(self.entity.permission("change"))
        async with self._work(access) as work:
            row: R = await work.get(access, self.entity.model, id)
            former = {name: getattr(row, name) for name in self.watched}
            sent = given(changes)
            for name, value in (await self._before(work, access, sent, row)).items():
                if getattr(row, name) != value:
                    setattr(row, name, value)
            await self._writer.change(work, access, self.entity, id, sent, version)
            await self._after(work, access, row, former)
        return row

    @public
    async def delete(self, actor: Actor, id: UUID, reason: str, version: int | None = None) -> R:
        """The record, deleted for a reason. Raises Forbidden, NotFound, Stale, Invalid, Conflict."""
        access = actor.access(self.entity.permission("delete"))
        async with self._work(access) as work:
            row: R = await self._writer.delete(work, access, self.entity, id, reason, version)
            await self._after_removal(work, access, row)
        return row

    @public
    async def restore(self, actor: Actor, id: UUID) -> R:
        """The record, back again. Raises Forbidden, NotFound for one that is not deleted."""
        access = actor.access(self.entity.permission("restore"))
        async with self._work(access) as work:
            row: R = await self._writer.restore(work, access, self.entity, id)
            await self._after_removal(work, access, row)
        return row

    async def _before(self, work: UnitOfWork, access: Access, sent: Columns, row: R | None) -> Columns:
        """Rules, before the fields are checked: alter `sent`, and give columns that no field sets."""
        return {}

    async def _signature(self, access: Access, sent: Columns) -> Columns:
        """What stands on a new record instead of its author's own: another owner."""
        return {}

    async def _after(
        self, work: UnitOfWork, access: Access, row: R, former: Mapping[str, Any] | None
    ) -> None:
        """Consequences; `former` holds the watched columns as they were, None for a new record."""

    async def _after_removal(self, work: UnitOfWork, access: Access, row: R) -> None:
        """Consequences of a deletion, or of its undoing (`row.deleted_at` tells which)."""

    def _work(self, access: Access) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._kernel.db.work(access, now=self._kernel.clock.now())

    async def _currency(self, access: Access) -> str:
        """What the actor's dealership counts in."""
        return (await room_of(self._kernel).directory.shop(access.actor.dealership_id)).currency

    def _today(self, actor: Actor) -> date:
        return self._kernel.clock.now().astimezone(ZoneInfo(actor.timezone)).date()
