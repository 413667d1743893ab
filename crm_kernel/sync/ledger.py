"""The ledger of deliveries: what came, from whom, what became of it, and what was refused and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, Malformed, NotFound
from crm_kernel.i18n import translate
from crm_kernel.sync import store
from crm_kernel.sync.models import LONGEST_ID, SyncBatch, SyncReject
from crm_kernel.sync.permissions import MANAGE
from crm_kernel.sync.receiving import REJECTED, Outcome
from crm_kernel.sync.rows import EXTERNAL_ID, SyncRow
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.sync.service import BatchResult

_ = messages("kernel")

KEPT = timedelta(days=90)
STATES = ("done", "partly", "failed", "repeated")


async def enter(work: UnitOfWork, batch: SyncBatch, outcomes: Sequence[Outcome], *, fault: str = "") -> None:
    """Write a delivery and its refused rows."""
    refused = [one for one in outcomes if one.result == REJECTED]
    counts = dict.fromkeys(("created", "changed", "unchanged", "rejected"), 0)
    for one in outcomes:
        counts[one.result] += 1
    batch.rows, batch.fault = len(outcomes), fault
    batch.state = "failed" if fault else "partly" if refused else "done"
    for name, count in counts.items():
        setattr(batch, name, count)
    work.add(batch)
    await work.flush()
    await work.bulk_insert(SyncReject, [_reject(batch.id, one) for one in refused])


def _reject(batch_id: UUID, one: Outcome) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "batch_id": batch_id,
        "position": one.row.position,
        "external_id": one.row.external_id[:LONGEST_ID],
        "content": one.row.content,
        "errors": [
            {
                "field": error.field,
                "code": error.code,
                "messages": {locale: translate(error.message, locale) for locale in ("zh-CN", "en")},
            }
            for error in one.errors
        ],
    }


async def replace(work: UnitOfWork, former: UUID, batch_id: UUID) -> None:
    """The refused rows of a delivery went into another one."""
    held = await work.session.get_one(SyncBatch, former)
    held.state, held.next_id = "repeated", batch_id
    await store.forget_rejects(work, former)


@dataclass(frozen=True, slots=True)
class BatchView:
    """A delivery as the ledger shows it; see SyncBatch."""

    id: UUID
    source: str
    kind: str
    via: str
    state: str
    rows: int
    created: int
    changed: int
    unchanged: int
    rejected: int
    fault: str
    next_id: UUID | None
    staff_id: UUID
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class RejectView:
    """A refused row: names of its fields, never their values, and (field, code, message) of what was
    wrong."""

    position: int
    external_id: str
    fields: Sequence[str]
    errors: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Deliveries, latest first, and where the next page starts."""

    items: Sequence[BatchView]
    next: str | None


class Ledger:
    """Offered as `sync_ledger`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted(MANAGE)
    async def list(
        self,
        access: Access,
        *,
        state: str | None = None,
        source: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> LedgerPage:
        """Deliveries within reach. Raises Malformed for a broken cursor."""
        try:
            after = UUID(cursor) if cursor else None
        except ValueError as fault:
            raise Malformed(_("This page does not exist. Start from the first.")) from fault
        rows = await store.batches(self._kernel.db, access, state, source, after, limit + 1)
        views = [_view(row) for row in rows[:limit]]
        return LedgerPage(views, str(views[-1].id) if len(rows) > limit else None)

    @permitted(MANAGE)
    async def get(self, access: Access, id: UUID) -> BatchView:
        """One delivery. Raises NotFound."""
        return _view(await self._one(access, id))

    @permitted(MANAGE)
    async def rejects(
        self, access: Access, id: UUID, after: int = 0, limit: int = 50
    ) -> Sequence[RejectView]:
        """Refused rows of a delivery in the order sent, those beyond a position. Raises NotFound."""
        batch = await self._one(access, id)
        rows = await store.rejects(self._kernel.db, batch.id, after, limit)
        return [_refused(row, access.actor.locale) for row in rows]

    @permitted(MANAGE)
    async def again(self, access: Access, id: UUID) -> BatchResult:
        """Take the refused rows of a delivery once more, as they were sent; they leave its entry.

        Needs the right to push too. Raises NotFound, or Conflict where nothing was refused.
        """
        batch = await self._one(access, id)
        if batch.state not in ("partly", "failed"):
            raise Conflict(_("Nothing of this delivery is left to be taken."), code="nothing_left")
        if batch.dealership_id != access.actor.dealership_id:
            raise NotFound()
        held = await store.rejects(self._kernel.db, batch.id, 0, batch.rows)
        rows = [_row(position, one) for position, one in enumerate(held, start=1)]
        found: BatchResult = await self._kernel.service("sync").take(
            access.actor, batch.kind, rows, source=batch.source, via="again", instead_of=batch.id
        )
        return found

    @permitted(MANAGE)
    async def faults(self, access: Access) -> int:
        """How many deliveries hold refused rows that nobody has dealt with."""
        return await store.open_faults(self._kernel.db, access)

    @public
    async def tidy(self) -> None:
        """Forget deliveries of more than three months ago. For the nightly job: shows nobody anything."""
        async with self._kernel.db.work(None) as work:
            await store.forget_before(work, self._kernel.clock.now() - KEPT)

    async def _one(self, access: Access, id: UUID) -> SyncBatch:
        found = await store.batch(self._kernel.db, access, id)
        if found is None:
            raise NotFound()
        return found


def _row(position: int, held: SyncReject) -> SyncRow:
    values = {name: value for name, value in held.content.items() if name != EXTERNAL_ID}
    return SyncRow(position, str(held.content.get(EXTERNAL_ID, "")), values)


def _view(row: SyncBatch) -> BatchView:
    return BatchView(**{name: getattr(row, name) for name in BatchView.__dataclass_fields__})


def _refused(row: SyncReject, locale: str) -> RejectView:
    errors = [
        {
            "field": error["field"],
            "code": error["code"],
            "message": error["messages"].get(locale) or next(iter(error["messages"].values()), ""),
        }
        for error in row.errors
    ]
    names = [name for name in row.content if name != EXTERNAL_ID]
    return RejectView(row.position, row.external_id, names, errors)
