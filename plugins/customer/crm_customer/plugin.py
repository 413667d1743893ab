"""The customer module: customers, their vehicles, and the visits mirrored from the dealer system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_customer import declarations, entities, events, imports, models, panels, permissions
from crm_customer.demo import DEMO_DATA
from crm_customer.dictionaries import DICTIONARIES
from crm_customer.service import blockers, personal_data
from crm_kernel import contributions as c
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")


@hookimpl
def manifest() -> c.Manifest:
    return c.Manifest(
        "customer",
        _("Customers"),
        "0.1.0",
        kernel=">=0.1,<0.2",
        description=_(
            "Customers and prospects, their vehicles, and the visits mirrored from the dealer system."
        ),
        icon="users",
    )


@hookimpl
def register_models() -> Sequence[type[models.Base]]:
    return models.MODELS


@hookimpl
def register_migrations() -> c.Migrations:
    return c.Migrations("crm_customer.migrations")


@hookimpl
def register_permissions() -> Sequence[c.Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_roles() -> Sequence[c.RoleGrant]:
    return permissions.ROLES


@hookimpl
def register_services() -> Sequence[c.Offer | c.Ask]:
    return declarations.OFFERS


@hookimpl
def register_entities() -> Sequence[c.Entity]:
    return entities.ENTITIES


@hookimpl
def register_routes(kernel: Kernel) -> Sequence[Any]:
    from crm_customer.routes import routes

    return routes(kernel)


@hookimpl
def register_pages(kernel: Kernel) -> Sequence[Any]:
    from crm_customer.pages import pages

    return pages(kernel)


@hookimpl
def register_menu() -> Sequence[c.MenuItem]:
    return declarations.MENU


@hookimpl
def register_slots() -> Sequence[c.Slot]:
    return declarations.SLOTS


@hookimpl
def register_panels() -> Sequence[c.Panel]:
    return panels.PANELS


@hookimpl
def register_events() -> Sequence[c.EventType]:
    return events.EVENTS


@hookimpl
def register_subscriptions() -> Sequence[c.Subscription]:
    return declarations.SUBSCRIPTIONS


@hookimpl
def register_dictionaries() -> Sequence[c.Dictionary]:
    return DICTIONARIES


@hookimpl
def register_blockers() -> Sequence[c.Blocker]:
    return blockers.BLOCKERS


@hookimpl
def register_links() -> Sequence[c.Link]:
    return declarations.LINKS


@hookimpl
def register_notifications() -> Sequence[c.NotificationType]:
    return declarations.NOTIFICATIONS


@hookimpl
def register_search() -> Sequence[c.SearchAction]:
    return declarations.SEARCH


@hookimpl
def register_importers() -> Sequence[c.Importer]:
    return imports.IMPORTERS


@hookimpl
def register_sync_kinds() -> Sequence[c.SyncKind]:
    return imports.SYNC_KINDS


@hookimpl
def register_personal_data() -> Sequence[c.PersonalData]:
    return personal_data.PERSONAL_DATA


@hookimpl
def register_demo_data() -> Sequence[c.DemoData]:
    return DEMO_DATA
