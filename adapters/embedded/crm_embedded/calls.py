"""Incoming calls: the host's telephone says for whom it rings, his page shows who is calling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from crm_embedded.call_store import CallStore
from crm_embedded.host import HostUser
from crm_embedded.models import Call
from crm_embedded.people import People
from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.errors import Invalid
from crm_kernel.kernel import Kernel
from crm_kernel.records.kinds import PHONE
from crm_kernel.text import messages

_ = messages("embedded")

RINGS = timedelta(seconds=60)
"""How long a call is worth showing."""


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call that came in."""

    id: UUID
    number: str


class Calls:
    """Offered as `calls`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._people: People = kernel.service("host_people")
        self._store = CallStore(kernel.db)

    @public
    async def ring(self, user: HostUser, number: str) -> None:
        """The telephone of a person of the host rings. Called by the host only. Raises Invalid, Forbidden."""
        await self._ring(await self._people.staff_of(user), number)

    @public
    async def ring_me(self, actor: Actor, number: str) -> None:
        """One's own telephone rings, as a softphone tells. Raises Invalid. Open to each for himself."""
        await self._ring(actor.id, number)

    @public
    async def ringing(self, actor: Actor) -> Ringing | None:
        """The newest call of the last minute for oneself. Open to each for himself."""
        found = await self._store.newest(actor.id, self._kernel.clock.now() - RINGS)
        return Ringing(found.id, found.number) if found is not None else None

    async def _ring(self, staff_id: UUID, number: str) -> None:
        try:
            parsed = PHONE.parse(number)
        except ValueError as fault:
            raise Invalid.one("mobile", "invalid", _("This is not a telephone number.")) from fault
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            work.add(Call(staff_id=staff_id, number=str(parsed), rang_at=work.now))
