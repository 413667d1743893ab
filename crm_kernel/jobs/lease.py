"""Leases: who holds a job, for how long, and what happens when a worker dies.

A worker's leases last as long as its row's `beat` counts up. Others judge by whether they saw it move during
twenty seconds of their own monotonic time; so a clock that is set forward or back takes no job away.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.dal.types import uuid7
from crm_kernel.deadline import asked_to_stop
from crm_kernel.jobs.store import JobStore
from crm_kernel.logs import describe

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.jobs")

BEAT_SECONDS = 4.0
LEASE_SECONDS = 20.0
GRACE_SECONDS = 5.0
DIED = "the process that ran it went away"


class Lease:
    """This process as a worker: its id, the jobs it runs, and its watch over the others."""

    def __init__(self, kernel: Kernel, store: JobStore) -> None:
        self._kernel = kernel
        self._store = store
        self.worker_id: UUID | None = None
        self.tasks: dict[UUID, asyncio.Task[None]] = {}
        self.stopped: set[UUID] = set()
        self.grace_seconds = GRACE_SECONDS
        self._entering = asyncio.Lock()
        self._seen: dict[UUID, tuple[int, float]] = {}

    async def enter(self) -> UUID:
        """Register this process, if it is not; returns the worker's id."""
        async with self._entering:
            if self.worker_id is None:
                new = uuid7()
                now = self._kernel.clock.now()
                async with self._kernel.db.work(None, now=now) as work:
                    await self._store.enter(work, new, f"{socket.gethostname()[:80]}:{os.getpid()}", now)
                self.worker_id = new
            return self.worker_id

    async def settle(self) -> None:
        """Give running jobs a moment to end, stop the others, and give everything back."""
        tasks = list(self.tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=self.grace_seconds)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=self.grace_seconds)
        try:
            await self.leave()
        except Exception as fault:
            log.error("leases are left to expire", extra=describe(fault))

    async def leave(self) -> None:
        """Give everything back; an interrupted attempt does not count."""
        if self.worker_id is not None:
            async with self._kernel.db.work(None) as work:
                await self._store.release(work, self.worker_id, "", count=False)
            self.worker_id = None

    async def run(self) -> None:
        """Extend the leases and watch the others until cancelled."""
        while not asked_to_stop():
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.beat()
                await self.reap()
            except Exception as fault:
                log.error("leases wait", extra=describe(fault))

    async def beat(self) -> None:
        """Extend this worker's leases and stop jobs that people cancelled.

        A worker whose leases were taken away (it was asleep for too long) stops what it runs, because others
        run it now, and comes back under a new id.
        """
        if self.worker_id is None:
            return
        async with self._kernel.db.work(None) as work:
            alive = await self._store.beat(work, self.worker_id, self._kernel.clock.now())
        if not alive:
            log.error("leases lost", extra={"jobs": len(self.tasks)})
            self.worker_id = None
            for task in self.tasks.values():
                task.cancel()
            return
        for job_id in await self._store.cancelled(self.worker_id):
            if job_id in self.tasks:
                self.stopped.add(job_id)
                self.tasks[job_id].cancel()

    async def reap(self) -> int:
        """Give the jobs of workers that stand still back to the queue; returns how many jobs."""
        now = self._kernel.clock.monotonic()
        holders = await self._store.holders()
        released = 0
        for worker_id, beat in holders.items():
            before = self._seen.get(worker_id)
            if worker_id == self.worker_id or before is None or before[0] != beat:
                self._seen[worker_id] = (beat, now)
            elif now - before[1] >= LEASE_SECONDS:
                async with self._kernel.db.work(None) as work:
                    released += await self._store.release(work, worker_id, DIED)
                log.warning("worker gone", extra={"worker": str(worker_id), "jobs": released})
        self._seen = {worker: seen for worker, seen in self._seen.items() if worker in holders}
        return released
