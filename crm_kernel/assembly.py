"""The whole house: the core together with its services, as every adapter boots it.

A host that wants the core alone calls `Kernel.boot` itself and loads nothing of what is named here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from crm_kernel.i18n import catalogues
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings

if TYPE_CHECKING:
    from crm_kernel.dal.migrate import MigrationReport

SERVICES = (
    "crm_kernel.access.plugin",
    "crm_kernel.administration.plugin",
    "crm_kernel.events.plugin",
    "crm_kernel.audit.plugin",
    "crm_kernel.jobs.plugin",
    "crm_kernel.notifications.plugin",
    "crm_kernel.outbound.plugin",
    "crm_kernel.records.plugin",
    "crm_kernel.telephone.plugin",
    "crm_kernel.changes.plugin",
    "crm_kernel.mail.plugin",
    "crm_kernel.sync.plugin",
    "crm_kernel.webhooks.plugin",
    "crm_kernel.flow.plugin",
    "crm_kernel.reports.plugin",
    "crm_kernel.dossier.plugin",
    "crm_kernel.web.plugin",
    "crm_kernel.ui.plugin",
)
"""The kernel's own services, in the form of plugins."""


def assemble(settings: Settings, *, overrides: Mapping[str, Any] | None = None, **options: Any) -> Kernel:
    """Boot the kernel with its services and every installed plugin that `settings.plugins` allows."""
    builtins = [import_module(name) for name in SERVICES]
    kernel = Kernel.boot(settings, builtins=builtins, overrides=overrides, **options)
    catalogues.add_plugins(kernel)
    return kernel


async def prepare(kernel: Kernel) -> Sequence[MigrationReport]:
    """Bring all tables up to date; the dealership `default` and the preset roles appear where missing."""
    reports = await kernel.upgrade()
    await furnish(kernel)
    return reports


async def furnish(kernel: Kernel) -> None:
    """What an upgraded database needs before anybody comes in: a dealership, the preset roles."""
    from crm_kernel.administration.presets import seed_presets
    from crm_kernel.administration.staff import ensure_default_dealership

    await ensure_default_dealership(kernel)
    await seed_presets(kernel)


async def lay_aside_pending(kernel: Kernel, needed: frozenset[str]) -> list[str]:
    """Quarantine the modules whose tables are not up to date, because a migration failed or has not run yet.

    Gives their names; those of `needed` alone, and nothing is laid aside, when they are among them.
    """
    from crm_kernel.dal.migrate import status_all

    waiting = [report.plugin for report in await status_all(kernel) if report.state in ("pending", "failed")]
    if needed & set(waiting):
        return [name for name in waiting if name in needed]
    for name in waiting:
        kernel.quarantine(name, "migration: its tables are not up to date")
    return waiting
