"""What imports bring to the records room."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.contributions import Job, Offer
from crm_kernel.errors import Unauthenticated
from crm_kernel.jobs.context import current_job
from crm_kernel.records.imports.models import ImportMapping, ImportReject, ImportRun
from crm_kernel.records.imports.service import Imports
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


async def run(kernel: Kernel, run_id: str) -> None:
    """The job: carries an import on, with the rights its owner has now."""
    job = current_job()
    if job is None:
        raise Unauthenticated()
    await kernel.service("imports").carry_out(await job.actor(kernel), UUID(run_id))


MODELS = (ImportRun, ImportReject, ImportMapping)
OFFERS = (Offer("imports", Imports),)
JOBS = (Job("imports.run", run, _("Import a file")),)
