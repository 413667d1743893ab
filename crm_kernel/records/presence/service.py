"""The service behind "who else is here"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.records.presence import store
from crm_kernel.records.reach import reached

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

ASK_EVERY = timedelta(seconds=20)
"""How often a page says that it is still open."""
GONE_AFTER = 2 * ASK_EVERY + timedelta(seconds=5)


class Neighbour(msgspec.Struct, frozen=True):
    """Somebody else who has the record open; `editing` when it is a form of it."""

    name: str
    editing: bool


class PresenceService:
    """Offered as `presence`. Needs the record's own right to view, checked inside, hence @public."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @public
    async def here(
        self, actor: Actor, entity: Entity | str, record_id: UUID, *, editing: bool = False
    ) -> Sequence[Neighbour]:
        """Say that one has the record open, and learn who else has. Raises NotFound for one out of reach."""
        place = await reached(self._kernel, actor, entity, record_id, deleted=None)
        now = self._kernel.clock.now()
        async with self._kernel.db.work(actor, now=now) as work:
            await store.beat(work, place.entity.name, record_id, actor.id, editing)
        found = await store.others(self._kernel.db, record_id, actor.id, now - GONE_AFTER)
        return [Neighbour(name, edits) for name, edits in found]


async def sweep(kernel: Kernel) -> None:
    """Forget who looked at what long ago."""
    now = kernel.clock.now()
    async with kernel.db.work(None, now=now) as work:
        await store.forget_before(work, now - timedelta(minutes=10))
