"""What the event log brings: its tables, and the right to mend subscribers."""

from __future__ import annotations

from typing import Any

from crm_kernel.contributions import Manifest, Offer, Permission
from crm_kernel.hookspecs import hookimpl
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("events", _("Events"), "0.1.0")


@hookimpl
def register_models() -> list[type[Any]]:
    from crm_kernel.events.models import Cursor, Event, Head

    return [Event, Head, Cursor]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission("events.manage", _("see and mend event subscribers"))]


@hookimpl
def register_services() -> list[Offer]:
    return [Offer("subscriptions", _service)]


def _service(kernel: Kernel) -> object:
    from crm_kernel.events.service import SubscriptionService

    return SubscriptionService(kernel)


@hookimpl
async def startup(kernel: Kernel) -> None:
    from crm_kernel.events.dispatcher import Dispatcher

    await Dispatcher(kernel).prepare()
