"""The default queue: the kernel's own database, so that a job is enqueued in the business transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from crm_kernel.access.permitted import public
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.jobs.port import JobOrder
from crm_kernel.jobs.store import JobStore

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

FACT = "jobs"


class SqlQueue:
    """The port `job_queue` over the table `crm_job`. Orders of one transaction are written together."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = JobStore(kernel.db)
        kernel.db.observe(self)

    @public
    def put(self, work: UnitOfWork, order: JobOrder) -> None:
        """Take an order. For services inside a unit of work, whose own permission covers it."""
        work.facts.setdefault(FACT, []).append(order)

    @public
    def flushing(self, work: UnitOfWork, session: Session) -> None:
        """Part of every unit of work; nothing to see before a flush."""

    @public
    async def committing(self, work: UnitOfWork) -> None:
        """Part of every unit of work: write its orders."""
        orders = work.facts.pop(FACT, None)
        if orders:
            await self._store.put(work, orders)
            work.after_commit(self._kernel.service("jobs").arrived.set)
