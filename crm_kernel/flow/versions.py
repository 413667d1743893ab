"""Which definition counts: the newest of a dealership for new records, its own for each that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from sqlalchemy.exc import IntegrityError

from crm_kernel.contributions import Flow
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.flow import store
from crm_kernel.flow.definition import Definition
from crm_kernel.flow.models import FlowVersion

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

MOST_KEPT = 2_000


class Versions:
    """Definitions in memory; a version never changes, so what was read once stays."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._known: dict[tuple[UUID, str, int], Definition] = {}

    async def of(self, dealership_id: UUID, flow: Flow, number: int) -> Definition:
        """The definition of a version. Raises KeyError for one that does not exist."""
        key = (dealership_id, flow.name, number)
        found = self._known.get(key)
        if found is None:
            row = await store.version(self._kernel.db, dealership_id, flow.name, number)
            if row is None:
                raise KeyError(key)
            found = self._keep(row)
        return found

    async def current(self, work: UnitOfWork, dealership_id: UUID, flow: Flow) -> tuple[int, Definition]:
        """The version new records follow; the module's preset is written down before it is first used.

        A dealership that has not edited the flow gets a new version when a release brings another preset.
        """
        row = await store.newest_version(self._kernel.db, dealership_id, flow.name)
        if row is None or (row.preset and self._keep(row) != flow.definition):
            row = await self._write_preset(work, dealership_id, flow, row.number + 1 if row else 1)
        return row.number, self._keep(row)

    async def _write_preset(
        self, work: UnitOfWork, dealership_id: UUID, flow: Flow, number: int
    ) -> FlowVersion:
        try:
            async with work.savepoint():
                return await self.write(work, dealership_id, flow, number, flow.definition, preset=True)
        except IntegrityError:
            # Another process has written the same preset a moment ago.
            row = await store.newest_version(self._kernel.db, dealership_id, flow.name)
            if row is None:
                raise
            return row

    async def write(
        self,
        work: UnitOfWork,
        dealership_id: UUID,
        flow: Flow,
        number: int,
        definition: Definition,
        *,
        preset: bool = False,
        remark: str = "",
    ) -> FlowVersion:
        """Write a new version down."""
        row = work.add(
            FlowVersion(
                dealership_id=dealership_id,
                flow=flow.name,
                number=number,
                definition=msgspec.to_builtins(definition),
                preset=preset,
                remark=remark,
                created_at=work.now,
                created_by=None if preset or work.actor is None else work.actor.id,
            )
        )
        await work.flush()
        return row

    def _keep(self, row: FlowVersion) -> Definition:
        key = (row.dealership_id, row.flow, row.number)
        if key not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[key] = msgspec.convert(row.definition, Definition)
        return self._known[key]
