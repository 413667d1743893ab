"""What hangs on a record and goes when it is purged or its person is erased."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crm_kernel.dal.base import Record
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.attachments import store as attachments
from crm_kernel.records.notes import store as notes
from crm_kernel.records.tasks import store as tasks
from crm_kernel.records.timeline import store as timeline

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


async def forget(kernel: Kernel, work: UnitOfWork, entity: str, record: Record) -> None:
    """Remove the notes, tasks, attachments and timeline of a record; its files once the commit stands."""
    for store in (notes, tasks, timeline):
        await store.forget_record(work, record.dealership_id, entity, record.id)
    for key in await attachments.forget_record(work, record.dealership_id, entity, record.id):
        work.after_commit(partial(kernel.service("file_store").remove, key))
