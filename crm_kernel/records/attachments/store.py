"""Statements over attachments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from crm_kernel.access.organisation import Staff
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.attachments.models import Attachment
from crm_kernel.records.reach import Place


def _of(place: Place) -> list[Any]:
    return [
        Attachment.dealership_id == place.dealership_id,
        Attachment.entity == place.entity.name,
        Attachment.record_id == place.id,
        Attachment.deleted_at.is_(None),
    ]


async def of_record(db: Database, place: Place) -> Sequence[tuple[Attachment, str | None]]:
    """Attachments of a record with who brought them, newest first."""
    statement = (
        select(Attachment, Staff.name)
        .outerjoin(Staff, Staff.id == Attachment.owner_id)
        .where(*_of(place))
        .order_by(Attachment.created_at.desc(), Attachment.id.desc())
    )
    return [(row[0], row[1]) for row in await db.rows(trusted(statement))]


async def count(work: UnitOfWork, place: Place) -> int:
    """How many files a record has."""
    return int(
        await work.first(trusted(select(func.count()).select_from(Attachment).where(*_of(place)))) or 0
    )


async def one(db: Database, attachment_id: UUID) -> Attachment | None:
    """An attachment by its id; whoever asks must then reach its record."""
    found: Attachment | None = await db.first(
        trusted(select(Attachment).where(Attachment.id == attachment_id, Attachment.deleted_at.is_(None)))
    )
    return found


async def for_change(work: UnitOfWork, attachment_id: UUID) -> Attachment | None:
    """The same inside a transaction."""
    found: Attachment | None = await work.first(
        trusted(select(Attachment).where(Attachment.id == attachment_id, Attachment.deleted_at.is_(None)))
    )
    return found


async def deleted_before(work: UnitOfWork, moment: datetime, limit: int) -> Sequence[Attachment]:
    """Attachments that were deleted long ago."""
    return await work.rows(trusted(select(Attachment).where(Attachment.deleted_at < moment).limit(limit)))


async def known_keys(db: Database, keys: Collection[str]) -> set[str]:
    """Which of these keys an attachment still names."""
    statement = select(Attachment.key).where(Attachment.key.in_(list(keys)))
    return set(await db.rows(trusted(statement)))


async def forget_record(work: UnitOfWork, dealership_id: UUID, entity: str, record_id: UUID) -> Sequence[str]:
    """Remove a purged record's attachments; the keys of their files, to be removed after the commit."""
    mine = (
        Attachment.dealership_id == dealership_id,
        Attachment.entity == entity,
        Attachment.record_id == record_id,
    )
    keys: Sequence[str] = await work.rows(trusted(select(Attachment.key).where(*mine)))
    await work.execute(delete(Attachment).where(*mine))
    return keys
