"""The host stays master of its customers and vehicles: reads go through to it, our rows mirror it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_embedded.mirror import Mirror
from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.container import Around
from crm_kernel.kernel import Kernel
from crm_kernel.logs import describe
from crm_kernel.records.kinds import PHONE

log = logging.getLogger("crm.host")

HOST_SECONDS = 2.0
"""How long the host may take to answer; then what was mirrored before is shown."""


@dataclass(frozen=True, slots=True)
class HostRecord:
    """A record as the host has it: its own id, and values by the names of our fields."""

    id: str
    values: Mapping[str, Any]


Find = Callable[[str, Mapping[str, str]], Awaitable[Sequence[HostRecord]]]
"""Asks the host: gets the dealership's code and what is looked for: `mobile`, `plate`, `vin`, `q`, `id`, and
for vehicles `customer` (the host's id of their owner)."""


@dataclass(frozen=True, slots=True)
class HostPage:
    """A page of the host's records, at most a thousand. With `more` the next one is asked for at once.

    `next` is kept with what was written, and asked for next time: a place in the list, or after its end the
    time up to which it went, to get only what changes from then on. Empty begins anew.
    """

    records: Sequence[HostRecord]
    next: str = ""
    more: bool = False


Pages = Callable[[str, str], Awaitable[HostPage]]
"""Asks the host for all it has: gets the dealership's code, and `next` of the page before (first: empty)."""


@dataclass(frozen=True, slots=True)
class Master:
    """A kind of record the host keeps itself: nobody here adds or deletes any.

    `entity` is `customer` or `vehicle`, `key` our field for the host's id; `fields` are those the host alone
    changes. Our people see them as read-only. With `pages` the mirror is filled as a whole, again `every` so
    often (at least a minute, at most a week). A field that points at a record of another master holds the
    host's id of it.
    """

    entity: str
    key: str
    fields: Collection[str]
    find: Find
    pages: Pages | None = None
    every: timedelta = timedelta(hours=1)

    @property
    def closed(self) -> frozenset[str]:
        """The fields nobody here may change, as rights name them."""
        return frozenset(f"{self.entity}.{name}" for name in {*self.fields, self.key})

    @property
    def refused(self) -> frozenset[str]:
        """What nobody here may do with these records, as rights name it."""
        return frozenset(f"{self.entity}.{verb}" for verb in ("create", "delete", "import"))

    def around(self) -> Around:
        """The part that replaces the directory of this kind."""
        return Around(lambda default, kernel: MasteredDirectory(default, kernel, self))


class MasteredDirectory:
    """A directory (crm_kernel.contracts) that asks the host first and answers from the mirror."""

    def __init__(self, default: Any, kernel: Kernel, master: Master) -> None:
        self._default = default
        self._kernel = kernel
        self._master = master
        self._mirror = Mirror(kernel, master.entity, master.key)

    @public
    async def find(self, actor: Actor, *, limit: int = 10, **asked: str) -> Any:
        """What the host finds, as far as the actor may see it. The default directory checks the right."""
        actor.access(f"{self._master.entity}.view")
        if any(asked.values()):
            words = {name: value for name, value in asked.items() if value}
            if "mobile" in words:
                words["mobile"] = _as_dialled(words["mobile"])
            await self._ask(actor, words)
        return await self._default.find(actor, limit=limit, **asked)

    @public
    async def card(self, actor: Actor, record_id: UUID) -> Any:
        """The record as the host has it now. The default directory checks the right."""
        host_id = await self._mirror.host_id(record_id)
        if host_id is not None:
            await self._ask(actor, {"id": host_id})
        return await self._default.card(actor, record_id)

    @public
    async def of_customer(self, actor: Actor, customer_id: UUID) -> Any:
        """Cars of a customer, as the host has them now. The default directory checks the right."""
        actor.access(f"{self._master.entity}.view")
        host_id = await self._mirror.host_id(customer_id, "customer")
        if host_id is not None:
            await self._ask(actor, {"customer": host_id})
        return await self._default.of_customer(actor, customer_id)

    async def _ask(self, actor: Actor, asked: Mapping[str, str]) -> None:
        """Bring the mirror up to date with what is asked for; a host that fails leaves it as it is."""
        shop = (await self._kernel.access.policy()).shops[actor.dealership_id]
        try:
            found = await asyncio.wait_for(self._master.find(shop.code, asked), HOST_SECONDS)
        except Exception as fault:
            log.warning("the host did not answer", extra={"entity": self._master.entity, **describe(fault)})
            return
        await self._mirror.take(shop.id, found)


def _as_dialled(number: str) -> str:
    """A number as hosts keep it: digits alone, without the country where it is ours."""
    try:
        return str(PHONE.parse(number)).removeprefix("+86")
    except ValueError:
        return number
