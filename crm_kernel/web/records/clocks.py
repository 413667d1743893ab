"""The clocks of records that follow a flow, as their JSON shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.flow.views import ClockView
from crm_kernel.kernel import Kernel
from crm_kernel.records.view import RecordView


class Clocks:
    """Adds `clocks` to the records of an entity; leaves those alone that follow no flow (`run` is false)."""

    def __init__(self, kernel: Kernel, entity: Entity) -> None:
        self._kernel = kernel
        self._entity = entity
        self.run = kernel.registry.flow_of(entity.name) is not None

    async def of(self, actor: Actor, record: RecordView) -> Mapping[str, Any]:
        """What is added to one record: its clocks, or nothing."""
        if not self.run:
            return {}
        [document] = await self.beside_all(actor, [record])
        return {"clocks": document["clocks"]} if isinstance(document, dict) else {}

    async def beside_all(self, actor: Actor, records: Sequence[RecordView]) -> Sequence[Any]:
        """Records with their clocks; one statement more for all of them."""
        if not self.run or not actor.may(self._entity.permission("view")):
            return records
        ids = [UUID(str(one.id)) for one in records]
        found = await self._kernel.service("flows").clocks(actor, self._entity, ids)
        return [
            {**record.values(), "clocks": [_shown(clock) for clock in found.get(record_id, ())]}
            for record_id, record in zip(ids, records, strict=True)
        ]


def _shown(clock: ClockView) -> dict[str, Any]:
    return {"kind": clock.kind, "due_at": clock.due_at, "state": clock.state}
