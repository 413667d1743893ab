"""Statements over the job tables: the one implementation of claiming, leasing and acknowledging."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from crm_kernel.actor import Access, Scope
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, scoped, trusted
from crm_kernel.dal.types import UtcTime
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.jobs.models import JobSchedule, JobWorker, QueuedJob
from crm_kernel.jobs.port import JobOrder

WAITING, LATER, SENT, RUNNING, DEAD = "waiting", "later", "sent", "running", "dead"

_ORDER = (
    QueuedJob.id,
    QueuedJob.name,
    QueuedJob.arguments,
    QueuedJob.queue,
    QueuedJob.attempts,
    QueuedJob.max_attempts,
    QueuedJob.actor_id,
    QueuedJob.dealership_id,
    QueuedJob.request_id,
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job leased to a worker; whoever no longer holds the lease cannot finish it."""

    order: JobOrder
    worker_id: UUID
    attempt: int

    @property
    def id(self) -> UUID:
        """The job's id."""
        return self.order.id


class JobStore:
    """The queue as a table. A claim skips rows that others are claiming; on SQLite writers queue anyway."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, work: UnitOfWork, orders: Sequence[JobOrder]) -> None:
        """Append orders."""
        rows = [
            {
                "id": order.id,
                "queue": order.queue,
                "name": order.name,
                "arguments": msgspec.json.encode(order.arguments).decode(),
                "state": WAITING if order.run_at is None else LATER,
                "run_at": order.run_at,
                "worker_id": None,
                "attempts": 0,
                "max_attempts": order.max_attempts,
                "cancelled": False,
                "fault": "",
                "actor_id": order.actor_id,
                "dealership_id": order.dealership_id,
                "request_id": order.request_id,
                "created_at": work.now,
            }
            for order in orders
        ]
        await work.execute(insert(QueuedJob), rows)

    # Claiming

    async def any_due(self, now: datetime) -> bool:
        """Whether a postponed job has come due, or a broker has lost one."""
        prepared = self._db.prepared("jobs due", lambda: trusted(_any(_due(bindparam("now", type_=UtcTime)))))
        return bool(await self._db.fetch(prepared, {"now": now}))

    async def make_due(self, work: UnitOfWork, now: datetime) -> None:
        """Let postponed jobs wait like others once their time has come."""
        await work.execute(update(QueuedJob).where(_due(now)).values(state=WAITING, run_at=None))

    async def any_waiting(self, names: Collection[str]) -> bool:
        """Whether a job of these names can be claimed."""
        asked = tuple(sorted(names))
        prepared = self._db.prepared(("jobs waiting", asked), lambda: trusted(_any(_claimable(asked))))
        return bool(await self._db.fetch(prepared, {}))

    async def claim(
        self, work: UnitOfWork, worker_id: UUID, names: Collection[str], limit: int
    ) -> list[Claimed]:
        """Lease the oldest waiting jobs to a worker."""
        ids = await work.rows(trusted(_waiting(names).limit(limit).with_for_update(skip_locked=True)))
        return await self._lease(work, worker_id, ids)

    async def claim_one(self, work: UnitOfWork, worker_id: UUID, job_id: UUID) -> Claimed | None:
        """Lease one job of which a broker told; None if it is done or leased already."""
        statement = select(QueuedJob.id).where(
            QueuedJob.id == job_id, QueuedJob.state.in_((SENT, WAITING)), QueuedJob.cancelled.is_(False)
        )
        found = await work.rows(trusted(statement.with_for_update(skip_locked=True)))
        leased = await self._lease(work, worker_id, found)
        return leased[0] if leased else None

    async def _lease(self, work: UnitOfWork, worker_id: UUID, ids: Sequence[UUID]) -> list[Claimed]:
        if not ids:
            return []
        await work.execute(
            update(QueuedJob)
            .where(QueuedJob.id.in_(ids))
            .values(state=RUNNING, worker_id=worker_id, run_at=None, attempts=QueuedJob.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        rows = await work.rows(trusted(select(*_ORDER).where(QueuedJob.id.in_(ids)).order_by(QueuedJob.id)))
        return [
            Claimed(
                JobOrder(
                    id=row.id,
                    name=row.name,
                    arguments=msgspec.json.decode(row.arguments),
                    queue=row.queue,
                    max_attempts=row.max_attempts,
                    actor_id=row.actor_id,
                    dealership_id=row.dealership_id,
                    request_id=row.request_id,
                ),
                worker_id,
                row.attempts,
            )
            for row in rows
        ]

    async def send(
        self, work: UnitOfWork, names: Collection[str], limit: int, again: datetime
    ) -> Sequence[Any]:
        """(id, name) of the oldest waiting jobs, marked as told to a broker until `again`."""
        statement = _waiting(names, QueuedJob.id, QueuedJob.name).limit(limit)
        found = await work.rows(trusted(statement.with_for_update(skip_locked=True)))
        if found:
            await work.execute(
                update(QueuedJob)
                .where(QueuedJob.id.in_([row[0] for row in found]))
                .values(state=SENT, run_at=again)
            )
        return found

    async def unsend(self, work: UnitOfWork, ids: Collection[UUID]) -> None:
        """Take back what a broker did not accept."""
        await work.execute(
            update(QueuedJob)
            .where(QueuedJob.id.in_(ids), QueuedJob.state == SENT)
            .values(state=WAITING, run_at=None)
        )

    # Finishing

    async def finish(self, work: UnitOfWork, worker_id: UUID, ids: Collection[UUID]) -> None:
        """Acknowledge: remove jobs this worker still holds."""
        await work.execute(delete(QueuedJob).where(QueuedJob.id.in_(ids), QueuedJob.worker_id == worker_id))

    async def postpone(
        self, work: UnitOfWork, claimed: Claimed, state: str, run_at: datetime | None, fault: str
    ) -> None:
        """Give a job back after a failure: `later` for another attempt, `dead` for none."""
        await work.execute(
            update(QueuedJob)
            .where(QueuedJob.id == claimed.id, QueuedJob.worker_id == claimed.worker_id)
            .values(state=state, run_at=run_at, worker_id=None, fault=fault)
        )

    async def release(self, work: UnitOfWork, worker_id: UUID, fault: str, *, count: bool = True) -> int:
        """Give back all a worker holds; its row goes too. Without `count` the attempt is not held against."""
        held = (QueuedJob.worker_id == worker_id, QueuedJob.state == RUNNING)
        if count:
            await work.execute(
                update(QueuedJob)
                .where(*held, QueuedJob.attempts >= QueuedJob.max_attempts)
                .values(state=DEAD, worker_id=None, fault=fault)
                .execution_options(synchronize_session=False)
            )
        done = await work.execute(
            update(QueuedJob)
            .where(*held)
            .values(state=WAITING, worker_id=None, attempts=QueuedJob.attempts - (0 if count else 1))
            .execution_options(synchronize_session=False)
        )
        await work.execute(delete(JobWorker).where(JobWorker.id == worker_id))
        return int(done.rowcount)

    # Leases

    async def enter(self, work: UnitOfWork, worker_id: UUID, name: str, now: datetime) -> None:
        """Register a worker."""
        row = {"id": worker_id, "name": name, "beat": 0, "started_at": now, "seen_at": now}
        await work.execute(insert(JobWorker), [row])

    async def beat(self, work: UnitOfWork, worker_id: UUID, now: datetime) -> bool:
        """Extend a worker's leases; False if they were taken away."""
        done = await work.execute(
            update(JobWorker)
            .where(JobWorker.id == worker_id)
            .values(beat=JobWorker.beat + 1, seen_at=now)
            .execution_options(synchronize_session=False)
        )
        return bool(done.rowcount)

    async def cancelled(self, worker_id: UUID) -> set[UUID]:
        """Jobs a worker holds that somebody wants stopped."""
        statement = select(QueuedJob.id).where(
            QueuedJob.worker_id == worker_id, QueuedJob.cancelled.is_(True)
        )
        return set(await self._db.rows(trusted(statement)))

    async def holders(self) -> dict[UUID, int]:
        """The beat of every worker; -1 for one that holds jobs but is not registered."""
        holding = select(QueuedJob.worker_id).where(QueuedJob.state == RUNNING).distinct()
        found = dict.fromkeys((one for one in await self._db.rows(trusted(holding)) if one), -1)
        beats = await self._db.rows(trusted(select(JobWorker.id, JobWorker.beat)))
        return found | {worker: int(beat) for worker, beat in beats}

    # Schedules

    async def slots(self) -> dict[str, datetime]:
        """When each scheduled job fired last."""
        return dict(await self._db.rows(trusted(select(JobSchedule.name, JobSchedule.slot))))

    async def open_slot(self, work: UnitOfWork, name: str, slot: datetime) -> None:
        """Begin a schedule."""
        await work.execute(insert(JobSchedule), [{"name": name, "slot": slot}])

    async def move_slot(self, work: UnitOfWork, name: str, old: datetime, new: datetime) -> bool:
        """Take a tick; False if somebody else has."""
        done = await work.execute(
            update(JobSchedule)
            .where(JobSchedule.name == name, JobSchedule.slot == old)
            .values(slot=new)
            .execution_options(synchronize_session=False)
        )
        return bool(done.rowcount)

    # For administrators

    async def page(
        self, access: Access, state: str | None, after: UUID | None, limit: int
    ) -> Sequence[QueuedJob]:
        """Jobs within the access's scope, newest first."""
        statement = within(access)
        if state is not None:
            statement = statement.where(QueuedJob.state == state)
        if after is not None:
            statement = statement.where(QueuedJob.id < after)
        return await self._db.rows(statement.order_by(QueuedJob.id.desc()).limit(limit))

    async def counts(self, access: Access) -> dict[str, int]:
        """How many jobs are in each state."""
        statement = within(access).columns(QueuedJob.state, func.count()).group_by(QueuedJob.state)
        return {state: int(count) for state, count in await self._db.rows(statement)}

    async def one(self, work: UnitOfWork, access: Access, job_id: UUID) -> QueuedJob | None:
        """A job within the access's scope, locked for a change."""
        statement = within(access).where(QueuedJob.id == job_id)
        locked = type(statement)(statement.statement.with_for_update(), statement.values)
        found: QueuedJob | None = await work.first(locked)
        return found

    async def workers(self) -> Sequence[JobWorker]:
        """Processes that run jobs."""
        return await self._db.rows(trusted(select(JobWorker).order_by(JobWorker.started_at)))


def within(access: Access) -> Scoped:
    """Jobs of the dealerships in scope; narrower scopes show one's own, the widest the schedules' too."""
    if access.scope == Scope.ALL:
        return trusted(select(QueuedJob))
    statement = scoped(access, QueuedJob)
    if access.scope < Scope.DEALERSHIP:
        return statement.where(QueuedJob.actor_id == access.actor.id)
    return statement


def _any(condition: ColumnElement[bool]) -> Select[Any]:
    one: Any = literal_column("1")
    return select(QueuedJob.id).where(condition).limit(one)


def _due(now: Any) -> ColumnElement[bool]:
    return and_(or_(QueuedJob.state == LATER, QueuedJob.state == SENT), QueuedJob.run_at <= now)


def _claimable(names: Collection[str]) -> ColumnElement[bool]:
    wanted = [bindparam(None, name, type_=QueuedJob.name.type, unique=True) for name in names]
    return and_(QueuedJob.state == WAITING, QueuedJob.name.in_(wanted), QueuedJob.cancelled.is_(False))


def _waiting(names: Collection[str], *columns: Any) -> Select[Any]:
    return select(*(columns or (QueuedJob.id,))).where(_claimable(names)).order_by(QueuedJob.id)
