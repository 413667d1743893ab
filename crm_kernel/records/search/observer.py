"""Keeps search documents in step with every record that is written through a unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from crm_kernel.contributions import Entity
from crm_kernel.dal.base import Record, values_of
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.fields import column_names
from crm_kernel.records.search.documents import Documents, searchable

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

FACT = "search"


class SearchObserver:
    """Notes at each flush which records have to be found differently, and writes their tokens at the end."""

    def __init__(self, kernel: Kernel, documents: Documents) -> None:
        self._kernel = kernel
        self._documents = documents
        self._watched: dict[type[Any], tuple[Entity, frozenset[str]] | None] = {}

    def flushing(self, work: UnitOfWork, session: Session) -> None:
        for record in session.new:
            if isinstance(record, Record) and self._watch(type(record)) is not None:
                self._noted(work)["new"][id(record)] = record
        for record in session.dirty:
            watched = self._watch(type(record)) if isinstance(record, Record) else None
            if watched is None:
                continue
            state = inspect(record)
            if any(state.attrs[name].history.has_changes() for name in watched[1]):
                self._noted(work)["changed"][id(record)] = record
        for record in session.deleted:
            if isinstance(record, Record) and self._watch(type(record)) is not None:
                self._noted(work)["gone"][id(record)] = record

    def _noted(self, work: UnitOfWork) -> dict[str, dict[int, Any]]:
        noted: dict[str, dict[int, Any]] = work.facts.setdefault(FACT, {"new": {}, "changed": {}, "gone": {}})
        return noted

    def _watch(self, model: type[Any]) -> tuple[Entity, frozenset[str]] | None:
        if model not in self._watched:
            entity = self._kernel.registry.entity_of(model)
            specs = searchable(entity) if entity is not None else ()
            columns = frozenset(column_names(model))
            names = columns if any(s.derived for s in specs) else frozenset(s.name for s in specs)
            self._watched[model] = (entity, names) if entity is not None and names else None
        return self._watched[model]

    async def committing(self, work: UnitOfWork) -> None:
        noted = work.facts.pop(FACT, None)
        if noted is None:
            return
        await self._documents.remove(work, [record.id for record in noted["gone"].values()])
        for use in ("new", "changed"):
            by_model: dict[type[Any], list[Any]] = {}
            for key, record in noted[use].items():
                if key not in noted["gone"] and not (use == "changed" and key in noted["new"]):
                    by_model.setdefault(type(record), []).append(record)
            for model, records in by_model.items():
                watched = self._watch(model)
                if watched is not None:
                    rows = [columns_of(record) for record in records]
                    await self._documents.put(work, watched[0], rows, new=use == "new")


def columns_of(record: Any) -> dict[str, Any]:
    """A record's values by column name."""
    return values_of(record, column_names(type(record)))
