"""Runs one leased job: calls its function, acknowledges, tries again later, or lays it aside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.contributions import Job
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.deadline import asked_to_stop
from crm_kernel.errors import NotFound
from crm_kernel.jobs.context import JobCancelled, JobContext, _current
from crm_kernel.jobs.lease import Lease
from crm_kernel.jobs.port import JobOrder
from crm_kernel.jobs.store import DEAD, LATER, Claimed, JobStore
from crm_kernel.logs import describe, outline, request_id

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.jobs")

FIRST_RETRY = 5.0
LONGEST_RETRY = 3600.0


def find_job(kernel: Kernel, name: str) -> Job:
    """A job some running plugin contributes. Raises NotFound."""
    for job in kernel.registry.of(Job):
        if job.name == name:
            return job
    raise NotFound()


async def perform(kernel: Kernel, order: JobOrder, attempt: int = 1) -> None:
    """Call the function of a job with its arguments; raises what it raises."""
    job = find_job(kernel, order.name)
    context = JobContext(order.id, order.name, attempt, order.actor_id, order.dealership_id, order.request_id)
    running = _current.set(context)
    request = request_id.set(order.request_id if order.request_id != "-" else str(order.id))
    try:
        await job.function(kernel, **order.arguments)
    finally:
        request_id.reset(request)
        _current.reset(running)


class Runner:
    """Carries out leased jobs. Acknowledgements that come together are written together."""

    def __init__(self, kernel: Kernel, store: JobStore, lease: Lease) -> None:
        self._kernel = kernel
        self._store = store
        self._lease = lease
        self._done: list[tuple[Claimed, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    def start(self, claimed: Claimed) -> asyncio.Task[None]:
        """Run a job in a task of its own."""
        task = asyncio.create_task(self._run(claimed), name=f"job:{claimed.order.name}")
        self._lease.tasks[claimed.id] = task
        return task

    async def run(self, claimed: Claimed) -> None:
        """Run a job and wait until it is acknowledged, postponed or laid aside; raises nothing of its."""
        await asyncio.wait([self.start(claimed)])

    async def _run(self, claimed: Claimed) -> None:
        try:
            await perform(self._kernel, claimed.order, claimed.attempt)
        except JobCancelled:
            await self._finish(claimed)
        except asyncio.CancelledError:
            if claimed.id not in self._lease.stopped:
                raise
            await self._finish(claimed)
        except Exception as fault:
            await self._failed(claimed, fault)
        else:
            await self._finish(claimed)
        finally:
            self._lease.stopped.discard(claimed.id)
            self._lease.tasks.pop(claimed.id, None)

    async def _failed(self, claimed: Claimed, fault: Exception) -> None:
        last = claimed.attempt >= claimed.order.max_attempts
        now = self._kernel.clock.now()
        pause = min(FIRST_RETRY * 2 ** (claimed.attempt - 1), LONGEST_RETRY)
        log.error(
            "job laid aside" if last else "job failed",
            extra={
                "job": claimed.order.name,
                "job_id": str(claimed.id),
                "attempt": claimed.attempt,
                **describe(fault),
            },
        )
        run_at = None if last else now + timedelta(seconds=pause)

        async def postpone(work: UnitOfWork) -> None:
            state = DEAD if last else LATER
            await self._store.postpone(work, claimed, state, run_at, outline(fault))

        await self._surely(postpone)

    async def _finish(self, claimed: Claimed) -> None:
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._done.append((claimed, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_done())
        await written

    async def _write_done(self) -> None:
        while self._done:
            taken, self._done = self._done, []
            by_worker: dict[UUID, list[UUID]] = {}
            for claimed, _written in taken:
                by_worker.setdefault(claimed.worker_id, []).append(claimed.id)

            async def finish(work: UnitOfWork, held: dict[UUID, list[UUID]] = by_worker) -> None:
                for worker_id, ids in held.items():
                    await self._store.finish(work, worker_id, ids)

            await self._surely(finish)
            for _claimed, written in taken:
                if not written.done():
                    written.set_result(None)

    async def _surely(self, write: Callable[[UnitOfWork], Awaitable[None]]) -> None:
        """Write an outcome; while the database is away, try again: the job must not stay leased for ever."""
        while True:
            try:
                async with self._kernel.db.work(None) as work:
                    await write(work)
            except Exception as fault:
                log.error("a job's outcome waits for the database", extra=describe(fault))
                if asked_to_stop():
                    raise
                await asyncio.sleep(1)
            else:
                return
