"""Statements over the timeline."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, bindparam, delete, insert, or_, select

from crm_kernel.access.organisation import Staff
from crm_kernel.contributions import Entity
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, trusted
from crm_kernel.dal.types import Id, UtcTime
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.marks import Mark
from crm_kernel.records.reach import Place
from crm_kernel.records.timeline.models import TimelineEntry


class Line(NamedTuple):
    """An entry as it lies in its table, and its author's name."""

    id: UUID
    at: datetime
    kind: str
    words: str
    actor_id: UUID | None
    link: str
    payload: dict[str, Any]
    source_id: UUID | None
    actor: str | None


async def page(
    db: Database,
    place: Place,
    *,
    kinds: Collection[str],
    without: Collection[str],
    mark: Mark | None,
    limit: int,
) -> Sequence[Line]:
    """Entries of a record, newest first; `kinds` empty means all."""
    wanted = {f"wanted_{place}": kind for place, kind in enumerate(sorted(kinds))}
    unwanted = {f"unwanted_{place}": kind for place, kind in enumerate(sorted(without))}
    key = ("timeline", len(wanted), len(unwanted), mark is not None)
    prepared = db.prepared(key, lambda: _page(wanted, unwanted, after=mark is not None))
    asked = {
        "dealership": place.dealership_id,
        "entity": place.entity.name,
        "record": place.id,
        "size": limit,
        **wanted,
        **unwanted,
    }
    if mark is not None:
        asked |= {"mark_at": mark.at, "mark_id": mark.id}
    return [Line(*row) for row in await db.fetch(prepared, asked, typed=True)]


def _page(wanted: Collection[str], unwanted: Collection[str], *, after: bool) -> Scoped:
    """The question of `page`; `wanted` and `unwanted` name the parameters that hold kinds."""
    entry = TimelineEntry
    statement = (
        select(*(getattr(entry, name) for name in Line._fields[:-1]), Staff.name)
        .outerjoin(Staff, Staff.id == entry.actor_id)
        .where(
            entry.dealership_id == bindparam("dealership", type_=Id),
            entry.entity == bindparam("entity"),
            entry.record_id == bindparam("record", type_=Id),
            *(entry.kind != bindparam(name) for name in unwanted),
        )
        .order_by(entry.at.desc(), entry.id.desc())
        .limit(bindparam("size", type_=Integer))
    )
    if wanted:
        statement = statement.where(or_(*(entry.kind == bindparam(name) for name in wanted)))
    if after:
        moment: Any = bindparam("mark_at", type_=UtcTime)
        last: Any = bindparam("mark_id", type_=Id)
        statement = statement.where(Mark(moment, last).beyond(entry.at, entry.id, descending=True))
    return trusted(statement)


async def origin(db: Database, entity: Entity, record_id: UUID) -> tuple[datetime, UUID | None, str | None]:
    """When a record came into being and who entered it (id and name)."""
    prepared = db.prepared(("origin", entity.name), lambda: _origin(entity))
    rows = await db.fetch(prepared, {"record": record_id}, typed=True)
    at, author_id, author = rows[0]
    return at, author_id, author


def _origin(entity: Entity) -> Scoped:
    model = entity.model
    statement = (
        select(model.created_at, model.created_by, Staff.name)
        .outerjoin(Staff, Staff.id == model.created_by)
        .where(model.id == bindparam("record", type_=Id))
    )
    return trusted(statement)


async def of_source(work: UnitOfWork, dealership_id: UUID, source_id: UUID) -> Sequence[TimelineEntry]:
    """The entries that tell of a thing, for change."""
    return await work.rows(
        trusted(
            select(TimelineEntry).where(
                TimelineEntry.dealership_id == dealership_id, TimelineEntry.source_id == source_id
            )
        )
    )


async def deletions(work: UnitOfWork, entity: str, record_ids: Collection[UUID]) -> Sequence[TimelineEntry]:
    """The entries that tell of these records' deletion, in any dealership, for change."""
    return await work.rows(
        trusted(
            select(TimelineEntry).where(
                TimelineEntry.entity == entity,
                TimelineEntry.kind == "deleted",
                TimelineEntry.record_id.in_(list(record_ids)),
            )
        )
    )


async def insert_many(work: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Write many entries at once."""
    await work.execute(insert(TimelineEntry), list(rows))


async def forget_record(work: UnitOfWork, dealership_id: UUID, entity: str, record_id: UUID) -> None:
    """Remove a record's timeline when it is purged."""
    await work.execute(
        delete(TimelineEntry).where(
            TimelineEntry.dealership_id == dealership_id,
            TimelineEntry.entity == entity,
            TimelineEntry.record_id == record_id,
        )
    )
