"""What the room of webhooks brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_kernel.contributions import EventType, Job, Manifest, MenuItem, Offer, Permission
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages
from crm_kernel.webhooks.courier import Courier
from crm_kernel.webhooks.events import EVENTS
from crm_kernel.webhooks.models import WebhookDelivery, WebhookEndpoint
from crm_kernel.webhooks.permissions import MANAGE, PERMISSIONS
from crm_kernel.webhooks.service import WebhookService

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("webhooks", _("Webhooks"), "0.1.0", requires=("events", "outbound"))


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return (WebhookEndpoint, WebhookDelivery)


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def register_services() -> Sequence[Offer]:
    return (Offer("webhooks", WebhookService),)


@hookimpl
def register_events() -> Sequence[EventType]:
    return EVENTS


@hookimpl
def register_menu() -> Sequence[MenuItem]:
    group = _("Administration")
    return (MenuItem(_("Webhooks"), "/admin/webhooks", MANAGE, "webhook", group, 955, badge=_dead),)


async def _dead(kernel: Kernel, actor: Actor) -> int:
    count: int = await kernel.service("webhooks").dead(actor)
    return count


@hookimpl
def register_jobs() -> Sequence[Job]:
    return (Job("webhooks.tidy", _tidy, _("Forget old deliveries of webhooks"), cron="55 19 * * *"),)


async def _tidy(kernel: Kernel) -> None:
    await kernel.service("webhooks").tidy()


@hookimpl
async def startup(kernel: Kernel) -> None:
    kernel.events.followers["webhooks"] = Courier(kernel)
