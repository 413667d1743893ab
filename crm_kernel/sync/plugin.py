"""What the room of synchronisation brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.contributions import Job, Manifest, MenuItem, Offer, Permission, Setting
from crm_kernel.hookspecs import hookimpl
from crm_kernel.sync import source_file
from crm_kernel.sync.ledger import Ledger
from crm_kernel.sync.models import SyncBatch, SyncIdentity, SyncReject, SyncSource
from crm_kernel.sync.permissions import MANAGE, PERMISSIONS
from crm_kernel.sync.reading import begin_due, read_place
from crm_kernel.sync.service import SyncService
from crm_kernel.sync.sources import SourceService
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("sync", _("Synchronisation"), "0.1.0")


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return (SyncIdentity, SyncBatch, SyncReject, SyncSource)


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def register_services() -> Sequence[Offer]:
    return (
        Offer("sync", SyncService),
        Offer("sync_ledger", Ledger),
        Offer("sync_sources", SourceService),
    )


@hookimpl
def register_settings() -> Sequence[Setting]:
    return (
        Setting("CRM_SYNC_FOLDERS", _("folders below which files of other systems may be read"), ""),
        Setting("CRM_SYNC_SOURCES", _("a TOML file that says what is read from where"), ""),
    )


@hookimpl
def register_menu() -> Sequence[MenuItem]:
    group = _("Administration")
    return (
        MenuItem(_("Synchronisation"), "/admin/sync", MANAGE, "arrows-exchange", group, 950, badge=_faults),
    )


async def _faults(kernel: Kernel, actor: Actor) -> int:
    count: int = await kernel.service("sync_ledger").faults(actor)
    return count


@hookimpl
def register_jobs() -> Sequence[Job]:
    return (
        Job("sync.tidy", _tidy, _("Forget old deliveries"), cron="50 19 * * *"),
        Job("sync.due", _due, _("See which sources are to be read"), every=timedelta(minutes=1)),
        Job("sync.read", _read, _("Read a source"), max_attempts=1),
    )


async def _due(kernel: Kernel) -> None:
    await begin_due(kernel)


async def _read(kernel: Kernel, source_id: str) -> None:
    await read_place(kernel, UUID(source_id))


async def _tidy(kernel: Kernel) -> None:
    await kernel.service("sync_ledger").tidy()


@hookimpl
async def startup(kernel: Kernel) -> None:
    await source_file.load(kernel)
