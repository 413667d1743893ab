"""The complaint module: from the first angry call to a satisfied customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_complaint import declarations, dossier, entities, events, figures, flows, jobs, models, panels
from crm_complaint.demo import DEMO_DATA
from crm_complaint.dictionaries import DICTIONARIES
from crm_complaint.permissions import PERMISSIONS, ROLES
from crm_complaint.service import blockers, mail, personal_data
from crm_kernel import contributions as c
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")


@hookimpl
def manifest() -> c.Manifest:
    return c.Manifest(
        "complaint",
        _("Complaints"),
        "0.1.0",
        kernel=">=0.1,<0.2",
        description=_("Complaints with their loop, clocks and compensation, and customers' suggestions."),
        icon="message-report",
    )


@hookimpl
def register_models() -> Sequence[type[models.Base]]:
    return models.MODELS


@hookimpl
def register_migrations() -> c.Migrations:
    return c.Migrations("crm_complaint.migrations")


@hookimpl
def register_permissions() -> Sequence[c.Permission]:
    return PERMISSIONS


@hookimpl
def register_roles() -> Sequence[c.RoleGrant]:
    return ROLES


@hookimpl
def register_services() -> Sequence[c.Offer | c.Ask]:
    return declarations.OFFERS


@hookimpl
def register_entities() -> Sequence[c.Entity]:
    return entities.ENTITIES


@hookimpl
def register_flows() -> Sequence[c.Flow | c.ApprovalKind]:
    return flows.FLOWS


@hookimpl
def register_routes(kernel: Kernel) -> Sequence[Any]:
    from crm_complaint.routes import routes

    return routes(kernel)


@hookimpl
def register_pages(kernel: Kernel) -> Sequence[Any]:
    from crm_complaint import problem_pages
    from crm_complaint.pages import pages

    return [*pages(kernel), *problem_pages.handlers(kernel)]


@hookimpl
def register_jobs() -> Sequence[c.Job]:
    return (*declarations.JOBS, *jobs.JOBS)


@hookimpl
def register_mail_takers() -> Sequence[c.MailTaker]:
    return mail.TAKERS


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
def register_dossiers() -> Sequence[c.DossierSection]:
    return dossier.SECTIONS


@hookimpl
def register_reports() -> Sequence[c.Report]:
    return figures.REPORTS


@hookimpl
def register_personal_data() -> Sequence[c.PersonalData]:
    return personal_data.PERSONAL_DATA


@hookimpl
def register_demo_data() -> Sequence[c.DemoData]:
    return DEMO_DATA
