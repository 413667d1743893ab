"""What the administration room brings."""

from __future__ import annotations

from collections.abc import Sequence

from crm_kernel.administration.changes import EVENT
from crm_kernel.administration.explain import EXPLAIN_USE, Explainer
from crm_kernel.administration.permissions import (
    ACCESS_MANAGE,
    MODULES_MANAGE,
    ORGANISATION_MANAGE,
    PERMISSIONS,
    SHARING_MANAGE,
)
from crm_kernel.administration.receivers import SYNC_KINDS
from crm_kernel.administration.roles import RoleService
from crm_kernel.administration.sharing import SharingService
from crm_kernel.administration.staff import OrganisationService
from crm_kernel.contributions import EventType, Manifest, MenuItem, Offer, Permission, SyncKind
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("administration", _("Administration"), "0.1.0", requires=("access",))


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return (*PERMISSIONS, Permission(EXPLAIN_USE, _("ask why somebody may see or do something")))


@hookimpl
def register_events() -> Sequence[EventType]:
    return (EVENT,)


@hookimpl
def register_services() -> Sequence[Offer]:
    return (
        Offer("policy", RoleService),
        Offer("organisation", OrganisationService),
        Offer("sharing", SharingService),
        Offer("explain", Explainer),
    )


@hookimpl
def register_sync_kinds() -> Sequence[SyncKind]:
    return SYNC_KINDS


@hookimpl
def register_menu() -> Sequence[MenuItem]:
    return (
        MenuItem(
            _("Organisation and staff"),
            "/admin/organisation",
            ORGANISATION_MANAGE,
            "sitemap",
            _("Administration"),
            900,
        ),
        MenuItem(
            _("Roles and rights"), "/admin/roles", ACCESS_MANAGE, "shield-lock", _("Administration"), 910
        ),
        MenuItem(
            _("Sharing in the group"), "/admin/sharing", SHARING_MANAGE, "share", _("Administration"), 915
        ),
        MenuItem(_("Explain rights"), "/admin/explain", EXPLAIN_USE, "help-circle", _("Administration"), 920),
        MenuItem(_("Modules"), "/admin/modules", MODULES_MANAGE, "puzzle", _("Administration"), 925),
    )
