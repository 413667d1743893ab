"""Every hook a module may implement: each answers "what does a module bring?".

A hook is called once while the kernel boots and returns one type. Hooks carry no business verb: what a
module does at run time lives in the values it returns. Arguments may be added, never removed or reordered.
Implement them as functions of your `plugin` module, marked with `hookimpl`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pluggy

from crm_kernel import contributions as c

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

PROJECT = "crm_kernel"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def manifest() -> c.Manifest:  # type: ignore[empty-body]
    """Who you are: name, version, what you require. The only hook every plugin must implement."""


@hookspec
def register_settings() -> Sequence[c.Setting]:  # type: ignore[empty-body]
    """Settings you read; they appear in `crm check` and may be set by environment or file."""


@hookspec
def register_models() -> Sequence[type[Any]]:  # type: ignore[empty-body]
    """Your mapped classes, on a declarative base of your own over the shared `crm_kernel.dal.base.metadata`.

    Tables are named `crm_<plugin>_*`.
    """


@hookspec
def register_migrations() -> c.Migrations:  # type: ignore[empty-body]
    """Where your Alembic revisions lie. Without it your tables are created as declared, once."""


@hookspec
def register_permissions() -> Sequence[c.Permission]:  # type: ignore[empty-body]
    """Rights you check, named `<plugin>.<verb>`; those of your entities come by themselves."""


@hookspec
def register_roles() -> Sequence[c.RoleGrant]:  # type: ignore[empty-body]
    """Which preset roles may do what with you from the first day; administrators change it later."""


@hookspec
def register_services() -> Sequence[c.Offer | c.Ask]:  # type: ignore[empty-body]
    """Services you offer by name, and services of others you ask for by name."""


@hookspec
def register_entities() -> Sequence[c.Entity]:  # type: ignore[empty-body]
    """Your record types. Lists, forms, API, import, export, search and audit derive from them."""


@hookspec
def register_routes(kernel: Kernel) -> Sequence[Any]:  # type: ignore[empty-body]
    """Litestar route handlers or controllers under `/api/v1`; import the web inside the function."""


@hookspec
def register_pages(kernel: Kernel) -> Sequence[Any]:  # type: ignore[empty-body]
    """Litestar handlers that answer HTML; import the web inside the function."""


@hookspec
def register_menu() -> Sequence[c.MenuItem]:  # type: ignore[empty-body]
    """Entries of the side menu, each behind a permission, with an optional badge."""


@hookspec
def register_slots() -> Sequence[c.Slot]:  # type: ignore[empty-body]
    """Places on your pages that other modules may fill."""


@hookspec
def register_panels() -> Sequence[c.Panel]:  # type: ignore[empty-body]
    """What you show in other modules' slots. A panel that fails becomes an error card."""


@hookspec
def register_events() -> Sequence[c.EventType]:  # type: ignore[empty-body]
    """Events you publish, named `<plugin>.<past_tense>`, each with a complete example."""


@hookspec
def register_subscriptions() -> Sequence[c.Subscription]:  # type: ignore[empty-body]
    """Events you listen to; each listener has its own cursor and its own transaction."""


@hookspec
def register_jobs() -> Sequence[c.Job]:  # type: ignore[empty-body]
    """Background tasks and schedules. They may run twice: make them idempotent."""


@hookspec
def register_dictionaries() -> Sequence[c.Dictionary]:  # type: ignore[empty-body]
    """Editable code lists with presets."""


@hookspec
def register_flows() -> Sequence[c.Flow | c.ApprovalKind]:  # type: ignore[empty-body]
    """State machines your records go through, and the kinds of approval you ask for."""


@hookspec
def register_blockers() -> Sequence[c.Blocker]:  # type: ignore[empty-body]
    """Open business that forbids deleting a record, with count and link."""


@hookspec
def register_links() -> Sequence[c.Link]:  # type: ignore[empty-body]
    """Which of your columns point at a customer or vehicle, for merging."""


@hookspec
def register_notifications() -> Sequence[c.NotificationType]:  # type: ignore[empty-body]
    """What you tell people about, and by which channels unless they choose otherwise."""


@hookspec
def register_search() -> Sequence[c.SearchAction]:  # type: ignore[empty-body]
    """Pages and actions the search box offers; your records are found through their entities."""


@hookspec
def register_reports() -> Sequence[c.Report]:  # type: ignore[empty-body]
    """Figures: what is counted (or a query of your own), its permission and a chart.

    Those of one `page` stand on `/reports/<page>`, where your menu entry may lead.
    """


@hookspec
def register_dossiers() -> Sequence[c.DossierSection]:  # type: ignore[empty-body]
    """What you add to the file of a record: one PDF of everything said, done and decided.

    Of your own records, or of those of others.
    """


@hookspec
def register_importers() -> Sequence[c.Importer]:  # type: ignore[empty-body]
    """How rows of foreign files become your records, where the entity alone does not say it."""


@hookspec
def register_sync_kinds() -> Sequence[c.SyncKind]:  # type: ignore[empty-body]
    """Which of your records other systems may push by ids of their own, by request, reader or in process."""


@hookspec
def register_mail_takers() -> Sequence[c.MailTaker]:  # type: ignore[empty-body]
    """Who takes the messages of mailboxes: each begins one of your records, or joins the one it answers."""


@hookspec
def register_personal_data() -> Sequence[c.PersonalData]:  # type: ignore[empty-body]
    """Export and erase what you hold about one person."""


@hookspec
def register_commands() -> Sequence[c.Command]:  # type: ignore[empty-body]
    """Commands you add to the `crm` line."""


@hookspec
def register_demo_data() -> Sequence[c.DemoData]:  # type: ignore[empty-body]
    """What makes a demo dealership look alive."""


@hookspec
def actor_from_connection(kernel: Kernel) -> Any:
    """An async function (scope) -> Actor | None that recognises a person your host knows.

    Asked in boot order after the session and the token; the first actor wins.
    """


@hookspec
async def startup(kernel: Kernel) -> None:
    """After boot, in order of `requires`; with a deadline. Open what you need, start nothing that blocks."""


@hookspec
async def shutdown(kernel: Kernel) -> None:
    """Before the process ends, in reverse order; with a deadline."""
