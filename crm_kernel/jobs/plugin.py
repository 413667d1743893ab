"""What the jobs room brings: the queue, its table, and the right to mend it."""

from __future__ import annotations

from typing import Any

from crm_kernel.contributions import Job, Manifest, MenuItem, Offer, Permission, Setting
from crm_kernel.hookspecs import hookimpl
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("jobs", _("Jobs"), "0.1.0")


@hookimpl
def register_settings() -> list[Setting]:
    label = _("name of our queue at the broker, where several products share one")
    return [Setting("CRM_BROKER_QUEUE", label, "crm_jobs")]


@hookimpl
def register_models() -> list[type[Any]]:
    from crm_kernel.jobs.models import JobProgress, JobSchedule, JobWorker, QueuedJob

    return [QueuedJob, JobWorker, JobSchedule, JobProgress]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission("jobs.manage", _("see and mend background jobs"))]


@hookimpl
def register_services() -> list[Offer]:
    return [Offer("jobs", _service), Offer("job_queue", _queue)]


def _service(kernel: Kernel) -> object:
    from crm_kernel.jobs.service import JobService

    return JobService(kernel)


def _queue(kernel: Kernel) -> object:
    from crm_kernel.jobs.queue import SqlQueue

    return SqlQueue(kernel)


@hookimpl
def register_menu() -> list[MenuItem]:
    return [
        MenuItem(_("Background work"), "/admin/jobs", "jobs.manage", "clock-play", _("Administration"), 960)
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("jobs.tidy", _tidy, _("Forget the progress of old work"), cron="40 19 * * *")]


async def _tidy(kernel: Kernel) -> None:
    await kernel.service("jobs").tidy()
