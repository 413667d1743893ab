"""Fires scheduled jobs: once per slot in all processes, and on when the clock is set forward or back."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from crm_kernel.contributions import Job
from crm_kernel.dal.types import uuid7
from crm_kernel.deadline import asked_to_stop
from crm_kernel.jobs.cron import Cron
from crm_kernel.jobs.port import JobOrder
from crm_kernel.jobs.store import JobStore
from crm_kernel.logs import describe

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.jobs")

TICK = 1.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a job is due: by cron fields or at equal distances since 1970."""

    cron: Cron | None
    every: timedelta

    @classmethod
    def of(cls, job: Job) -> Timetable | None:
        """The timetable of a job; None if it has none. Raises ValueError for one that cannot be read."""
        if job.cron is not None:
            return cls(Cron.parse(job.cron), timedelta())
        if job.every is not None:
            if job.every < timedelta(seconds=1):
                raise ValueError("a job runs at most once a second")
            return cls(None, job.every)
        return None

    def slot(self, now: datetime) -> datetime:
        """The latest time at which the job was due."""
        if self.cron is not None:
            return self.cron.previous(now)
        return _EPOCH + (now - _EPOCH) // self.every * self.every

    def next(self, slot: datetime) -> datetime:
        """The time after that."""
        return self.cron.next(slot) if self.cron is not None else slot + self.every


class Scheduler:
    """Every process may run one: a tick belongs to whoever moves the schedule's row to its slot.

    Ticks that were missed fire once, not one by one. A last slot that lies in the future means that the clock
    was set back: when nobody has fired during a whole period of monotonic time, the schedule starts anew, so
    that no job fires twice for a small correction and none waits longer than a period for a large one.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = JobStore(kernel.db)
        self._ahead: dict[str, tuple[datetime, float]] = {}

    async def run(self) -> None:
        """Go on until cancelled."""
        while not asked_to_stop():
            try:
                await self.tick()
            except Exception as fault:
                log.error("schedules wait", extra=describe(fault))
            await asyncio.sleep(TICK)

    async def tick(self) -> int:
        """Fire what is due; returns how many jobs this process has fired."""
        now = self._kernel.clock.now()
        slots = await self._store.slots()
        fired = 0
        for job in self._kernel.registry.of(Job):
            try:
                table = Timetable.of(job)
            except ValueError:
                continue  # shown by `crm check`
            if table is not None:
                fired += await self._consider(job, table, slots.get(job.name), now)
        return fired

    async def _consider(self, job: Job, table: Timetable, last: datetime | None, now: datetime) -> bool:
        slot = table.slot(now)
        if last is None:
            await self._open(job, slot)
            return False
        if last <= slot:
            self._ahead.pop(job.name, None)
            return last < slot and await self._fire(job, last, slot)
        known, since = self._ahead.get(job.name, (None, 0.0))
        monotonic = self._kernel.clock.monotonic()
        if known != last:
            self._ahead[job.name] = (last, monotonic)
            return False
        if monotonic - since < (table.next(slot) - slot).total_seconds():
            return False
        return await self._fire(job, last, slot)

    async def _open(self, job: Job, slot: datetime) -> None:
        """A schedule seen for the first time fires from its next slot on."""
        try:
            async with self._kernel.db.work(None) as work:
                await self._store.open_slot(work, job.name, slot)
        except IntegrityError:
            log.info("another process opened the schedule %s", job.name)

    async def _fire(self, job: Job, last: datetime, slot: datetime) -> bool:
        async with self._kernel.db.work(None) as work:
            mine = await self._store.move_slot(work, job.name, last, slot)
            if mine:
                order = JobOrder(uuid7(), job.name, queue=job.queue, max_attempts=job.max_attempts)
                self._kernel.service("job_queue").put(work, order)
        return mine
