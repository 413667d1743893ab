"""What the records room brings: each group of files declares its part in a `declarations` module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_kernel.contributions import (
    Command,
    Dictionary,
    Entity,
    EventType,
    Job,
    Manifest,
    MenuItem,
    NotificationType,
    Offer,
    Permission,
    RoleGrant,
    Setting,
)
from crm_kernel.dal.sharing import name_records
from crm_kernel.hookspecs import hookimpl
from crm_kernel.records import declarations as heart
from crm_kernel.records.attachments import declarations as attachments
from crm_kernel.records.events import record_events
from crm_kernel.records.exports import declarations as exports
from crm_kernel.records.imports import declarations as imports
from crm_kernel.records.notes import declarations as notes
from crm_kernel.records.presence import declarations as presence
from crm_kernel.records.tasks import declarations as tasks
from crm_kernel.records.timeline import declarations as timeline
from crm_kernel.records.views import declarations as views
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

PARTS = (heart, timeline, notes, tasks, attachments, views, presence, imports, exports)


def _all(name: str) -> list[Any]:
    return [value for part in PARTS for value in getattr(part, name, ())]


@hookimpl
def manifest() -> Manifest:
    return Manifest("records", _("Records"), "0.1.0")


@hookimpl
def register_settings() -> list[Setting]:
    return _all("SETTINGS")


@hookimpl
def register_models() -> list[type[Any]]:
    return _all("MODELS")


@hookimpl
def register_permissions() -> list[Permission]:
    return _all("PERMISSIONS")


@hookimpl
def register_roles() -> list[RoleGrant]:
    return _all("ROLES")


@hookimpl
def register_services() -> list[Offer]:
    return _all("OFFERS")


@hookimpl
def register_menu() -> list[MenuItem]:
    return _all("MENU")


@hookimpl
def register_events() -> list[EventType]:
    return _all("EVENTS")


@hookimpl
def register_jobs() -> list[Job]:
    return _all("JOBS")


@hookimpl
def register_dictionaries() -> list[Dictionary]:
    return _all("DICTIONARIES")


@hookimpl
def register_notifications() -> list[NotificationType]:
    return _all("NOTIFICATIONS")


@hookimpl
def register_commands() -> list[Command]:
    return _all("COMMANDS")


@hookimpl
async def startup(kernel: Kernel) -> None:
    for entity in kernel.registry.of(Entity):
        name_records(entity.model, entity.name, entity.permission("view"))
    kernel.registry.add("records", record_events(kernel))
