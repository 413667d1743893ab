"""What the mail room brings: mailboxes read for the modules, a page for them, the right to set them up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from crm_kernel.actor import Scope
from crm_kernel.contributions import Job, Manifest, MenuItem, Offer, Permission, RoleGrant, Setting
from crm_kernel.hookspecs import hookimpl
from crm_kernel.kernel import Kernel
from crm_kernel.mail.models import Mailbox, MailReceipt
from crm_kernel.mail.permissions import MANAGE, PERMISSIONS
from crm_kernel.mail.service import MailboxService
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("mail", _("Mailboxes"), "0.1.0", requires=("outbound", "records"))


@hookimpl
def register_settings() -> Sequence[Setting]:
    return (
        Setting("CRM_MAIL_MB", _("Largest message read from a mailbox, in megabytes"), 25),
        Setting("CRM_MAIL_CA", _("file of further certificate authorities for mail servers"), ""),
    )


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return (Mailbox, MailReceipt)


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def register_roles() -> Sequence[RoleGrant]:
    return (RoleGrant("administrator", MANAGE, Scope.DEALERSHIP),)


@hookimpl
def register_services() -> Sequence[Offer]:
    return (Offer("mailboxes", MailboxService),)


@hookimpl
def register_menu() -> Sequence[MenuItem]:
    return (MenuItem(_("Mailboxes"), "/admin/mailboxes", MANAGE, "mail", _("Administration"), 957),)


@hookimpl
def register_jobs() -> Sequence[Job]:
    return (
        Job("mail.poll", _poll, _("Read mailboxes"), every=timedelta(minutes=1), max_attempts=1),
        Job("mail.tidy", _tidy, _("Forget senders of old messages"), cron="45 19 * * *"),
    )


async def _poll(kernel: Kernel) -> None:
    await kernel.service("mailboxes").poll()


async def _tidy(kernel: Kernel) -> None:
    await kernel.service("mailboxes").tidy()
