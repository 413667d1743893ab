"""Everything that goes on behind the requests of one process: events, schedules, jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.jobs.scheduler import Scheduler
from crm_kernel.jobs.worker import Worker

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


@asynccontextmanager
async def background(kernel: Kernel, *, queues: Collection[str] = ()) -> AsyncIterator[None]:
    """Run the event dispatcher, the scheduler and a worker until the block ends.

    Any number of processes may do so. With `CRM_BROKER_URL` jobs go through the broker, else `queues` may
    limit the worker to some of them. At the end running jobs get five seconds, then they go back to the
    queue.
    """
    parts = [Dispatcher(kernel).run(), Scheduler(kernel).run(), _work(kernel, queues)]
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _work(kernel: Kernel, queues: Collection[str]) -> Coroutine[Any, Any, None]:
    if kernel.settings.broker_url:
        from crm_kernel.jobs.relay import Relay

        return Relay(kernel).run()
    return Worker(kernel, queues).run()
