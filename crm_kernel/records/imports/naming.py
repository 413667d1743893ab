"""Rows of a system that knows records by ids of its own: which record each row is, and what becomes of it.

A file knows records by their natural keys (a code, a VIN), a host by ids that only it knows. A row of a host
may leave out what it does not want to change, so a required field is asked of new records only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from crm_kernel.contributions import Field
from crm_kernel.dal.types import uuid7_many
from crm_kernel.records.imports import store

if TYPE_CHECKING:
    from crm_kernel.records.imports.importer import Draft, EntityImporter, ImportContext, Key, Staged

CLEARED = "\0"
"""A cell that says that the field is empty now; a blank cell says nothing about it."""


class Naming(Protocol):
    """What a sender's own ids mean. Set on an importer, it takes the place of natural keys."""

    def name(self, draft: Draft) -> str:
        """The sender's id of a row."""

    async def records(self, context: ImportContext, names: Collection[str]) -> Mapping[str, UUID]:
        """The records which the sender has given these ids before."""

    async def named(self, context: ImportContext, records: Collection[UUID]) -> Mapping[UUID, str]:
        """The ids which the sender has given these records before."""

    async def look_up(
        self, context: ImportContext, described: Field, texts: Collection[str]
    ) -> Mapping[str, UUID]:
        """The records a reference column means by the sender's ids."""


async def stage_named(
    importer: EntityImporter, context: ImportContext, drafts: Sequence[Draft], naming: Naming
) -> list[Staged]:
    """Decide for each row whether it makes a record, changes one, or repeats it.

    A record entered here under the same natural key is taken over by the first id that names it. What
    somebody deleted does not come back, and no record gets the key or a second id of another: such rows are
    refused.
    """
    standing = await _Standing.read(importer, context, drafts, naming)
    ids = iter(uuid7_many(len(drafts)))
    touched: dict[UUID, Staged] = {}
    for draft in drafts:
        name = naming.name(draft)
        staged = standing.find(draft, name)
        if draft.errors:
            continue
        if staged is None:
            missing = [f for f in importer.fields() if f.required and f.name not in draft.values]
            if missing:
                draft.errors += [(one.name, importer.reason(one.name)) for one in missing]
                continue
            staged = importer.begin(next(ids), draft)
            importer.complete(context, staged)
        else:
            draft.repeated = True
            draft.changed = importer.merge(staged, draft.values)
        standing.keep(staged, name, draft.key)
        draft.staged = staged
        if staged.new or staged.changes:
            touched[staged.id] = staged
    return list(touched.values())


class _Standing:
    """What the rows of a batch may meet: records by the sender's id, by natural key, and keys of deleted
    ones."""

    def __init__(self, entity_key: Sequence[str], records: Mapping[str, UUID]) -> None:
        self._key = entity_key
        self._records = dict(records)
        self._by_id: dict[UUID, Staged] = {}
        self._by_key: dict[Key, Staged] = {}
        self._gone: set[Key] = set()
        self._names: dict[UUID, str] = {}

    @classmethod
    async def read(
        cls, importer: EntityImporter, context: ImportContext, drafts: Sequence[Draft], naming: Naming
    ) -> _Standing:
        entity, here, db = importer.entity, context.dealership, importer.kernel.db
        records = await naming.records(context, {naming.name(draft) for draft in drafts})
        made = cls(entity.key, records)
        for draft in drafts:
            draft.key = importer.key_of(draft.values)
        columns = list(dict.fromkeys([*entity.key, *importer.columns()]))
        living: dict[UUID, Key] = {}
        keys = {draft.key for draft in drafts if draft.key is not None}
        if keys:
            living, made._gone = await store.standing(db, here, entity, keys)
            made._by_key = await store.current(db, entity, columns, living)
            made._by_id = {staged.id: staged for staged in made._by_key.values()}
        others = set(records.values()) - made._by_id.keys()
        alive = await store.living(db, here, entity, others)
        found = await store.current(db, entity, columns, {one: (one,) for one in alive})
        made._by_id |= {staged.id: staged for staged in found.values()}
        made._names = dict(await naming.named(context, living.keys()))
        return made

    def find(self, draft: Draft, name: str) -> Staged | None:
        """The record a row is about; what forbids that it be about any is noted in its errors."""
        known = self._records.get(name)
        if known is not None and known not in self._by_id:
            draft.errors.append((self._key[0] if self._key else "external_id", "deleted"))
            return None
        staged = self._by_id[known] if known is not None else None
        holder = self._by_key.get(draft.key) if draft.key is not None else None
        if holder is not None and holder is not staged:
            if staged is not None or self._names.get(holder.id, name) != name:
                draft.errors.append((self._key[0], "taken"))
                return None
            return holder
        if holder is None and draft.key in self._gone:
            draft.errors.append((self._key[0], "taken" if staged is not None else "deleted"))
            return None
        return staged

    def keep(self, staged: Staged, name: str, key: Key | None) -> None:
        """Later rows of the batch meet the record as this row leaves it."""
        self._records[name] = staged.id
        self._by_id[staged.id] = staged
        self._names[staged.id] = name
        if key is not None:
            self._by_key[key] = staged
