"""Statements over the audit tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, insert, inspect, or_, select

from crm_kernel.access.organisation import Staff
from crm_kernel.actor import Access, Actor, Scope
from crm_kernel.audit.chain import rows_digest
from crm_kernel.audit.entries import FORGOTTEN, IMPORT, REASON, BulkEntry, Entry, origin
from crm_kernel.audit.models import AuditAccess, AuditChange, AuditKey, AuditRow
from crm_kernel.audit.sealing import PersonKey, compact
from crm_kernel.contributions import Entity
from crm_kernel.dal.base import Record
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, scoped, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.withheld import names

_MANY = 500


class AuditStore:
    """Appends entries and reads them back; nothing here changes a written one."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # Writing

    async def append(self, work: UnitOfWork, entries: Sequence[Entry]) -> None:
        """Write the entries of a transaction."""
        forgotten = work.facts.get(FORGOTTEN, ())
        entries = [
            (
                entry.without_personal() if (entry.entity, entry.record_id) in forgotten else entry
            ).sealing_its_reason()
            for entry in entries
        ]
        keys = await self._keys_for(work, entries)
        rows = []
        for entry in entries:
            key = keys.get((entry.entity, entry.record_id))
            rows.append(
                {
                    "at": work.now,
                    **origin(entry.actor),
                    "dealership_id": entry.dealership_id,
                    "entity": entry.entity,
                    "record_id": entry.record_id,
                    "verb": entry.verb,
                    "reason": entry.reason,
                    "before": compact(entry.before, entry.personal, key, entry.record_id),
                    "after": compact(entry.after, entry.personal, key, entry.record_id),
                }
            )
        await work.bulk_insert(AuditChange, rows)

    async def _keys_for(
        self, work: UnitOfWork, entries: Sequence[Entry]
    ) -> dict[tuple[str, UUID | None], PersonKey]:
        keys: dict[tuple[str, UUID | None], PersonKey] = {}
        for entity in sorted({e.entity for e in entries if e.sealed}):
            mine = [e for e in entries if e.entity == entity and e.sealed and e.record_id is not None]
            known = [e.record_id for e in mine if not e.fresh and e.record_id is not None]
            fresh = [e.record_id for e in mine if e.fresh and e.record_id is not None]
            for person, key in (await self.ensure_keys(work, entity, known, fresh)).items():
                keys[entity, person] = key
        return keys

    async def ensure_keys(
        self, work: UnitOfWork, entity: str, known: Sequence[UUID], fresh: Sequence[UUID]
    ) -> dict[UUID, PersonKey]:
        """The keys of people, made where missing; `fresh` ones are known to have none yet."""
        keys = await self.keys(entity, known) if known else {}
        nameless = [person for person in dict.fromkeys((*known, *fresh)) if person not in keys]
        missing = dict(zip(nameless, PersonKey.generate_many(len(nameless)), strict=True))
        if missing:
            rows = [
                {"entity": entity, "record_id": person, "name": key.name, "key": key.text}
                for person, key in missing.items()
            ]
            await work.bulk_insert(AuditKey, rows)
        return keys | missing

    async def keys(self, entity: str, ids: Collection[UUID]) -> dict[UUID, PersonKey]:
        """The keys that exist for records of an entity."""
        found: dict[UUID, PersonKey] = {}
        columns = select(AuditKey.record_id, AuditKey.name, AuditKey.key).where(AuditKey.entity == entity)
        for some in _portions(ids):
            rows = await self._db.rows(trusted(columns.where(AuditKey.record_id.in_(some))))
            found |= {person: PersonKey.load(name, text) for person, name, text in rows}
        return found

    async def destroy_keys(self, work: UnitOfWork, entity: str, ids: Collection[UUID]) -> int:
        """Make personal values of these records unreadable for ever, those of this transaction included."""
        work.facts.setdefault(FORGOTTEN, set()).update((entity, record_id) for record_id in ids)
        gone = 0
        for some in _portions(ids):
            done = await work.execute(
                delete(AuditKey).where(AuditKey.entity == entity, AuditKey.record_id.in_(some))
            )
            gone += int(done.rowcount)
        return gone

    async def forget_reasons(self, work: UnitOfWork, model: type[Record], ids: Collection[UUID]) -> None:
        """Blank why these records were deleted."""
        table: Any = inspect(model).local_table
        for some in _portions(ids):
            await work.execute(table.update().where(table.c.id.in_(some)).values(delete_reason=None))

    async def append_bulk(
        self, work: UnitOfWork, entity: str, personal: frozenset[str], entries: Sequence[BulkEntry], verb: str
    ) -> None:
        """One entry for a chunk, and a compact row for each record in it."""
        reason = work.reason
        if personal and reason and verb != IMPORT:
            personal, reason = personal | {REASON}, None
            entries = [replace(entry, after={**entry.after, REASON: work.reason}) for entry in entries]
        needing = [e for e in entries if not (personal.isdisjoint(e.after) and personal.isdisjoint(e.before))]
        keys = await self.ensure_keys(
            work,
            entity,
            [e.record_id for e in needing if e.verb != "create"],
            [e.record_id for e in needing if e.verb == "create"],
        )
        rows: list[dict[str, Any]] = []
        counts: dict[str, int] = {}
        for entry in entries:
            key = keys.get(entry.record_id)
            before = compact(entry.before, personal, key, entry.record_id)
            after = compact(entry.after, personal, key, entry.record_id)
            row = {"record_id": entry.record_id, "verb": entry.verb, "before": before, "after": after}
            counts[entry.verb] = counts.get(entry.verb, 0) + 1
            rows.append(row)
        digest = rows_digest((str(r["record_id"]), r["verb"], r["before"], r["after"]) for r in rows)
        summary = {"rows": len(rows), **counts, "digest": digest}
        actor = work.actor
        done = await work.execute(
            insert(AuditChange.__table__).values(  # type: ignore[arg-type]
                at=work.now,
                **origin(actor),
                dealership_id=actor.place.dealership_id if actor else None,
                entity=entity,
                verb=verb,
                reason=reason,
                before="{}",
                after=msgspec.json.encode(summary).decode(),
            )
        )
        seq = done.inserted_primary_key[0]
        await work.bulk_insert(AuditRow, [{"change_seq": seq, **row} for row in rows])

    async def append_accesses(self, work: UnitOfWork, rows: list[dict[str, Any]]) -> None:
        """Write accesses."""
        await work.bulk_insert(AuditAccess, rows)

    # Reading

    async def changes(
        self, access: Access, conditions: Sequence[ColumnElement[bool]], before: int | None, limit: int
    ) -> Sequence[Any]:
        """(change, actor's name), newest first, within the access's scope."""
        return await self._page(access, AuditChange, conditions, before, limit)

    async def accesses(
        self, access: Access, conditions: Sequence[ColumnElement[bool]], before: int | None, limit: int
    ) -> Sequence[Any]:
        """(access, actor's name), newest first, within the access's scope."""
        return await self._page(access, AuditAccess, conditions, before, limit)

    async def _page(
        self,
        access: Access,
        model: type[AuditChange] | type[AuditAccess],
        conditions: Sequence[ColumnElement[bool]],
        before: int | None,
        limit: int,
    ) -> Sequence[Any]:
        statement = _within(access, model).join(Staff, Staff.id == model.actor_id, outer=True)
        if before is not None:
            statement = statement.where(model.seq < before)
        return await self._db.rows(statement.where(*conditions).order_by(model.seq.desc()).limit(limit))

    async def of_record(self, entity: str, record_id: UUID, before: int | None, limit: int) -> Sequence[Any]:
        """(change, actor's name, bulk row or None) of one record, newest first; the caller checked rights."""
        own = (
            select(AuditChange, Staff.name)
            .outerjoin(Staff, Staff.id == AuditChange.actor_id)
            .where(AuditChange.entity == entity, AuditChange.record_id == record_id)
        )
        shared = (
            select(AuditChange, Staff.name, AuditRow)
            .join(AuditRow, AuditRow.change_seq == AuditChange.seq)
            .outerjoin(Staff, Staff.id == AuditChange.actor_id)
            .where(AuditChange.entity == entity, AuditRow.record_id == record_id)
        )
        found: list[tuple[AuditChange, str | None, AuditRow | None]] = []
        for statement in (own, shared):
            if before is not None:
                statement = statement.where(AuditChange.seq < before)
            rows = await self._db.rows(trusted(statement.order_by(AuditChange.seq.desc()).limit(limit)))
            found += [(row[0], row[1], row[2] if len(row) > 2 else None) for row in rows]
        return sorted(found, key=lambda row: -row[0].seq)[:limit]

    async def concerning(self, actor: Actor, entity: Entity, ids: Collection[UUID]) -> frozenset[UUID]:
        """Those of the records, deleted or not, that concern the actor himself."""
        model: Any = entity.model
        named = getattr(model, entity.secret_from)
        found: set[UUID] = set()
        for some in _portions(ids):
            rows = await self._db.rows(trusted(select(model.id, named).where(model.id.in_(some))))
            found |= {record_id for record_id, people in rows if names(actor, people)}
        return frozenset(found)

    async def visible(self, access: Access, model: type[Any], record_id: UUID) -> bool:
        """Whether a record, deleted or not, lies within the access's scope."""
        found = scoped(access, model, model.id, deleted=None).where(model.id == record_id)
        return await self._db.first(found) is not None


def concerns(record_id: UUID) -> ColumnElement[bool]:
    """Changes of a record, alone or as part of a chunk."""
    inside = select(AuditRow.change_seq).where(AuditRow.record_id == record_id)
    return or_(AuditChange.record_id == record_id, AuditChange.seq.in_(inside))


def _within(access: Access, model: type[AuditChange] | type[AuditAccess]) -> Scoped:
    """Entries of the dealerships in scope; narrower scopes show one's own doings, the widest everything."""
    if access.scope == Scope.ALL:
        return trusted(select(model, Staff.name).select_from(model))
    statement = scoped(access, model, model, Staff.name)
    if access.scope < Scope.DEALERSHIP:
        return statement.where(model.actor_id == access.actor.id)
    return statement


def _portions(values: Collection[Any]) -> Iterable[list[Any]]:
    rest = list(values)
    return (rest[start : start + _MANY] for start in range(0, len(rest), _MANY))
