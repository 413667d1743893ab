"""The event log: written in the business transaction, read by each subscriber with a cursor of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import ConfigurationError
from crm_kernel.events.store import EventStore, StoredEvent
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

FACT = "events"
SEQUENCE_BATCH = 1000


class Follower(Protocol):
    """Reads the whole log at its own pace, with a cursor it keeps itself."""

    def catch_up(self) -> Coroutine[Any, Any, int]:
        """Do what waits now; returns how much was done. Cheap when nothing waits: it is asked often."""


class EventLog:
    """Takes events inside a unit of work; they stand if and only if the transaction does.

    `arrived` is set whenever this process commits an event; its reader clears it. `followers` are asked by
    the dispatcher whenever something may have happened.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.arrived = asyncio.Event()
        self.followers: dict[str, Follower] = {}

    @property
    def store(self) -> EventStore:
        """Statements over the log."""
        return EventStore(self._kernel.db)

    def emit(
        self,
        work: UnitOfWork,
        name: str,
        payload: Any,
        *,
        entity: str = "",
        record_id: UUID | None = None,
        dealership_id: UUID | None = None,
    ) -> None:
        """Tell that something happened. `payload` must be of the struct its EventType names.

        The payload lies in clear and is kept: give ids, not names and numbers of people. Raises
        ConfigurationError for an event nobody declared.
        """
        declared = self._kernel.registry.event(name)
        if declared is None or not isinstance(payload, declared.struct):
            raise ConfigurationError(_("The event {name} was not declared like this.")(name=name))
        work.facts.setdefault(FACT, []).append(
            {
                "id": uuid7(),
                "name": name,
                "entity": entity,
                "record_id": record_id,
                "dealership_id": dealership_id or (work.actor.place.dealership_id if work.actor else None),
                "actor_id": work.actor.id if work.actor else None,
                "at": work.now,
                "payload": payload,
            }
        )

    def flushing(self, work: UnitOfWork, session: Session) -> None:
        """Nothing to see before a flush."""

    async def committing(self, work: UnitOfWork) -> None:
        """Write what was told in this transaction, after everything else it writes."""
        told = work.facts.pop(FACT, None)
        if told:
            await work.flush()
            await self.store.append(work, told)
            work.after_commit(self.arrived.set)

    async def sequence(self) -> int:
        """Give positions to the events committed so far that have none; returns how many."""
        total = 0
        while await self.store.unplaced():
            try:
                async with self._kernel.db.work(None) as work:
                    placed = await self.store.place(work, SEQUENCE_BATCH)
            except IntegrityError:  # another process has just opened the log; now there is a lock to wait for
                continue
            total += placed
            if placed < SEQUENCE_BATCH:  # do not chase writers for ever
                break
        return total

    async def read(
        self, after: int = 0, limit: int = 100, *, dealership: UUID | None = None
    ) -> list[StoredEvent]:
        """The feed: at most `limit` events beyond a position, in order, up to this moment.

        Remember the last one's position and ask again; nothing is left out or told twice. Everybody's
        events are in it, or those of a dealership: whoever hands them on decides who may see which.
        """
        await self.sequence()
        return await self.store.read(after, limit, dealership=dealership)
