"""Statements over flows, clocks, calendars and approvals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, or_, select, update

from crm_kernel.access.organisation import Staff
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.flow.models import (
    Approval,
    FlowClock,
    FlowDraft,
    FlowMove,
    FlowRun,
    FlowVersion,
    WorkingCalendar,
)

# Versions


async def newest_version(db: Database, dealership_id: UUID, flow: str) -> FlowVersion | None:
    """The version new records of a dealership follow."""
    found: FlowVersion | None = await db.first(
        trusted(
            select(FlowVersion)
            .where(FlowVersion.dealership_id == dealership_id, FlowVersion.flow == flow)
            .order_by(FlowVersion.number.desc())
        )
    )
    return found


async def version(db: Database, dealership_id: UUID, flow: str, number: int) -> FlowVersion | None:
    """One version."""
    found: FlowVersion | None = await db.first(
        trusted(
            select(FlowVersion).where(
                FlowVersion.dealership_id == dealership_id,
                FlowVersion.flow == flow,
                FlowVersion.number == number,
            )
        )
    )
    return found


async def versions(db: Database, dealership_id: UUID, flow: str) -> Sequence[tuple[FlowVersion, str | None]]:
    """Every version with its author's name, newest first."""
    rows = await db.rows(
        trusted(
            select(FlowVersion, Staff.name)
            .outerjoin(Staff, Staff.id == FlowVersion.created_by)
            .where(FlowVersion.dealership_id == dealership_id, FlowVersion.flow == flow)
            .order_by(FlowVersion.number.desc())
        )
    )
    return [(row[0], row[1]) for row in rows]


async def version_numbers(db: Database, dealership_id: UUID, flow: str) -> Sequence[int]:
    """The numbers of a flow's versions, newest first."""
    found: Sequence[int] = await db.rows(
        trusted(
            select(FlowVersion.number)
            .where(FlowVersion.dealership_id == dealership_id, FlowVersion.flow == flow)
            .order_by(FlowVersion.number.desc())
        )
    )
    return found


# Drafts


async def draft_of(db: Database, dealership_id: UUID, flow: str) -> tuple[FlowDraft, str | None] | None:
    """What a dealership is editing, with who changed it last."""
    rows = await db.rows(
        trusted(
            select(FlowDraft, Staff.name)
            .outerjoin(Staff, Staff.id == FlowDraft.updated_by)
            .where(FlowDraft.dealership_id == dealership_id, FlowDraft.flow == flow)
        )
    )
    return (rows[0][0], rows[0][1]) if rows else None


async def draft(work: UnitOfWork, dealership_id: UUID, flow: str) -> FlowDraft | None:
    """What a dealership is editing, for change."""
    found: FlowDraft | None = await work.first(
        trusted(select(FlowDraft).where(FlowDraft.dealership_id == dealership_id, FlowDraft.flow == flow))
    )
    return found


# Runs and moves


async def run(work: UnitOfWork, record_id: UUID, *, lock: bool = False) -> FlowRun | None:
    """Which version a record follows, for change; with `lock` nobody else changes it until the end."""
    statement = select(FlowRun).where(FlowRun.record_id == record_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: FlowRun | None = await work.first(trusted(statement))
    return found


async def run_of(db: Database, record_id: UUID) -> FlowRun | None:
    """Which version a record follows."""
    found: FlowRun | None = await db.first(trusted(select(FlowRun).where(FlowRun.record_id == record_id)))
    return found


async def running(db: Database, dealership_id: UUID, flow: str) -> Mapping[tuple[int, str], int]:
    """How many records stand in each state of each version."""
    rows = await db.rows(
        trusted(
            select(FlowRun.version, FlowRun.state, func.count())
            .where(FlowRun.dealership_id == dealership_id, FlowRun.flow == flow)
            .group_by(FlowRun.version, FlowRun.state)
        )
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


async def running_ids(
    db: Database,
    dealership_id: UUID,
    flow: str,
    places: Collection[tuple[int, str]],
    after: UUID | None,
    limit: int,
) -> Sequence[UUID]:
    """Records that stand in one of these (version, state), by id and behind `after`."""
    if not places:
        return []
    there = or_(*(and_(FlowRun.version == version, FlowRun.state == state) for version, state in places))
    statement = select(FlowRun.record_id).where(
        FlowRun.dealership_id == dealership_id, FlowRun.flow == flow, there
    )
    if after is not None:
        statement = statement.where(FlowRun.record_id > after)
    found: Sequence[UUID] = await db.rows(trusted(statement.order_by(FlowRun.record_id).limit(limit)))
    return found


async def add_move(work: UnitOfWork, **values: Any) -> None:
    """Write down a step."""
    await work.execute(insert(FlowMove), [values])


async def moves(db: Database, dealership_id: UUID, record_id: UUID) -> Sequence[tuple[FlowMove, str | None]]:
    """The steps a record took, oldest first, each with who took it."""
    rows = await db.rows(
        trusted(
            select(FlowMove, Staff.name)
            .outerjoin(Staff, Staff.id == FlowMove.actor_id)
            .where(FlowMove.dealership_id == dealership_id, FlowMove.record_id == record_id)
            .order_by(FlowMove.seq)
        )
    )
    return [(row[0], row[1]) for row in rows]


async def forget_facts(work: UnitOfWork, record_id: UUID) -> None:
    """Leave of a record's steps only that they were taken, of its approvals only sums and decisions."""
    await work.execute(update(FlowMove).where(FlowMove.record_id == record_id).values(facts={}))
    words = {"reason": "", "remark": ""}
    await work.execute(update(Approval).where(Approval.record_id == record_id).values(words))


# Clocks


async def open_clocks(work: UnitOfWork, record_id: UUID) -> Sequence[FlowClock]:
    """Clocks of a record that have not ended, for change."""
    found: Sequence[FlowClock] = await work.rows(
        trusted(select(FlowClock).where(FlowClock.record_id == record_id, FlowClock.ended_at.is_(None)))
    )
    return found


async def clocks(db: Database, record_ids: Collection[UUID]) -> Sequence[FlowClock]:
    """Every clock of these records, in the order in which they were started."""
    if not record_ids:
        return []
    found: Sequence[FlowClock] = await db.rows(
        trusted(select(FlowClock).where(FlowClock.record_id.in_(record_ids)).order_by(FlowClock.id))
    )
    return found


async def ringing(db: Database, now: datetime, limit: int) -> Sequence[tuple[UUID, datetime]]:
    """(id, next_at) of clocks somebody must hear of now, the most urgent first."""
    rows = await db.rows(
        trusted(
            select(FlowClock.id, FlowClock.next_at)
            .where(FlowClock.next_at <= now)
            .order_by(FlowClock.next_at)
            .limit(limit)
        )
    )
    return [(row[0], row[1]) for row in rows]


async def take_ring(work: UnitOfWork, clock_id: UUID, next_at: datetime) -> FlowClock | None:
    """The clock, if nobody else has taken this very ring; it is then silent until planned anew."""
    done = await work.execute(
        update(FlowClock)
        .where(FlowClock.id == clock_id, FlowClock.next_at == next_at)
        .values(next_at=None)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:
        return None
    found: FlowClock | None = await work.first(trusted(select(FlowClock).where(FlowClock.id == clock_id)))
    return found


async def forget_record(work: UnitOfWork, record_id: UUID) -> None:
    """Remove what hangs on a purged record."""
    for model in (FlowClock, FlowMove, FlowRun, Approval):
        await work.execute(delete(model).where(model.record_id == record_id))


# Calendars


async def calendar(db: Database, dealership_id: UUID) -> WorkingCalendar | None:
    """The working hours a dealership chose."""
    found: WorkingCalendar | None = await db.first(
        trusted(select(WorkingCalendar).where(WorkingCalendar.dealership_id == dealership_id))
    )
    return found
