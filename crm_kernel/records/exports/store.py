"""Statements over exports, and the open values of a page of records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.exports.models import ExportRun


async def own(db: Database, actor: Actor, run_id: UUID) -> ExportRun | None:
    """An export the person asked for himself."""
    found: ExportRun | None = await db.first(
        trusted(select(ExportRun).where(ExportRun.id == run_id, ExportRun.staff_id == actor.id))
    )
    return found


async def recent(db: Database, actor: Actor, limit: int) -> Sequence[ExportRun]:
    """The person's latest exports."""
    statement = (
        select(ExportRun)
        .where(ExportRun.dealership_id == actor.place.dealership_id, ExportRun.staff_id == actor.id)
        .order_by(ExportRun.created_at.desc(), ExportRun.id.desc())
        .limit(limit)
    )
    return await db.rows(trusted(statement))


async def expired(work: UnitOfWork, now: datetime, limit: int) -> Sequence[ExportRun]:
    """Finished exports whose file has had its time."""
    statement = select(ExportRun).where(ExportRun.expires_at <= now, ExportRun.key.is_not(None)).limit(limit)
    return await work.rows(trusted(statement))


async def known_keys(db: Database, keys: Collection[str]) -> set[str]:
    """Which of these keys an export still names."""
    return set(await db.rows(trusted(select(ExportRun.key).where(ExportRun.key.in_(list(keys))))))


async def open_values(
    db: Database, access: Access, entity: Entity, names: Sequence[str], ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, Any]]:
    """Values of masked fields of some records, unmasked, as far as the access (to reveal) reaches."""
    model = entity.model
    columns = [getattr(model, name) for name in names]
    statement = scoped(access, model, model.id, *columns, deleted=None).where(model.id.in_(list(ids)))
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in await db.rows(statement)}
