"""What happens to every record on its way into the database, whoever writes it through a unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from crm_kernel.dal.base import Record
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records import store
from crm_kernel.records.blind import BlindIndexes
from crm_kernel.records.leftovers import forget

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

FACT = "records"


class RecordObserver:
    """Keeps `updated_at`, blind indexes, and the indexes of tags and custom values."""

    def __init__(self, kernel: Kernel, blind: BlindIndexes) -> None:
        self._kernel = kernel
        self._blind = blind

    def flushing(self, work: UnitOfWork, session: Session) -> None:
        for record in session.new:
            if isinstance(record, Record):
                self._index(record, None)
                self._note(work, record, tags=bool(record.tags), custom=bool(record.custom))
        for record in session.dirty:
            if isinstance(record, Record) and session.is_modified(record):
                record.updated_at = work.now
                state = inspect(record)
                changed = {name for name, value in state.attrs.items() if value.history.has_changes()}
                self._index(record, changed)
                self._note(work, record, tags="tags" in changed, custom="custom" in changed)
        for record in session.deleted:
            if isinstance(record, Record):
                self._noted(work)["gone"][id(record)] = record

    def _index(self, record: Record, changed: set[str] | None) -> None:
        for companion in self._blind.companions(type(record)):
            if changed is None or companion.column in changed:
                value = getattr(record, companion.column)
                found = companion.fingerprint(self._kernel.keys, record.dealership_id, value)
                setattr(record, companion.index, found)

    def _note(self, work: UnitOfWork, record: Record, *, tags: bool, custom: bool) -> None:
        if tags:
            self._noted(work)["tags"][id(record)] = record
        if custom:
            self._noted(work)["custom"][id(record)] = record

    def _noted(self, work: UnitOfWork) -> dict[str, dict[int, Any]]:
        noted: dict[str, dict[int, Any]] = work.facts.setdefault(FACT, {"tags": {}, "custom": {}, "gone": {}})
        return noted

    async def committing(self, work: UnitOfWork) -> None:
        noted = work.facts.pop(FACT, None)
        if noted is None:
            return
        for key, record in noted["tags"].items():
            if key not in noted["gone"]:
                name = self._name(record)
                await store.set_record_tags(work, name, record.dealership_id, record.id, record.tags or [])
        for key, record in noted["custom"].items():
            if key not in noted["gone"]:
                name = self._name(record)
                await store.set_custom_values(
                    work, name, record.dealership_id, record.id, record.custom or {}
                )
        for record in noted["gone"].values():
            await store.forget_record(work, record.id)
            await forget(self._kernel, work, self._name(record), record)

    def _name(self, record: Record) -> str:
        entity = self._kernel.registry.entity_of(type(record))
        return entity.name if entity is not None else str(inspect(record).mapper.local_table)
