"""What the notifications room brings: inboxes, and the ports by which words leave the house."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_kernel.contributions import Job, Manifest, Offer
from crm_kernel.hookspecs import hookimpl
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("notifications", _("Notifications"), "0.1.0", requires=("jobs",))


@hookimpl
def register_models() -> list[type[Any]]:
    from crm_kernel.notifications.models import (
        Notification,
        NotificationDelivery,
        NotificationPreference,
    )

    return [Notification, NotificationDelivery, NotificationPreference]


@hookimpl
def register_services() -> list[Offer]:
    return [
        Offer("notifications", _service),
        Offer("mailer", _no_mailer),
        Offer("sms", _no_sms),
    ]


def _service(kernel: Kernel) -> object:
    from crm_kernel.notifications.service import NotificationService

    return NotificationService(kernel)


def _no_mailer(_kernel: Kernel) -> object:
    from crm_kernel.notifications.ports import NoMailer

    return NoMailer()


def _no_sms(_kernel: Kernel) -> object:
    from crm_kernel.notifications.ports import NoSms

    return NoSms()


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("notifications.deliver", _deliver, _("Send a notification by mail or SMS"), max_attempts=6),
        Job("notifications.tidy", _tidy, _("Forget old notifications"), every=timedelta(days=1)),
    ]


async def _deliver(kernel: Kernel, delivery_id: str) -> None:
    from crm_kernel.notifications.delivery import deliver

    await deliver(kernel, delivery_id)


async def _tidy(kernel: Kernel) -> None:
    await kernel.service("notifications").tidy()
