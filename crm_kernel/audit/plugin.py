"""What the audit room brings: two logs, the right to read them, their sealer, verification and clearing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_kernel.actor import Scope
from crm_kernel.contributions import (
    Job,
    Manifest,
    MenuItem,
    NotificationType,
    Offer,
    Permission,
    RoleGrant,
    Setting,
)
from crm_kernel.hookspecs import hookimpl
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("audit", _("Audit"), "0.1.0")


@hookimpl
def register_settings() -> list[Setting]:
    return [Setting("CRM_AUDIT_ACCESS_DAYS", _("days for which the access log is kept (at least 184)"), 400)]


@hookimpl
def register_models() -> list[type[Any]]:
    from crm_kernel.audit import models as m

    return [m.AuditChange, m.AuditRow, m.AuditKey, m.AuditAccess, m.AuditHead, m.AuditCheck]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission("audit.view", _("read the change log and the access log"))]


@hookimpl
def register_notifications() -> list[NotificationType]:
    from crm_kernel.audit.integrity import BROKEN

    return [BROKEN]


@hookimpl
def register_roles() -> list[RoleGrant]:
    return [RoleGrant("administrator", "audit.view", Scope.DEALERSHIP)]


@hookimpl
def register_services() -> list[Offer]:
    return [Offer("audit", _service), Offer("audit_chain", _chain)]


def _service(kernel: Kernel) -> object:
    from crm_kernel.audit.service import AuditService

    return AuditService(kernel)


def _chain(kernel: Kernel) -> object:
    from crm_kernel.audit.integrity import ChainService

    return ChainService(kernel)


@hookimpl
def register_menu() -> list[MenuItem]:
    return [MenuItem(_("Audit"), "/admin/audit", "audit.view", "history", _("Administration"), 950)]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("audit.seal", _seal, _("Seal new entries of the audit"), every=timedelta(seconds=30)),
        Job("audit.verify", _verify, _("Verify the audit"), cron="5 19 * * *", max_attempts=1),
        Job("audit.prune", _prune, _("Remove old entries of the access log"), cron="20 19 * * *"),
    ]


async def _seal(kernel: Kernel) -> None:
    await kernel.service("audit_chain").seal()


async def _verify(kernel: Kernel) -> None:
    await kernel.service("audit_chain").verify()


async def _prune(kernel: Kernel) -> None:
    await kernel.service("audit").prune()


@hookimpl
async def shutdown(kernel: Kernel) -> None:
    await kernel.service("audit").flush()
    await kernel.service("audit_chain").seal_before_stopping()
