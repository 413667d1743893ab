"""The service `sync`: other systems' records come in, by request, by reader, or in process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import SyncKind
from crm_kernel.dal.faults import broke_constraint
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, CrmError, NotFound
from crm_kernel.logs import outline
from crm_kernel.sync import ledger, store
from crm_kernel.sync.kinds import all_kinds, find_kind, receiver_of
from crm_kernel.sync.models import SyncBatch
from crm_kernel.sync.permissions import PUSH
from crm_kernel.sync.receiving import CHANGED, CREATED, REJECTED, UNCHANGED, FieldInfo, Inbox, Outcome
from crm_kernel.sync.rows import SyncRow, read_rows, read_source
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a delivery: counts, and one outcome per row in the order sent."""

    id: UUID
    kind: str
    source: str
    outcomes: Sequence[Outcome] = field(default=(), repr=False)

    def count(self, result: str) -> int:
        """How many rows ended so: `created`, `changed`, `unchanged`, `rejected`."""
        return sum(1 for one in self.outcomes if one.result == result)


class SyncService:
    """Takes deliveries. Each stands or falls as a whole with its entry in the ledger and the map of ids;
    within it a row that cannot be taken is refused alone. Sending a delivery again changes nothing."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted(PUSH)
    async def push(
        self, access: Access, kind: str, rows: Sequence[Any], *, source: str, via: str = "process"
    ) -> BatchResult:
        """Create or change the records which `source` knows by the rows' `external_id`.

        A row is a mapping: what it leaves out stays, None empties. References are the source's own ids.
        Raises NotFound for an unknown kind, Forbidden, TooLarge, Malformed, Invalid for a source without a
        name.
        """
        return await self.take(access.actor, kind, read_rows(rows), source=read_source(source), via=via)

    @permitted(PUSH)
    async def take(
        self,
        access: Access,
        kind: str,
        rows: Sequence[SyncRow],
        *,
        source: str,
        via: str,
        instead_of: UUID | None = None,
    ) -> BatchResult:
        """The same for rows already read; `instead_of` is a delivery whose refused rows these are."""
        declared = find_kind(self._kernel, kind)
        if declared.permission is not None:
            access.actor.access(declared.permission)
        delivery = _Delivery(self._kernel, access, declared, source, via, rows, instead_of)
        if UnitOfWork.current() is not None:
            return await delivery.attempt()
        for _attempt in range(ATTEMPTS):
            try:
                return await delivery.attempt()
            except CrmError:
                raise
            except Exception as fault:
                if broke_constraint(fault):
                    continue
                await delivery.failed(outline(fault))
                raise
        await delivery.failed("conflict")
        raise Conflict(_("Somebody else changed the same records. Send the rows again."), code="busy")

    @public
    async def kinds(self, actor: Actor) -> list[tuple[SyncKind, Sequence[FieldInfo]]]:
        """What may be pushed, in a fitting order, with the fields of each. Checks the right itself."""
        access = actor.access(PUSH)
        found = []
        for kind in all_kinds(self._kernel):
            if kind.permission is None or actor.may(kind.permission):
                fields = await receiver_of(self._kernel, kind).fields(access)
                found.append((kind, fields))
        return found

    @permitted(PUSH)
    async def record_of(self, access: Access, kind: str, source: str, external_id: str) -> UUID:
        """The record a source knows by an id. Raises NotFound."""
        entity = find_kind(self._kernel, kind).entity
        here = access.actor.dealership_id
        found = await store.records(self._kernel.db, here, read_source(source), entity, [external_id])
        if external_id not in found:
            raise NotFound()
        return found[external_id]

    @permitted(PUSH)
    async def names_of(self, access: Access, kind: str, record_id: UUID) -> list[tuple[str, str]]:
        """(source, external id) of a record, by every source that knows it."""
        entity = find_kind(self._kernel, kind).entity
        rows = await store.identities(self._kernel.db, access, entity, record_id)
        return [(row.source, row.external_id) for row in rows]

    @public
    async def merged(self, work: UnitOfWork, entity: str, former: UUID, record_id: UUID) -> None:
        """Let what sources call `former` mean `record_id`: called where a module merges two records.

        For services, inside their own guarded methods.
        """
        await store.move_names(work, entity, former, record_id)


class _Delivery:
    """One delivery on its way."""

    def __init__(
        self,
        kernel: Kernel,
        access: Access,
        kind: SyncKind,
        source: str,
        via: str,
        rows: Sequence[SyncRow],
        instead_of: UUID | None,
    ) -> None:
        self._kernel, self._access, self._kind = kernel, access, kind
        self._source, self._via, self._rows = source, via, rows
        self._instead_of = instead_of
        self._started: datetime = kernel.clock.now()

    async def attempt(self) -> BatchResult:
        """Take the rows in one transaction."""
        kernel, batch_id, here = self._kernel, uuid7(), self._access.actor.dealership_id
        receiver = receiver_of(kernel, self._kind)
        entity = self._kind.entity
        async with kernel.db.work(self._access, now=kernel.clock.now()) as work:
            names = {row.external_id for row in self._rows}
            known = await store.records(kernel.db, here, self._source, entity, names)
            inbox = Inbox(kernel, work, self._access, batch_id, self._source, entity, known)
            outcomes = await receiver.receive(inbox, self._rows)
            new = {
                one.row.external_id: one.record_id
                for one in outcomes
                if one.record_id is not None and one.row.external_id not in known
            }
            await store.add_names(work, here, self._source, entity, new)
            await ledger.enter(work, self._entry(batch_id), outcomes)
            if self._instead_of is not None:
                await ledger.replace(work, self._instead_of, batch_id)
        return BatchResult(batch_id, self._kind.name, self._source, outcomes)

    def _entry(self, batch_id: UUID) -> SyncBatch:
        return SyncBatch(
            id=batch_id,
            dealership_id=self._access.actor.dealership_id,
            staff_id=self._access.actor.id,
            source=self._source,
            kind=self._kind.name,
            via=self._via,
            state="done",
            started_at=self._started,
            finished_at=self._kernel.clock.now(),
        )

    async def failed(self, fault: str) -> None:
        """Keep what could not be taken at all, so that it can be taken again."""
        async with self._kernel.db.work(self._access, now=self._kernel.clock.now()) as work:
            outcomes = [Outcome(row, REJECTED) for row in self._rows]
            await ledger.enter(work, self._entry(uuid7()), outcomes, fault=fault)


RESULTS = (CREATED, CHANGED, UNCHANGED, REJECTED)
