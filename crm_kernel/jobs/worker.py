"""The worker inside this process: takes jobs from the table and runs them, with no further library."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from crm_kernel.contributions import Job
from crm_kernel.deadline import asked_to_stop
from crm_kernel.jobs.lease import Lease
from crm_kernel.jobs.runner import Runner
from crm_kernel.jobs.store import Claimed, JobStore
from crm_kernel.logs import describe

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.jobs")

CONCURRENT = 10
POLL = 0.5


class Claimer:
    """Leases jobs of the running plugins to this process, oldest first."""

    def __init__(self, kernel: Kernel, store: JobStore, lease: Lease, queues: Collection[str] = ()) -> None:
        self._kernel = kernel
        self._store = store
        self._lease = lease
        self._queues = frozenset(queues)
        self._more = False
        self._look_for_due = 0.0

    @property
    def names(self) -> list[str]:
        """Jobs that can be run here: those of a quarantined plugin wait until it is back."""
        jobs = self._kernel.registry.of(Job)
        return [job.name for job in jobs if not self._queues or job.queue in self._queues]

    async def claim(self, limit: int) -> list[Claimed]:
        """At most `limit` jobs; an idle worker only reads."""
        names = self.names
        if limit < 1 or not names:
            return []
        if time.monotonic() >= self._look_for_due:
            await self.make_due()
        claimed = await self._claim(names, limit)
        if not claimed and await self.make_due():
            claimed = await self._claim(names, limit)
        return claimed

    async def _claim(self, names: list[str], limit: int) -> list[Claimed]:
        if not self._more and not await self._store.any_waiting(names):
            return []
        worker_id = await self._lease.enter()
        async with self._kernel.db.work(None) as work:
            claimed = await self._store.claim(work, worker_id, names, limit)
        self._more = len(claimed) == limit
        return claimed

    async def make_due(self) -> bool:
        """Let postponed jobs whose time has come wait like the others; whether there were any."""
        self._look_for_due = time.monotonic() + POLL
        now = self._kernel.clock.now()
        if not await self._store.any_due(now):
            return False
        async with self._kernel.db.work(None) as work:
            await self._store.make_due(work, now)
        return True


class Worker:
    """Runs up to ten jobs at once. `queues` limits it to jobs of those queues (none: all)."""

    def __init__(self, kernel: Kernel, queues: Collection[str] = ()) -> None:
        self._kernel = kernel
        self._store = JobStore(kernel.db)
        self._arrived: asyncio.Event = kernel.service("jobs").arrived
        self.lease = Lease(kernel, self._store)
        self._runner = Runner(kernel, self._store, self.lease)
        self._claimer = Claimer(kernel, self._store, self.lease, queues)

    async def drain(self) -> int:
        """Run everything that is due now and what follows from it; returns how many jobs were run.

        For hosts without a background task, and for tests.
        """
        count = 0
        try:
            while claimed := await self._claimer.claim(CONCURRENT):
                await asyncio.wait([self._runner.start(one) for one in claimed])
                count += len(claimed)
        finally:
            await self.lease.leave()
        return count

    async def run(self) -> None:
        """Go on until cancelled; then give running jobs a moment, and back to the queue what is not done."""
        beating = asyncio.create_task(self.lease.run())
        try:
            while not asked_to_stop():
                self._arrived.clear()
                if not await self._take():
                    try:
                        async with asyncio.timeout(POLL):
                            await self._arrived.wait()
                    except TimeoutError:
                        continue
        finally:
            beating.cancel()
            await self.lease.settle()

    async def _take(self) -> bool:
        """Start what fits; whether more may wait."""
        free = CONCURRENT - len(self.lease.tasks)
        try:
            claimed = await self._claimer.claim(free)
        except Exception as fault:
            log.error("jobs wait", extra=describe(fault))
            return False
        for one in claimed:
            self._runner.start(one).add_done_callback(lambda _task: self._arrived.set())
        return len(claimed) == free and free > 0
