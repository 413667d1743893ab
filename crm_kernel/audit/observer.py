"""Sees every record that a transaction creates, changes or removes, and logs it in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.orm import PassiveFlag, Session

from crm_kernel.audit.entries import FACT, HOUSEKEEPING, Entry, collect, logged_fields, personal_fields
from crm_kernel.audit.store import AuditStore
from crm_kernel.dal.base import Record, Row
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Plan:
    """How changes of one mapped class are logged."""

    entity: str
    columns: tuple[str, ...]
    personal: frozenset[str]


class ChangeObserver:
    """Takes part in every unit of work: logs records, and whatever else an entity was declared for.

    A record type without an entity is logged with all its columns sealed, because nobody said which of them
    are personal.
    """

    def __init__(self, kernel: Kernel, store: AuditStore) -> None:
        self._kernel = kernel
        self._store = store
        self._plans: dict[type[Any], Plan | None] = {}

    def flushing(self, work: UnitOfWork, session: Session) -> None:
        """Note what is about to be written."""
        for row in session.new:
            self._note(work, row, "create")
        for row in session.dirty:
            self._note(work, row, "change")
        for row in session.deleted:
            self._note(work, row, "purge")

    async def committing(self, work: UnitOfWork) -> None:
        """Write the entries of this transaction."""
        if work.session.new or work.session.dirty or work.session.deleted:
            await work.flush()
        entries = work.facts.pop(FACT, {})
        told = [e for e in entries.values() if e.before or e.after or e.verb != "change"]
        if told:
            await self._store.append(work, told)

    def _note(self, work: UnitOfWork, row: Any, verb: str) -> None:
        plan = self._plan(type(row))
        if plan is None:
            return
        if row.id is None:
            row.id = uuid7()
        before, after = _changes(row, plan.columns, verb)
        if verb == "change":
            verb = _change_verb(row)
            if not (before or after) and verb == "change":
                return
        dealership = row.dealership_id if isinstance(row, Record) else None
        if dealership is None and work.actor is not None:
            dealership = work.actor.place.dealership_id
        collect(
            work,
            Entry(
                entity=plan.entity,
                record_id=row.id,
                verb=verb,
                before=before,
                after=after,
                dealership_id=dealership,
                actor=work.actor,
                reason=work.reason,
                personal=plan.personal,
                fresh=verb == "create",
            ),
        )

    def _plan(self, model: type[Any]) -> Plan | None:
        if model not in self._plans:
            self._plans[model] = self._make_plan(model)
        return self._plans[model]

    def _make_plan(self, model: type[Any]) -> Plan | None:
        entity = self._kernel.registry.entity_of(model)
        if entity is None and not issubclass(model, Record):
            return None
        if not issubclass(model, Row):
            return None
        names = tuple(attribute.key for attribute in inspect(model).column_attrs)
        if entity is None:
            kept = tuple(name for name in names if name not in HOUSEKEEPING)
            return Plan(str(inspect(model).local_table), kept, frozenset(kept))
        logged = logged_fields(entity)
        return Plan(entity.name, tuple(n for n in names if n in logged), personal_fields(entity))


def _changes(row: Any, columns: tuple[str, ...], verb: str) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    state = inspect(row)
    if verb != "change":
        values = {name: state.dict.get(name) for name in columns if name != "dealership_id"}
        told = {name: value for name, value in values.items() if value not in (None, "", [], {})}
        return (told, {}) if verb == "purge" else ({}, told)
    for name in columns:
        history = state.get_history(name, PassiveFlag.PASSIVE_NO_INITIALIZE)
        if history.has_changes():
            before[name] = history.deleted[0] if history.deleted else None
            after[name] = history.added[0] if history.added else None
    return before, after


def _change_verb(row: Any) -> str:
    if not isinstance(row, Record):
        return "change"
    history = inspect(row).get_history("deleted_at", PassiveFlag.PASSIVE_NO_INITIALIZE)
    if not history.has_changes():
        return "change"
    return "restore" if row.deleted_at is None else "delete"
