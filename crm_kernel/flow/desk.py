"""What working on a dealership's flows needs: which there are, what speaks against one, publishing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.actor import Actor
from crm_kernel.contributions import Flow, Permission
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, FieldError, Invalid, NotFound
from crm_kernel.flow import store
from crm_kernel.flow.checks import faults
from crm_kernel.flow.definition import Definition
from crm_kernel.flow.engine import FlowEngine
from crm_kernel.flow.room import engine_of
from crm_kernel.records.fields import column_names
from crm_kernel.records.reach import entity_named
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MANAGE = Permission("flows.manage", _("Edit flows"))
MOST_VERSIONS = 1_000_000
PEOPLE = ("@owner_id", "@created_by")
"""Columns of every record that name people."""


class FlowDesk:
    """For guarded services: it checks no right."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @property
    def engine(self) -> FlowEngine:
        """The engine of the kernel."""
        return engine_of(self._kernel)

    def flows(self, actor: Actor) -> Sequence[Flow]:
        """The flows of the modules that are switched on in the actor's dealership."""
        off = actor.grants.modules_off
        return [flow for plugin, flow in self._kernel.registry.owned(Flow) if plugin not in off]

    def flow(self, actor: Actor, name: str) -> Flow:
        """One of them. Raises NotFound."""
        for flow in self.flows(actor):
            if flow.name == name:
                return flow
        raise NotFound()

    async def current(self, dealership_id: UUID, flow: Flow) -> tuple[int, Definition]:
        """What new records follow, and the newest version written down (0: none yet)."""
        row = await store.newest_version(self._kernel.db, dealership_id, flow.name)
        if row is None or row.preset:
            return row.number if row is not None else 0, flow.definition
        return row.number, msgspec.convert(row.definition, Definition)

    async def version(self, dealership_id: UUID, flow: Flow, number: int) -> Definition:
        """A version as it was written down. Raises NotFound."""
        if not 0 < number <= MOST_VERSIONS:
            raise NotFound()
        try:
            return await self.engine.versions.of(dealership_id, flow, number)
        except KeyError as fault:
            raise NotFound() from fault

    async def people(self, flow: Flow) -> list[str]:
        """Who may be named in steps and clocks: every role, and columns of the record that hold people."""
        entity = entity_named(self._kernel, flow.entity)
        roles = [role.name for role in await self._kernel.access.store.roles()]
        columns = {*column_names(entity.model)}
        named = [f"@{field.name}" for field in entity.fields if field.reference == "staff"]
        everywhere = [one for one in PEOPLE if one[1:] in columns]
        return [*roles, *dict.fromkeys([*named, *everywhere])]

    async def faults(self, flow: Flow, definition: Definition) -> list[FieldError]:
        """What speaks against using a definition."""
        entity = entity_named(self._kernel, flow.entity)
        preset = flow.definition
        known = {one for clock in preset.clocks for one in (*clock.warns, *clock.escalates_to)}
        known |= {one for step in preset.steps for one in step.not_by}
        return faults(
            definition,
            preset=preset,
            fixed=flow.fixed,
            permissions=self._kernel.registry.permissions,
            roles=known | {*await self.people(flow)},
            columns=column_names(entity.model),
        )

    async def publish(
        self,
        work: UnitOfWork,
        dealership_id: UUID,
        flow: Flow,
        definition: Definition,
        *,
        base: int,
        remark: str,
    ) -> int:
        """Write a definition down as the next version; the same as before stays the version it is.

        Raises Invalid with all faults, Conflict when somebody else has published a newer one meanwhile.
        """
        found = await self.faults(flow, definition)
        if found:
            raise Invalid(found)
        newest, _known = await self.current(dealership_id, flow)
        if newest != base:
            raise overtaken(newest)
        number, current = await self.engine.versions.current(work, dealership_id, flow)
        if current == definition:
            return number
        await self.engine.versions.write(
            work, dealership_id, flow, number + 1, definition, remark=remark.strip()[:500]
        )
        if self._kernel.offers("audit"):
            after = {"flow": flow.name, "version": number + 1, "remark": remark.strip()[:500]}
            self._kernel.service("audit").noted(work, "publish", "flow", None, {"version": number}, after)
        return number + 1


def overtaken(number: int) -> Conflict:
    """The answer to an edit that was begun from an older version."""
    text = _("Somebody else has saved version {number} meanwhile. Look at it first.")
    return Conflict(text(number=number), code="stale")
