"""A taskiq broker over the kernel's own table, for hosts whose workers run taskiq."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING
from uuid import UUID

from taskiq import AckableMessage, AsyncBroker, BrokerMessage
from taskiq.message import TaskiqMessage

from crm_kernel.deadline import asked_to_stop
from crm_kernel.jobs.lease import Lease
from crm_kernel.jobs.runner import Runner
from crm_kernel.jobs.store import Claimed, JobStore
from crm_kernel.jobs.tasks import CONCURRENT, register_jobs
from crm_kernel.jobs.worker import POLL, Claimer

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


class SqlBroker(AsyncBroker):
    """`taskiq worker module:broker` with this broker runs the kernel's jobs.

    Claiming, leases, retries and acknowledgement are those of the table, as in the worker inside the process:
    taskiq brings its receiver, its middlewares and its command line. A task kicked with `kiq` is enqueued
    in a transaction of its own; services use `jobs.enqueue` instead, inside theirs.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self._kernel = kernel
        self._store = JobStore(kernel.db)
        self.lease = Lease(kernel, self._store)
        self._claimer = Claimer(kernel, self._store, self.lease)
        self._arrived: asyncio.Event = kernel.service("jobs").arrived
        self._claimed: dict[UUID, Claimed] = {}
        self._beating: asyncio.Task[None] | None = None
        register_jobs(self, kernel, Runner(kernel, self._store, self.lease), self._take)

    async def _take(self, job_id: UUID) -> Claimed | None:
        return self._claimed.pop(job_id, None)

    async def startup(self) -> None:
        """Begin to extend leases."""
        await super().startup()
        self._beating = asyncio.create_task(self.lease.run())

    async def shutdown(self) -> None:
        """Give back what is not done."""
        if self._beating is not None:
            self._beating.cancel()
        await self.lease.settle()
        await super().shutdown()

    async def kick(self, message: BrokerMessage) -> None:
        """Enqueue a task by its name and keyword arguments."""
        told = self.formatter.loads(message.message)
        async with self._kernel.db.work(None) as work:
            self._kernel.service("jobs").enqueue(work, told.task_name, **told.kwargs)

    async def listen(self) -> AsyncGenerator[bytes | AckableMessage, None]:
        """Claimed jobs, as many as are asked for."""
        while not asked_to_stop():
            self._arrived.clear()
            free = CONCURRENT - len(self._claimed) - len(self.lease.tasks)
            for claimed in await self._claimer.claim(free):
                self._claimed[claimed.id] = claimed
                message = TaskiqMessage(
                    task_id=str(claimed.id),
                    task_name=claimed.order.name,
                    labels={},
                    args=[],
                    kwargs={"job_id": str(claimed.id)},
                )
                yield self.formatter.dumps(message).message
            if free > 0:
                await self._wait()
            else:
                await asyncio.sleep(0.01)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._arrived.wait()
        except TimeoutError:
            return
