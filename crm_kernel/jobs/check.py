"""What `crm check` says about jobs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from crm_kernel.contributions import Job
from crm_kernel.jobs.brokers import needed_package
from crm_kernel.jobs.scheduler import Timetable
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


def findings(kernel: Kernel) -> list[Text]:
    """One line for each timetable nobody can read, and for a broker that cannot be used."""
    found: list[Text] = []
    for job in kernel.registry.of(Job):
        try:
            Timetable.of(job)
        except ValueError as fault:
            found.append(
                _("The job {name} has a timetable nobody can read: {fault}")(name=job.name, fault=fault)
            )
    url = kernel.settings.broker_url
    if url:
        package = needed_package(url)
        if package is None:
            found.append(_("CRM_BROKER_URL must begin with redis://, amqp:// or nats://."))
        elif find_spec(package) is None:
            found.append(_("CRM_BROKER_URL needs the package {package}.")(package=package.replace("_", "-")))
    return found
