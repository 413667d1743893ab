"""Keeps clocks true when a record changes by other ways than a step: its level, its deletion, its return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import PassiveFlag, Session

from crm_kernel.contributions import Flow
from crm_kernel.dal.base import Record
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.flow import store
from crm_kernel.flow.engine import FlowEngine

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

FACT = "flow"


class FlowObserver:
    """Takes part in every unit of work."""

    def __init__(self, kernel: Kernel, engine: FlowEngine) -> None:
        self._kernel = kernel
        self._engine = engine
        self._flows: dict[type[Any], Flow | None] = {}

    def flushing(self, work: UnitOfWork, session: Session) -> None:
        """Note records whose clocks may be touched, and those that go for good."""
        for row in session.dirty:
            if isinstance(row, Record) and self._flow(type(row)) is not None and _touched(row):
                work.facts.setdefault(FACT, {})[row.id] = row
        for row in session.deleted:
            if isinstance(row, Record) and self._flow(type(row)) is not None:
                work.facts.setdefault(FACT, {})[row.id] = None

    async def committing(self, work: UnitOfWork) -> None:
        """Set their clocks anew."""
        noted: dict[UUID, Record | None] = work.facts.pop(FACT, {})
        for record_id, record in noted.items():
            if record is None:
                await store.forget_record(work, record_id)
                continue
            run = await store.run(work, record_id)
            flow = self._flow(type(record))
            if run is not None and flow is not None:
                definition = await self._engine.versions.of(run.dealership_id, flow, run.version)
                await self._engine.set_clocks(work, flow, definition, run, record)

    def _flow(self, model: type[Any]) -> Flow | None:
        if model not in self._flows:
            entity = self._kernel.registry.entity_of(model)
            self._flows[model] = self._engine.flow_of(entity) if entity is not None else None
        return self._flows[model]


def _touched(row: Record) -> bool:
    state = inspect(row)
    return any(
        state.get_history(attribute.key, PassiveFlag.PASSIVE_NO_INITIALIZE).has_changes()
        for attribute in state.mapper.column_attrs
        if attribute.key not in ("version", "updated_at")
    )
