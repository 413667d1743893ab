"""The service `flow_drafts`: a flow while it is edited, kept on the server and checked with every change."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.contributions import Flow
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, NotFound, TooLarge
from crm_kernel.flow import store
from crm_kernel.flow.definition import Definition
from crm_kernel.flow.desk import MANAGE, FlowDesk, overtaken
from crm_kernel.flow.difference import changes
from crm_kernel.flow.models import FlowDraft
from crm_kernel.flow.views import DraftView
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MOST_BYTES = 256 * 1024


class FlowDrafts:
    """Offered as `flow_drafts`. A dealership has one draft of each flow, whoever works on it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._desk = FlowDesk(kernel)

    @permitted(MANAGE.name)
    async def read(self, access: Access, name: str) -> DraftView:
        """The draft, or what new records follow where nobody edits anything. Raises NotFound."""
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        newest, current = await self._desk.current(dealership, flow)
        found = await store.draft_of(self._kernel.db, dealership, flow.name)
        if found is None:
            return DraftView(current, newest, 0, newest, (), ())
        row, author = found
        definition = msgspec.convert(row.definition, Definition)
        return DraftView(
            definition,
            row.base,
            row.revision,
            newest,
            await self._desk.faults(flow, definition),
            changes(current, definition),
            row.updated_at,
            author,
        )

    @permitted(MANAGE.name)
    async def keep(self, access: Access, name: str, definition: Definition, *, seen: int) -> DraftView:
        """Keep a change; what is wrong with the whole is told, and forbids publishing only.

        `seen` is the revision that was changed. Raises Conflict when somebody else has changed it meanwhile,
        TooLarge, NotFound.
        """
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        if len(msgspec.json.encode(definition)) > MOST_BYTES:
            raise TooLarge(_("This flow is too large."))
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await store.draft(work, dealership, flow.name)
            if (row.revision if row is not None else 0) != seen:
                raise _changed()
            if row is None:
                row = await self._begun(work, dealership, flow)
            row.revision = seen + 1
            row.definition = msgspec.to_builtins(definition)
            row.updated_at, row.updated_by = work.now, access.actor.id
        return await self.read(access.actor, name)

    async def _begun(self, work: UnitOfWork, dealership_id: UUID, flow: Flow) -> FlowDraft:
        base, _current = await self._desk.current(dealership_id, flow)
        return work.add(FlowDraft(dealership_id=dealership_id, flow=flow.name, base=base))

    @permitted(MANAGE.name)
    async def rebase(self, access: Access, name: str) -> None:
        """Let the draft stand on the newest version, whose changes it takes back where it differs.

        Raises NotFound where there is no draft.
        """
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await store.draft(work, dealership, flow.name)
            if row is None:
                raise NotFound()
            row.base = (await self._desk.current(dealership, flow))[0]

    @permitted(MANAGE.name)
    async def discard(self, access: Access, name: str) -> None:
        """Throw the draft away. Raises NotFound for a flow that is not there."""
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await store.draft(work, dealership, flow.name)
            if row is not None:
                await work.remove(row)

    @permitted(MANAGE.name)
    async def publish(self, access: Access, name: str, *, seen: int, remark: str = "") -> int:
        """Make the draft the next version and return its number; new records follow it, others stay.

        Raises Invalid with all faults, Conflict when it was changed or another version was published
        meanwhile, NotFound without a draft.
        """
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await store.draft(work, dealership, flow.name)
            if row is None:
                raise NotFound()
            if row.revision != seen:
                raise _changed()
            newest, _known = await self._desk.current(dealership, flow)
            if newest != row.base:
                raise overtaken(newest)
            definition = msgspec.convert(row.definition, Definition)
            number = await self._desk.publish(
                work, dealership, flow, definition, base=row.base, remark=remark
            )
            await work.remove(row)
        return number


def _changed() -> Conflict:
    text = _("Somebody else has changed this draft meanwhile. Look at it again.")
    return Conflict(text, code="stale")
