"""Statements over the event log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, literal_column, or_, select, update

from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, trusted
from crm_kernel.dal.types import UtcTime
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.events.models import Cursor, Event, Head

_COLUMNS = (
    Event.position,
    Event.id,
    Event.name,
    Event.entity,
    Event.record_id,
    Event.dealership_id,
    Event.actor_id,
    Event.at,
    Event.payload,
)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as a reader gets it; `payload` is plain JSON data, `position` its place in the log."""

    position: int
    id: UUID
    name: str
    entity: str
    record_id: UUID | None
    dealership_id: UUID | None
    actor_id: UUID | None
    at: datetime
    payload: Any


class EventStore:
    """Positions are given after commit by one sequencer, so a late commit is never skipped.

    Row numbers (`seq`) are drawn inside transactions and become visible out of order. Nobody reads by them:
    readers follow `position`, which the holder of the lock on the single `Head` row gives to whatever has
    been committed by then. A transaction that commits late gets later positions. Events are inserted as
    the last thing before a commit, when the transaction holds the locks of the records it changed; so of two
    changes of one record the earlier also has the earlier row number, and order is kept per record.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    async def append(self, work: UnitOfWork, events: list[dict[str, Any]]) -> None:
        """Write events at the end of a transaction."""
        await work.bulk_insert(Event, events)

    async def unplaced(self) -> bool:
        """Whether committed events wait for a position."""
        return bool(await self._db.fetch(self._db.prepared("events unplaced", _unplaced), {}))

    async def place(self, work: UnitOfWork, limit: int) -> int:
        """Give positions to at most `limit` committed events; waits for another sequencer to finish."""
        head = await work.first(trusted(select(Head).where(Head.id == 1).with_for_update()))
        if head is None:
            head = Head(id=1, position=0)
            work.session.add(head)
            await work.flush()
        unplaced = select(Event.seq).where(Event.position.is_(None)).order_by(Event.seq).limit(limit)
        found: Sequence[int] = await work.rows(trusted(unplaced))
        position = head.position
        for first, last in _runs(found):
            await work.execute(
                update(Event)
                .where(Event.seq.between(first, last))
                .values(position=Event.seq + (position + 1 - first))
                .execution_options(synchronize_session=False)
            )
            position += last - first + 1
        head.position = position
        return len(found)

    async def head(self) -> int:
        """The last position given; 0 for an empty log."""
        rows = await self._db.fetch(self._db.prepared("head of the log", _head), {})
        return int(rows[0][0]) if rows else 0

    async def read(
        self, after: int, limit: int, name: str | None = None, *, dealership: UUID | None = None
    ) -> list[StoredEvent]:
        """Events beyond a position, in order, of one name or all, of one dealership or all."""
        statement = select(*_COLUMNS).where(Event.position > after).order_by(Event.position).limit(limit)
        if name is not None:
            statement = statement.where(Event.name == name)
        if dealership is not None:
            statement = statement.where(Event.dealership_id == dealership)
        return [StoredEvent(*row) for row in await self._db.rows(trusted(statement))]

    async def by_id(self, ids: Collection[UUID]) -> dict[UUID, StoredEvent]:
        """These events, as far as they have a position."""
        statement = select(*_COLUMNS).where(Event.id.in_(list(ids)), Event.position.is_not(None))
        found = [StoredEvent(*row) for row in await self._db.rows(trusted(statement))]
        return {event.id: event for event in found}

    async def cursors(self) -> dict[str, Cursor]:
        """Every subscriber's cursor by name."""
        return {cursor.subscriber: cursor for cursor in await self._db.rows(trusted(select(Cursor)))}

    async def lock(self, work: UnitOfWork, subscriber: str, *, wait: bool = False) -> Cursor | None:
        """A cursor for moving; None if there is none or (without `wait`) another process has it."""
        statement = select(Cursor).where(Cursor.subscriber == subscriber)
        found: Cursor | None = await work.first(trusted(statement.with_for_update(skip_locked=not wait)))
        return found

    async def lagging(self, now: datetime) -> set[str]:
        """Subscribers with something to read who are neither stopped nor waiting for a retry."""
        rows = await self._db.fetch(self._db.prepared("subscribers lagging", _lagging), {"now": now})
        return {row[0] for row in rows}

    async def lags(self) -> dict[str, int]:
        """How many events each subscriber has not handled yet."""
        waiting = (
            select(func.count())
            .select_from(Event)
            .where(Event.name == Cursor.event, Event.position > Cursor.position)
            .correlate(Cursor)
            .scalar_subquery()
        )
        rows = await self._db.rows(trusted(select(Cursor.subscriber, waiting)))
        return {name: int(count) for name, count in rows}


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as unbroken runs (first, last)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _head() -> Scoped:
    return trusted(select(Head.position).where(Head.id == 1))


def _unplaced() -> Scoped:
    one: Any = literal_column("1")
    return trusted(select(Event.seq).where(Event.position.is_(None)).limit(one))


def _lagging() -> Scoped:
    due = or_(Cursor.retry_at.is_(None), Cursor.retry_at <= bindparam("now", type_=UtcTime))
    something = exists().where(Event.name == Cursor.event, Event.position > Cursor.position)
    return trusted(select(Cursor.subscriber).where(Cursor.stopped.is_(False), due, something))
