"""Statements over notes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from crm_kernel.access.organisation import Staff
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, scoped
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.marks import Mark
from crm_kernel.records.notes.models import Note
from crm_kernel.records.reach import Place

Found = Sequence[tuple[Note, str | None]]


def _with_author(access: Access) -> Scoped:
    return scoped(access, Note, Note, Staff.name).join(Staff, Staff.id == Note.owner_id, outer=True)


async def page(
    db: Database, access: Access, place: Place, kinds: Collection[str], mark: Mark | None, limit: int
) -> Found:
    """Notes of a record with their authors' names, newest first."""
    statement = _with_author(access).where(
        Note.dealership_id == place.dealership_id,
        Note.entity == place.entity.name,
        Note.record_id == place.id,
    )
    if kinds:
        statement = statement.where(Note.kind.in_(sorted(kinds)))
    if mark is not None:
        statement = statement.where(mark.beyond(Note.happened_at, Note.id, descending=True))
    ordered = statement.order_by(Note.happened_at.desc(), Note.id.desc()).limit(limit)
    return _pairs(await db.rows(ordered))


async def recent(db: Database, access: Access, limit: int) -> Found:
    """What was written last within the access's scope."""
    ordered = _with_author(access).order_by(Note.created_at.desc(), Note.id.desc()).limit(limit)
    return _pairs(await db.rows(ordered))


async def by_ids(db: Database, access: Access, ids: Collection[UUID]) -> Found:
    """These notes, as far as the access reaches them."""
    return _pairs(await db.rows(_with_author(access).where(Note.id.in_(list(ids)))))


def _pairs(rows: Sequence[Any]) -> Found:
    return [(row[0], row[1]) for row in rows]


async def forget_record(work: UnitOfWork, dealership_id: UUID, entity: str, record_id: UUID) -> None:
    """Remove a purged record's notes."""
    await work.execute(
        delete(Note).where(
            Note.dealership_id == dealership_id, Note.entity == entity, Note.record_id == record_id
        )
    )
