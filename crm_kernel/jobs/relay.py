"""With `CRM_BROKER_URL`: tells a broker of waiting jobs, and carries out those the broker tells of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from taskiq import AsyncBroker

from crm_kernel.deadline import asked_to_stop
from crm_kernel.errors import ConfigurationError
from crm_kernel.jobs.brokers import needed_package
from crm_kernel.jobs.lease import Lease
from crm_kernel.jobs.runner import Runner
from crm_kernel.jobs.store import Claimed, JobStore
from crm_kernel.jobs.tasks import PAUSE, receive, register_jobs
from crm_kernel.jobs.worker import POLL, Claimer
from crm_kernel.logs import describe
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.jobs")

TOGETHER = 100
START_SECONDS, KICK_SECONDS = 20.0, 5.0
MOST_REMINDERS = 100_000
AGAIN = timedelta(minutes=5)
"""After so long a job that nobody claimed is told again; the broker may have lost it."""


def make_broker(url: str, queue: str) -> AsyncBroker:
    """The broker an address names, not started. Raises ConfigurationError for an unknown kind."""
    package = needed_package(url)
    if package == "taskiq_redis":
        from taskiq_redis import RedisStreamBroker

        stream = RedisStreamBroker(
            url, queue_name=queue, consumer_group_name=queue, consumer_id="0", maxlen=MOST_REMINDERS
        )
        # With a timeout, Python 3.11 loses a cancellation that comes as a write ends; a dead line is noticed
        # by the system instead.
        stream.connection_pool.connection_kwargs |= {"socket_timeout": None, "socket_keepalive": True}
        return stream
    if package == "taskiq_aio_pika":
        from taskiq_aio_pika import AioPikaBroker, Exchange, Queue

        return AioPikaBroker(
            url,
            exchange=Exchange(name=queue),
            task_queues=[Queue(name=queue)],
            dead_letter_queue=Queue(name=f"{queue}.dead_letter"),
        )
    if package == "taskiq_nats":
        from taskiq_nats import PullBasedJetStreamBroker

        return PullBasedJetStreamBroker(
            url,
            subject=queue,
            stream_name=queue,
            durable=queue,
            pull_consume_batch=10,
            pull_consume_timeout=1.0,
            max_reconnect_attempts=-1,
        )
    raise ConfigurationError(_("CRM_BROKER_URL must begin with redis://, amqp:// or nats://."))


class Relay:
    """One process's part in a queue that goes through a broker. While the broker is away, jobs wait."""

    def __init__(self, kernel: Kernel, broker: AsyncBroker | None = None) -> None:
        self._kernel = kernel
        self._store = JobStore(kernel.db)
        self._arrived: asyncio.Event = kernel.service("jobs").arrived
        self.lease = Lease(kernel, self._store)
        self._claimer = Claimer(kernel, self._store, self.lease)
        queue = kernel.settings.extra.get("CRM_BROKER_QUEUE") or "crm_jobs"
        self.broker = broker or make_broker(kernel.settings.broker_url, queue)
        register_jobs(self.broker, kernel, Runner(kernel, self._store, self.lease), self._take)

    async def _take(self, job_id: UUID) -> Claimed | None:
        worker_id = await self.lease.enter()
        async with self._kernel.db.work(None) as work:
            return await self._store.claim_one(work, worker_id, job_id)

    async def run(self) -> None:
        """Go on until cancelled."""
        beating = asyncio.create_task(self.lease.run())
        receiving: asyncio.Task[None] | None = None
        try:
            await self._start_broker()
            receiving = asyncio.create_task(receive(self.broker))
            while not asked_to_stop():
                self._arrived.clear()
                if not await self._forward_or_wait():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(POLL):
                            await self._arrived.wait()
        finally:
            beating.cancel()
            await self._end(receiving)

    async def _start_broker(self) -> None:
        self.broker.is_worker_process = True
        while not asked_to_stop():
            try:
                async with asyncio.timeout(START_SECONDS):
                    await self.broker.startup()
            except Exception as fault:
                log.error("the broker is away", extra=describe(fault))
                await asyncio.sleep(PAUSE)
            else:
                return

    async def _forward_or_wait(self) -> bool:
        try:
            return await self.forward() == TOGETHER
        except Exception as fault:
            log.error("jobs wait", extra=describe(fault))
            await asyncio.sleep(PAUSE)
            return False

    async def forward(self) -> int:
        """Tell the broker of at most a hundred waiting jobs; returns how many it accepted.

        Raises the broker's fault after taking back what it did not accept.
        """
        await self._claimer.make_due()
        names = self._claimer.names
        if not await self._store.any_waiting(names):
            return 0
        again = self._kernel.clock.now() + AGAIN
        async with self._kernel.db.work(None) as work:
            told = await self._store.send(work, names, TOGETHER, again)
        answers = await asyncio.gather(*(self._kick(*row) for row in told), return_exceptions=True)
        refused = [row[0] for row, answer in zip(told, answers, strict=True) if answer is not None]
        if refused:
            async with self._kernel.db.work(None) as work:
                await self._store.unsend(work, refused)
            raise _first(answers)
        return len(told)

    async def _kick(self, job_id: UUID, name: str) -> None:
        task: Any = self.broker.find_task(name)
        async with asyncio.timeout(KICK_SECONDS):
            await task.kicker().with_task_id(str(job_id)).kiq(job_id=str(job_id))

    async def _end(self, receiving: asyncio.Task[None] | None) -> None:
        if receiving is not None:
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
        await self.lease.settle()
        try:
            await self.broker.shutdown()
        except Exception as fault:
            log.error("the broker is away", extra=describe(fault))


def _first(answers: Sequence[object]) -> BaseException:
    return next(answer for answer in answers if isinstance(answer, BaseException))
