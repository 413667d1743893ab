"""Statements over open records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_kernel.access.organisation import Staff
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.presence.models import Presence


async def beat(work: UnitOfWork, entity: str, record_id: UUID, staff_id: UUID, editing: bool) -> None:
    """Note that somebody has the record open now."""
    values = {"entity": entity, "editing": editing, "seen_at": work.now}
    mine = (Presence.record_id == record_id, Presence.staff_id == staff_id)
    found = await work.execute(update(Presence).where(*mine).values(values))
    if found.rowcount:
        return
    try:
        async with work.savepoint():
            await work.execute(insert(Presence).values(record_id=record_id, staff_id=staff_id, **values))
    except IntegrityError:
        # A second window of the same person was quicker by a moment; its beat is as good.
        return


async def others(
    db: Database, record_id: UUID, staff_id: UUID, since: datetime
) -> Sequence[tuple[str, bool]]:
    """(name, editing) of everybody else who had the record open since then."""
    statement = (
        select(Staff.name, Presence.editing)
        .join(Staff, Staff.id == Presence.staff_id)
        .where(Presence.record_id == record_id, Presence.staff_id != staff_id, Presence.seen_at >= since)
        .order_by(Staff.name)
    )
    return [(row[0], bool(row[1])) for row in await db.rows(trusted(statement))]


async def forget_before(work: UnitOfWork, moment: datetime) -> None:
    """Forget who had records open before a moment."""
    await work.execute(delete(Presence).where(Presence.seen_at < moment))
