"""The kernel's jobs as taskiq tasks: one function per job name, told nothing but the job's id.

What a broker carries is a reminder, not the job: the row stays where it was enqueued, and whoever gets the
reminder claims it. So a reminder that comes twice runs nothing twice, one that is lost is sent again, and no
broker ever holds a dealer's data.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from taskiq import AsyncBroker
from taskiq.receiver import Receiver

from crm_kernel.contributions import Job
from crm_kernel.deadline import asked_to_stop
from crm_kernel.jobs.runner import Runner
from crm_kernel.jobs.store import Claimed
from crm_kernel.logs import describe

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.jobs")

CONCURRENT = 10
PAUSE = 2.0

Take = Callable[[UUID], Awaitable[Claimed | None]]


def register_jobs(broker: AsyncBroker, kernel: Kernel, runner: Runner, take: Take) -> None:
    """Register each job of the running plugins under its name; `take` leases a job by its id."""

    async def run(job_id: str) -> None:
        claimed = await take(UUID(job_id))
        if claimed is not None:
            await runner.run(claimed)

    for job in kernel.registry.of(Job):
        broker.register_task(run, task_name=job.name)


async def receive(broker: AsyncBroker) -> None:
    """Carry out what a started broker brings, until cancelled; a broker that is away is waited for."""
    broker.is_worker_process = True
    while not asked_to_stop():
        receiver = Receiver(broker, validate_params=False, max_async_tasks=CONCURRENT, run_startup=False)
        try:
            await receiver.listen(asyncio.Event())
        except Exception as fault:
            log.error("the broker is away", extra=describe(fault))
        await asyncio.sleep(PAUSE)
