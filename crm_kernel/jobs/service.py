"""The service `jobs`: enqueue work, follow it, and mend the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Job
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import ConfigurationError, Conflict, Malformed, NotFound, TooLarge
from crm_kernel.jobs.models import QueuedJob
from crm_kernel.jobs.port import JobOrder
from crm_kernel.jobs.progress import Progress, ProgressView, new_progress, progress_view
from crm_kernel.jobs.progress_store import ProgressStore
from crm_kernel.jobs.runner import find_job, perform
from crm_kernel.jobs.scheduler import Timetable
from crm_kernel.jobs.store import DEAD, LATER, RUNNING, WAITING, JobStore
from crm_kernel.logs import current_request
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MOST_BYTES = 65_536
PROGRESS_DAYS = 90


@dataclass(frozen=True, slots=True)
class JobView:
    """A job in the queue as administrators see it; its arguments are not shown, they may concern people."""

    id: UUID
    name: str
    label: Text | None
    state: str
    attempts: int
    max_attempts: int
    run_at: datetime | None
    fault: str
    cancelled: bool
    actor_id: UUID | None
    dealership_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class JobPage:
    """Jobs, newest first, and where the next page starts."""

    items: Sequence[JobView]
    next: str | None


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A scheduled job: when it fired last and when it comes next; `fault` for a timetable nobody can read."""

    name: str
    label: Text
    timetable: str
    last: datetime | None
    next: datetime | None
    fault: str


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A process that runs jobs."""

    id: UUID
    name: str
    started_at: datetime
    seen_at: datetime


class JobService:
    """`arrived` is set whenever this process commits a job; its reader clears it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = JobStore(kernel.db)
        self._progress = ProgressStore(kernel.db)
        self.arrived = asyncio.Event()

    # For services, inside their own guarded methods

    @public
    def enqueue(self, work: UnitOfWork, name: str, /, **arguments: Any) -> UUID:
        """Have a job done after this transaction commits; returns the job's id.

        `arguments` are JSON data (ids rather than values). Raises ConfigurationError for a job nobody
        contributes, TooLarge for more than 64 KiB of arguments.
        """
        return self._put(work, name, None, arguments)

    @public
    def enqueue_at(self, work: UnitOfWork, name: str, when: datetime, /, **arguments: Any) -> UUID:
        """Have a job done not before `when`; else like `enqueue`."""
        return self._put(work, name, when, arguments)

    def _put(self, work: UnitOfWork, name: str, when: datetime | None, arguments: dict[str, Any]) -> UUID:
        try:
            job = find_job(self._kernel, name)
        except NotFound as fault:
            raise ConfigurationError(_("Nobody contributes the job {name}.")(name=name)) from fault
        encoded = msgspec.json.encode(arguments)
        if len(encoded) > MOST_BYTES:
            raise TooLarge(_("The job {name} got too much data; store it and pass its id.")(name=name))
        actor = work.actor
        order = JobOrder(
            id=uuid7(),
            name=name,
            arguments=msgspec.json.decode(encoded),
            queue=job.queue,
            run_at=when,
            max_attempts=job.max_attempts,
            actor_id=actor.id if actor else None,
            dealership_id=actor.place.dealership_id if actor else None,
            request_id=current_request(),
        )
        self._kernel.service("job_queue").put(work, order)
        return order.id

    @public
    async def perform(self, order: JobOrder, attempt: int = 1) -> None:
        """Run an order now and raise what it raises: what the worker of a host's own queue calls."""
        await perform(self._kernel, order, attempt)

    # Progress: each person sees only what he started

    @public
    async def start_progress(
        self, actor: Actor, kind: str, *, total: int | None = None, message: Text | None = None
    ) -> UUID:
        """Open a progress for work the actor starts; give its id to the job. Everybody sees only his own."""
        now = self._kernel.clock.now()
        async with self._kernel.db.work(actor, now=now) as work:
            row = work.add(new_progress(actor.id, actor.place.dealership_id, kind, total, message, now))
            await work.flush()
        return row.id

    @public
    def progress(self, progress_id: UUID | str) -> Progress:
        """The handle by which a job tells how far it has come. Reads nothing."""
        return Progress(self._kernel, UUID(str(progress_id)))

    @public
    async def read_progress(self, actor: Actor, progress_id: UUID) -> ProgressView:
        """One of the actor's own. Raises NotFound for anybody else's."""
        row = await self._progress.one(actor.id, progress_id)
        if row is None:
            raise NotFound()
        return progress_view(row)

    @public
    async def my_progress(self, actor: Actor, kind: str | None = None, limit: int = 20) -> list[ProgressView]:
        """The actor's own, newest first: what a page shows again after a reload."""
        rows = await self._progress.latest(actor.id, kind, min(max(limit, 1), 100))
        return [progress_view(row) for row in rows]

    @public
    async def cancel_progress(self, actor: Actor, progress_id: UUID) -> None:
        """Ask the work behind one of the actor's own to stop. Raises NotFound for anybody else's."""
        async with self._kernel.db.work(actor) as work:
            if not await self._progress.want_cancel(work, actor.id, progress_id):
                raise NotFound()

    @public
    async def tidy(self) -> int:
        """Forget progress that is three months old. For the nightly job: shows nobody anything."""
        oldest = self._kernel.clock.now() - timedelta(days=PROGRESS_DAYS)
        async with self._kernel.db.work(None) as work:
            return await self._progress.remove_old(work, oldest)

    # For administrators

    @permitted("jobs.manage")
    async def list(
        self, access: Access, state: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> JobPage:
        """A page of the queue; `state` is waiting, later, sent, running or dead. Raises Malformed."""
        limit = min(max(limit, 1), 200)
        try:
            after = UUID(cursor) if cursor else None
        except ValueError as fault:
            raise Malformed(_("This page does not exist. Start from the first.")) from fault
        rows = await self._store.page(access, state, after, limit + 1)
        labels = {job.name: job.label for job in self._kernel.registry.of(Job)}
        views = [_view(row, labels.get(row.name)) for row in rows[:limit]]
        return JobPage(views, str(views[-1].id) if len(rows) > limit else None)

    @permitted("jobs.manage")
    async def counts(self, access: Access) -> dict[str, int]:
        """How many jobs are in each state."""
        return await self._store.counts(access)

    @permitted("jobs.manage")
    async def retry(self, access: Access, job_id: UUID) -> None:
        """Try a dead or postponed job again now. Raises NotFound, or Conflict for one that is running."""
        async with self._kernel.db.work(access) as work:
            job = await self._one(work, access, job_id)
            if job.state not in (DEAD, LATER):
                raise Conflict(_("This job is not waiting for another attempt."), code="not_failed")
            job.state, job.run_at, job.attempts, job.fault, job.cancelled = WAITING, None, 0, "", False
            self._tell(work, "retry", job)
            work.after_commit(self.arrived.set)

    @permitted("jobs.manage")
    async def cancel(self, access: Access, job_id: UUID) -> None:
        """Remove a job that is not running; a running one is stopped within seconds. Raises NotFound."""
        async with self._kernel.db.work(access) as work:
            job = await self._one(work, access, job_id)
            self._tell(work, "cancel", job)
            if job.state == RUNNING:
                job.cancelled = True
            else:
                await work.remove(job)

    @permitted("jobs.manage")
    async def schedules(self, access: Access) -> Sequence[ScheduleView]:
        """Every scheduled job of the running plugins."""
        slots = await self._store.slots()
        return [_schedule(job, slots.get(job.name)) for job in self._kernel.registry.of(Job) if _timed(job)]

    @permitted("jobs.manage")
    async def workers(self, access: Access) -> Sequence[WorkerView]:
        """Processes that run jobs; none means that nothing is being done."""
        rows = await self._store.workers()
        return [WorkerView(row.id, row.name, row.started_at, row.seen_at) for row in rows]

    async def _one(self, work: UnitOfWork, access: Access, job_id: UUID) -> QueuedJob:
        job = await self._store.one(work, access, job_id)
        if job is None:
            raise NotFound()
        return job

    def _tell(self, work: UnitOfWork, verb: str, job: QueuedJob) -> None:
        if self._kernel.offers("audit"):
            self._kernel.service("audit").noted(work, verb, "job", job.id, {}, {"name": job.name})


def _timed(job: Job) -> bool:
    return job.cron is not None or job.every is not None


def _view(row: QueuedJob, label: Text | None) -> JobView:
    return JobView(
        id=row.id,
        name=row.name,
        label=label,
        state=row.state,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        run_at=row.run_at,
        fault=row.fault,
        cancelled=row.cancelled,
        actor_id=row.actor_id,
        dealership_id=row.dealership_id,
        created_at=row.created_at,
    )


def _schedule(job: Job, last: datetime | None) -> ScheduleView:
    shown = job.cron or f"every {job.every}"
    try:
        table = Timetable.of(job)
    except ValueError as fault:
        return ScheduleView(job.name, job.label, shown, last, None, str(fault))
    following = table.next(last) if table is not None and last is not None else None
    return ScheduleView(job.name, job.label, shown, last, following, "")
