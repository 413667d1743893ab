"""What the product adds to the kernel: accounts and the identity of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_kernel.actor import Actor
from crm_kernel.contributions import EventType, Manifest, MenuItem, Migrations, Offer, Permission, Setting
from crm_kernel.hookspecs import hookimpl
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_standalone import channels
from crm_standalone.accounts.applications import ApplicationService
from crm_standalone.accounts.events import EVENTS
from crm_standalone.accounts.models import MODELS
from crm_standalone.accounts.passwords import Passwords
from crm_standalone.accounts.permissions import MANAGE, PERMISSIONS
from crm_standalone.accounts.room import SETTINGS
from crm_standalone.accounts.service import AccountService
from crm_standalone.identity import IdentityService
from crm_standalone.pages.profile_menu import ProfileMenu

_ = messages("account")


@hookimpl
def manifest() -> Manifest:
    return Manifest("account", _("Accounts"), "0.1.0", switchable=False)


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return MODELS


@hookimpl
def register_migrations() -> Migrations:
    return Migrations("crm_standalone.migrations")


@hookimpl
def register_settings() -> Sequence[Setting]:
    return (*SETTINGS, *channels.SETTINGS)


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def register_events() -> Sequence[EventType]:
    return EVENTS


@hookimpl
def register_services() -> Sequence[Offer]:
    return (
        Offer("passwords", lambda kernel: Passwords()),
        Offer("accounts", AccountService),
        Offer("applications", ApplicationService),
        Offer("identity", IdentityService),
        Offer("profile_menu", ProfileMenu),
    )


@hookimpl
def register_menu() -> Sequence[MenuItem]:
    administration = _("Administration")
    return (
        MenuItem(_("Accounts"), "/admin/accounts", MANAGE, "key", administration, 905),
        MenuItem(
            _("Account applications"),
            "/admin/applications",
            MANAGE,
            "user-check",
            administration,
            906,
            badge=waiting,
        ),
    )


async def waiting(kernel: Kernel, actor: Actor) -> int:
    """Applications that nobody has decided."""
    applications: ApplicationService = kernel.service("applications")
    return len(await applications.applications(actor))
