"""Running an import: chunks of rows, each in a transaction of its own together with the run's progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.actor import Access
from crm_kernel.audit.entries import BulkEntry
from crm_kernel.contributions import Field
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.events import tell_many
from crm_kernel.records.imports import store
from crm_kernel.records.imports.importer import Draft, EntityImporter, ImportContext, Staged
from crm_kernel.records.imports.models import ImportReject
from crm_kernel.records.imports.reading import RowSource, SourceRow
from crm_kernel.records.room import room_of
from crm_kernel.records.store import add_custom_values, set_custom_values

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

CHUNK = 1000


@dataclass(slots=True)
class Counts:
    """What an import did, in the shape of the command line's answer."""

    kind: str
    rows: int = 0
    created: int = 0
    repeated: int = 0
    changed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)

    def take(self, draft: Draft) -> None:
        """Count one row."""
        self.rows += 1
        if draft.errors:
            self.rejected[draft.errors[0][1]] += 1
            return
        self.created += not draft.repeated
        self.repeated += draft.repeated
        self.changed += draft.changed
        self.warned.update(set(draft.warnings))
        self.duplicates.update(set(draft.duplicates))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, all keys always."""
        return {
            "kind": self.kind,
            "rows": self.rows,
            "created": self.created,
            "repeated": self.repeated,
            "changed": self.changed,
            "rejected": dict(self.rejected),
            "warned": dict(self.warned),
            "duplicates": dict(self.duplicates),
        }

    @classmethod
    def resumed(cls, kind: str, stored: dict[str, Any]) -> Counts:
        """The counts of a run that goes on."""
        if not stored:
            return cls(kind)
        numbers: dict[str, Any] = {name: stored[name] for name in ("rows", "created", "repeated", "changed")}
        reasons: dict[str, Any] = {
            name: Counter(stored[name]) for name in ("rejected", "warned", "duplicates")
        }
        return cls(kind, **numbers, **reasons)


OnChunk = Callable[[UnitOfWork | None, Counts, Sequence[Draft]], Any]


class ImportEngine:
    """Takes the rows of a source through an importer. `origin` is said in the change log and in events."""

    def __init__(
        self,
        kernel: Kernel,
        importer: EntityImporter,
        access: Access,
        kind: str,
        *,
        keep_rejects: bool = True,
        origin: str = "import",
    ) -> None:
        self._kernel = kernel
        self._origin = origin
        self._keep_rejects = keep_rejects
        self._importer = importer
        self._access = access
        self._kind = kind
        mapper = importer.entity.model.__mapper__
        self._filled = frozenset(attribute.key for attribute in mapper.column_attrs)
        self._blank = self._blank_row()

    async def run(
        self,
        source: RowSource,
        mapping: dict[str, str],
        *,
        dry_run: bool,
        run_id: UUID,
        counts: Counts,
        on_chunk: OnChunk,
    ) -> Counts:
        """Import what is not done yet (`counts.rows` rows are); `on_chunk` stands in each transaction."""
        columns = self.columns(source, mapping)
        context = ImportContext(self._kernel, self._access, self._kernel.clock.now(), None)
        await self._importer.prepare(context)
        rows = islice(source.rows(), counts.rows, None)
        for chunk in _chunks(rows):
            drafts = [self._importer.parse(row.line, row.cells, columns) for row in chunk]
            if dry_run:
                await self._stage(context, drafts, columns)
                for draft in drafts:
                    counts.take(draft)
                await on_chunk(None, counts, drafts)
                continue
            async with self._kernel.db.work(self._access) as work:
                context.work, context.now = work, work.now
                staged = await self._stage(context, drafts, columns)
                await self._write(context, staged, run_id)
                if self._keep_rejects:
                    await self._reject(work, run_id, drafts, columns, source)
                for draft in drafts:
                    counts.take(draft)
                await on_chunk(work, counts, drafts)
        return counts

    def columns(self, source: RowSource, mapping: dict[str, str]) -> list[tuple[int, Field]]:
        """Position and field of every mapped column, in file order."""
        fields = {f.name: f for f in self._importer.fields()}
        return [(i, fields[mapping[head]]) for i, head in enumerate(source.heads) if head in mapping]

    async def _stage(
        self, context: ImportContext, drafts: list[Draft], columns: Sequence[tuple[int, Field]]
    ) -> list[Staged]:
        order = {described.name: position for position, described in columns}
        await self._importer.resolve(context, drafts, [described for _position, described in columns])
        for draft in drafts:
            self._importer.check(draft)
            if len(draft.errors) > 1:
                draft.errors.sort(key=lambda error: order.get(error[0], len(order)))
        staged = await self._importer.stage(context, drafts)
        await self._importer.find_duplicates(context, [draft for draft in drafts if not draft.errors])
        return staged

    async def _write(self, context: ImportContext, staged: list[Staged], run_id: UUID) -> None:
        work = context.writing()
        created = [s for s in staged if s.new]
        changed = [s for s in staged if not s.new]
        entity = self._importer.entity
        await work.bulk_insert(entity.model, self._new_rows(context, created))
        room_of(self._kernel).growth.added(work, entity.model.__tablename__, len(created))
        for one in changed:
            one.changes |= self._blinds(context, one.changes)
        await store.update_records(work, entity.model, changed)
        await self._index_custom(work, created, changed)
        await self._importer.follow(context, created, changed)
        await self._tell(work, created, changed, run_id)

    def _new_rows(self, context: ImportContext, created: Sequence[Staged]) -> list[dict[str, Any]]:
        """The rows to insert, all with the same columns: those that any of them fills."""
        names = self._filled.intersection(chain.from_iterable(s.values for s in created))
        blank = {name: value for name, value in self._blank.items() if value is not None or name in names}
        blank |= {"created_at": context.now, "updated_at": context.now}
        companions = [
            one
            for one in room_of(self._kernel).blind.companions(self._importer.entity.model)
            if one.column in names
        ]
        rows = []
        for staged in created:
            row = blank | {name: value for name, value in staged.values.items() if name in names}
            row["id"] = staged.id
            for one in companions:
                value = row[one.column]
                row[one.index] = one.fingerprint(self._kernel.keys, context.dealership, value)
            rows.append(row)
        return rows

    async def _index_custom(
        self, work: UnitOfWork, created: Sequence[Staged], changed: Sequence[Staged]
    ) -> None:
        entity, here = self._importer.entity.name, self._access.actor.dealership_id
        new = [(s.id, s.values["custom"]) for s in created if s.values.get("custom")]
        await add_custom_values(work, entity, here, new)
        for staged in changed:
            if "custom" in staged.changes:
                await set_custom_values(work, entity, here, staged.id, staged.changes["custom"])

    def _blank_row(self) -> dict[str, Any]:
        """What every new row begins with: the actor's signature, defaults, nulls; all with the same keys."""
        model, actor = self._importer.entity.model, self._access.actor
        blank: dict[str, Any] = dict.fromkeys(self._filled)
        for column in model.__table__.c:
            if column.default is not None and column.default.is_scalar:
                blank[column.key] = column.default.arg
        signature = {"dealership_id": actor.dealership_id, "owner_id": actor.id, "created_by": actor.id}
        return blank | signature | {"version": 1, "tags": [], "custom": {}}

    def _blinds(self, context: ImportContext, values: dict[str, Any]) -> dict[str, Any]:
        blind = room_of(self._kernel).blind
        return blind.values(self._importer.entity.model, context.dealership, values)

    async def _tell(
        self, work: UnitOfWork, created: list[Staged], changed: list[Staged], run_id: UUID
    ) -> None:
        """The event, search, audit and timeline of the whole chunk."""
        entity = self._importer.entity
        if not created and not changed:
            return
        tell_many(self._kernel, work, entity, [s.id for s in created], [s.id for s in changed], self._origin)
        if self._kernel.offers("search"):
            search = self._kernel.service("search")
            await search.index_many(work, entity, [(s.id, s.values) for s in created], new=True)
            await search.index_many(work, entity, [(s.id, s.values) for s in changed])
        if changed and entity.timeline:
            await self._kernel.service("timeline").changed(
                work, entity.name, self._access.actor.dealership_id, [(s.id, s.changes) for s in changed]
            )
        if self._kernel.offers("audit"):
            work.reason = f"{self._origin} {run_id}"
            entries = [BulkEntry(s.id, "create", {}, s.values) for s in created]
            entries += [
                BulkEntry(s.id, "change", s.before, {name: s.changes[name] for name in s.before})
                for s in changed
            ]
            await self._kernel.service("audit").bulk(work, entity, entries)

    async def _reject(
        self,
        work: UnitOfWork,
        run_id: UUID,
        drafts: Sequence[Draft],
        columns: Sequence[tuple[int, Field]],
        source: RowSource,
    ) -> None:
        positions = {described.name: index for index, described in columns}
        heads = {name: source.heads[place] for name, place in positions.items()}
        rows = [
            {
                "id": uuid7(),
                "run_id": run_id,
                "line": draft.line,
                "cells": msgspec.json.encode(draft.cells).decode(),
                "errors": [
                    {"column": heads.get(name, name), "reason": reason} for name, reason in draft.errors
                ],
            }
            for draft in drafts
            if draft.errors
        ]
        await work.bulk_insert(ImportReject, rows)


def _chunks(rows: Iterator[SourceRow]) -> Iterator[list[SourceRow]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
