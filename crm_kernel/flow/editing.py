"""The service `flow_editor`: the flows of a dealership, their versions, and publishing another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.contributions import Flow
from crm_kernel.errors import FieldError
from crm_kernel.flow import store
from crm_kernel.flow.definition import Definition
from crm_kernel.flow.desk import MANAGE, FlowDesk
from crm_kernel.flow.difference import Change, changes
from crm_kernel.flow.views import FlowSummary, VersionView

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


class FlowEditor:
    """Offered as `flow_editor`. Everything concerns the actor's own dealership."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._desk = FlowDesk(kernel)

    @permitted(MANAGE.name)
    async def flows(self, access: Access) -> Sequence[Flow]:
        """The flows of the modules that are switched on here."""
        return self._desk.flows(access.actor)

    @permitted(MANAGE.name)
    async def summary(self, access: Access, name: str) -> FlowSummary:
        """A flow in a line: its version, whose it is, how many records follow it. Raises NotFound."""
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        newest = await store.newest_version(self._kernel.db, dealership, flow.name)
        number, definition = await self._desk.current(dealership, flow)
        standing = await store.running(self._kernel.db, dealership, flow.name)
        ends = {state.key for state in definition.states if state.final}
        running = {version: 0 for version, _state in standing}
        for (version, state), count in standing.items():
            running[version] += 0 if state in ends else count
        return FlowSummary(
            flow.name,
            flow.label,
            flow.entity,
            number,
            newest is not None and not newest.preset,
            len(definition.states),
            len(definition.steps),
            sum(running.values()),
            sum(count for version, count in running.items() if version != number),
            await store.draft_of(self._kernel.db, dealership, flow.name) is not None,
        )

    @permitted(MANAGE.name)
    async def definition(self, access: Access, name: str, number: int | None = None) -> Definition:
        """A version of a flow, or (without a number) what new records follow. Raises NotFound."""
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        if number is not None:
            return await self._desk.version(dealership, flow, number)
        return (await self._desk.current(dealership, flow))[1]

    @permitted(MANAGE.name)
    async def people(self, access: Access, name: str) -> Sequence[str]:
        """Who may be named in the flow's steps and clocks: roles, and as `@column` people of the record."""
        return await self._desk.people(self._desk.flow(access.actor, name))

    @permitted(MANAGE.name)
    async def versions(self, access: Access, name: str) -> Sequence[VersionView]:
        """The versions of a flow, newest first, with what follows them. Raises NotFound."""
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        standing = await store.running(self._kernel.db, dealership, flow.name)
        return [
            VersionView(
                row.number,
                row.preset,
                row.remark,
                row.created_at,
                author,
                {state: count for (number, state), count in standing.items() if number == row.number},
            )
            for row, author in await store.versions(self._kernel.db, dealership, flow.name)
        ]

    @permitted(MANAGE.name)
    async def compare(self, access: Access, name: str, before: int, after: int) -> Sequence[Change]:
        """What a version has that another one has not, and the other way round. Raises NotFound."""
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        return changes(
            await self._desk.version(dealership, flow, before),
            await self._desk.version(dealership, flow, after),
        )

    @permitted(MANAGE.name)
    async def check(self, access: Access, name: str, definition: Definition) -> Sequence[FieldError]:
        """What speaks against using a definition here; nothing is kept. Raises NotFound."""
        return await self._desk.faults(self._desk.flow(access.actor, name), definition)

    @permitted(MANAGE.name)
    async def save(
        self, access: Access, name: str, definition: Definition, *, base: int, remark: str = ""
    ) -> int:
        """Keep a definition as the next version; returns its number. New records follow it, others stay.

        `base` is the version that was edited (0: none was written down yet). Raises Invalid with all faults,
        Conflict when somebody else has saved a newer version meanwhile, NotFound.
        """
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            return await self._desk.publish(work, dealership, flow, definition, base=base, remark=remark)
