"""Statements of synchronisation: the map of ids, the ledger, the places that are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update

from crm_kernel.access.organisation import Staff
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scope_condition, scope_values, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.sync.models import SyncBatch, SyncIdentity, SyncReject, SyncSource

BATCH = 500


async def records(
    db: Database, dealership: UUID, source: str, entity: str, names: Collection[str]
) -> dict[str, UUID]:
    """Outside ids to records."""
    found: dict[str, UUID] = {}
    wanted = list(names)
    for begin in range(0, len(wanted), BATCH):
        statement = select(SyncIdentity.external_id, SyncIdentity.record_id).where(
            SyncIdentity.dealership_id == dealership,
            SyncIdentity.source == source,
            SyncIdentity.entity == entity,
            SyncIdentity.external_id.in_(wanted[begin : begin + BATCH]),
        )
        found.update({row[0]: row[1] for row in await db.rows(trusted(statement))})
    return found


async def names(
    db: Database, dealership: UUID, source: str, entity: str, ids: Collection[UUID]
) -> dict[UUID, str]:
    """Records to what a source calls them."""
    found: dict[UUID, str] = {}
    wanted = list(ids)
    for begin in range(0, len(wanted), BATCH):
        statement = select(SyncIdentity.record_id, SyncIdentity.external_id).where(
            SyncIdentity.dealership_id == dealership,
            SyncIdentity.entity == entity,
            SyncIdentity.record_id.in_(wanted[begin : begin + BATCH]),
            SyncIdentity.source == source,
        )
        found.update({row[0]: row[1] for row in await db.rows(trusted(statement))})
    return found


async def add_names(
    work: UnitOfWork, dealership: UUID, source: str, entity: str, given: Mapping[str, UUID]
) -> None:
    """Remember what a source calls these records."""
    common = {"dealership_id": dealership, "source": source, "entity": entity}
    rows = [{**common, "external_id": name, "record_id": record_id} for name, record_id in given.items()]
    await work.bulk_insert(SyncIdentity, rows)


async def identities(db: Database, access: Access, entity: str, record_id: UUID) -> Sequence[SyncIdentity]:
    """What every source calls a record."""
    return await db.rows(
        trusted(
            select(SyncIdentity)
            .where(
                SyncIdentity.dealership_id == access.actor.dealership_id,
                SyncIdentity.entity == entity,
                SyncIdentity.record_id == record_id,
            )
            .order_by(SyncIdentity.source, SyncIdentity.external_id)
        )
    )


async def move_names(work: UnitOfWork, entity: str, former: UUID, record_id: UUID) -> None:
    """Let every outside id of one record mean another, after a merge."""
    await work.execute(
        update(SyncIdentity)
        .where(SyncIdentity.entity == entity, SyncIdentity.record_id == former)
        .values(record_id=record_id)
    )


# The ledger


async def batches(
    db: Database, access: Access, state: str | None, source: str | None, after: UUID | None, limit: int
) -> Sequence[SyncBatch]:
    """Deliveries, latest first."""
    statement = select(SyncBatch).where(scope_condition(access.scope, access.actor.place, SyncBatch))
    if state:
        statement = statement.where(SyncBatch.state == state)
    if source:
        statement = statement.where(SyncBatch.source == source)
    if after is not None:
        statement = statement.where(SyncBatch.id < after)
    return await db.rows(
        trusted(statement.order_by(SyncBatch.id.desc()).limit(limit), **scope_values(access))
    )


async def batch(db: Database, access: Access, id: UUID) -> SyncBatch | None:
    """A delivery within reach."""
    statement = select(SyncBatch).where(
        SyncBatch.id == id, scope_condition(access.scope, access.actor.place, SyncBatch)
    )
    found: SyncBatch | None = await db.first(trusted(statement, **scope_values(access)))
    return found


async def rejects(db: Database, batch_id: UUID, after: int, limit: int) -> Sequence[SyncReject]:
    """Refused rows of a delivery in the order sent, those beyond a position."""
    return await db.rows(
        trusted(
            select(SyncReject)
            .where(SyncReject.batch_id == batch_id, SyncReject.position > after)
            .order_by(SyncReject.position)
            .limit(limit)
        )
    )


async def forget_rejects(work: UnitOfWork, batch_id: UUID) -> None:
    """Drop the refused rows of a delivery."""
    await work.execute(delete(SyncReject).where(SyncReject.batch_id == batch_id))


async def forget_before(work: UnitOfWork, moment: datetime) -> None:
    """Drop old deliveries with what they refused."""
    old = select(SyncBatch.id).where(SyncBatch.started_at < moment)
    await work.execute(delete(SyncReject).where(SyncReject.batch_id.in_(old)))
    await work.execute(delete(SyncBatch).where(SyncBatch.started_at < moment))


# Places that are read


async def sources(db: Database, access: Access) -> Sequence[SyncSource]:
    """The places of the actor's reach."""
    statement = (
        select(SyncSource)
        .where(scope_condition(access.scope, access.actor.place, SyncSource))
        .order_by(SyncSource.name, SyncSource.id)
    )
    return await db.rows(trusted(statement, **scope_values(access)))


async def source(db: Database, id: UUID) -> SyncSource | None:
    """A place by its id, for the kernel's own job."""
    found: SyncSource | None = await db.first(trusted(select(SyncSource).where(SyncSource.id == id)))
    return found


async def locked_source(work: UnitOfWork, id: UUID) -> SyncSource | None:
    """A place for change; others wait."""
    found: SyncSource | None = await work.first(
        trusted(select(SyncSource).where(SyncSource.id == id).with_for_update())
    )
    return found


async def due(db: Database, now: datetime) -> Sequence[UUID]:
    """Places that are to be read now."""
    return await db.rows(
        trusted(
            select(SyncSource.id)
            .where(SyncSource.active.is_(True), SyncSource.due_at <= now)
            .order_by(SyncSource.due_at)
        )
    )


async def managed(db: Database, dealership: UUID) -> Sequence[SyncSource]:
    """The places of a dealership that the settings file describes."""
    return await db.rows(
        trusted(
            select(SyncSource).where(SyncSource.dealership_id == dealership, SyncSource.managed.is_(True))
        )
    )


async def people(db: Database, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of staff."""
    rows = await db.rows(trusted(select(Staff.id, Staff.name).where(Staff.id.in_(list(ids)))))
    return {row[0]: row[1] for row in rows}


async def open_faults(db: Database, access: Access) -> int:
    """How many deliveries of the dealership still hold refused rows."""
    statement = select(func.count()).where(
        SyncBatch.state.in_(["partly", "failed"]),
        scope_condition(access.scope, access.actor.place, SyncBatch),
    )
    return int(await db.first(trusted(statement, **scope_values(access))) or 0)
