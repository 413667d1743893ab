"""A workshop that tells its people when a car is ready, and what leaves the house by mail and SMS."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from crm_kernel.contributions import Manifest, NotificationType
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

_ = messages("workshop")

READY = "workshop.car_ready"
TASK = "workshop.task"


@hookimpl
def manifest() -> Manifest:
    return Manifest("workshop", _("Workshop"), "1")


@hookimpl
def register_notifications() -> list[NotificationType]:
    return [
        NotificationType(READY, _("Car ready"), ("product", "mail", "sms")),
        NotificationType(TASK, _("Task")),
    ]


workshop: Any = SimpleNamespace(
    __name__="workshop", manifest=manifest, register_notifications=register_notifications
)


class Post:
    """A mailer and SMS sender that keeps what it is given, or fails as told."""

    ready = True

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.fault: BaseException | None = None

    async def send(self, message: Any) -> None:
        if self.fault is not None:
            raise self.fault
        self.sent.append(message)
