"""Writes the entries every record gets by itself: changed, deleted, restored. Its origin it tells itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from crm_kernel.contributions import Entity
from crm_kernel.dal.base import Record
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.fields import CUSTOM, declared_specs
from crm_kernel.records.timeline.entries import CHANGED, DELETED, RESTORED, entry
from crm_kernel.records.timeline.models import TimelineEntry
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

FACTS = "timeline"
UNTOLD = frozenset(("id", "version", "created_at", "updated_at", "created_by", "dealership_id"))


class TimelineObserver:
    """Takes part in every unit of work. It keeps names of fields; their values are the audit's business."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._entities: dict[type[Any], tuple[Entity, frozenset[str]] | None] = {}

    def flushing(self, work: UnitOfWork, session: Session) -> None:
        """Add an entry per changed record, one per unit of work however often it is flushed."""
        told: dict[UUID, TimelineEntry | None] = work.facts.setdefault(FACTS, {})
        for record in session.new:
            if isinstance(record, Record):
                told.setdefault(record.id, None)
        for record in session.dirty:
            if not isinstance(record, Record):
                continue
            known = self._known(type(record))
            if known is not None and (record.id not in told or told[record.id] is not None):
                self._tell(work, session, record, known, told)

    async def committing(self, work: UnitOfWork) -> None:
        """Everything was told at the flush."""

    def _known(self, model: type[Any]) -> tuple[Entity, frozenset[str]] | None:
        if model not in self._entities:
            entity = self._kernel.registry.entity_of(model)
            names = {spec.name for spec in declared_specs(entity) if not spec.derived} if entity else set()
            told = entity is not None and entity.timeline
            self._entities[model] = (
                (entity, frozenset(names | {"custom"}) - UNTOLD) if told and entity else None
            )
        return self._entities[model]

    def _tell(
        self,
        work: UnitOfWork,
        session: Session,
        record: Record,
        known: tuple[Entity, frozenset[str]],
        told: dict[UUID, TimelineEntry | None],
    ) -> None:
        entity, names = known
        state = inspect(record)
        deleted = state.attrs["deleted_at"].history
        if deleted.has_changes():
            gone = record.deleted_at is not None
            reason = record.delete_reason or work.reason
            text = _("Deleted: {reason}")(reason=reason) if gone and reason else DELETED if gone else RESTORED
            session.add(entry(work, entity.name, record, "deleted" if gone else "restored", text))
            return
        fields = [
            name
            for name in sorted(names)
            if name != "custom" and name in state.attrs and state.attrs[name].history.has_changes()
        ]
        fields += _custom(state.attrs["custom"].history)
        if not fields:
            return
        held = told.get(record.id)
        if held is None:
            held = entry(work, entity.name, record, "changed", CHANGED, payload={"fields": fields})
            told[record.id] = held
            session.add(held)
        else:
            held.payload = {"fields": sorted({*held.payload["fields"], *fields})}


def _custom(history: Any) -> list[str]:
    if not history.has_changes():
        return []
    before = (history.deleted[0] if history.deleted else None) or {}
    after = (history.added[0] if history.added else None) or {}
    return [CUSTOM + key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
