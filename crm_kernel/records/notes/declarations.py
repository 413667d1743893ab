"""What notes bring to the records room."""

from __future__ import annotations

from crm_kernel.actor import Scope
from crm_kernel.contributions import Offer, Permission, RoleGrant
from crm_kernel.records.notes.events import EVENTS
from crm_kernel.records.notes.kinds import OUTCOMES
from crm_kernel.records.notes.models import Note
from crm_kernel.records.notes.service import Notes
from crm_kernel.text import messages

_ = messages("kernel")

MODELS = (Note,)
PERMISSIONS = (
    Permission("notes.view", _("Notes: view")),
    Permission("notes.create", _("Notes: add")),
    Permission("notes.change", _("Notes: change")),
    Permission("notes.delete", _("Notes: delete")),
)
OFFERS = (Offer("notes", Notes),)
DICTIONARIES = (OUTCOMES,)

_LEADERS = ("general_manager", "customer_service_supervisor", "sales_manager")
_STAFF = ("service_agent", "service_advisor", "sales_consultant", "marketing")
ROLES = (
    *(
        RoleGrant(role, f"notes.{verb}", Scope.DEALERSHIP)
        for role in (*_LEADERS, *_STAFF)
        for verb in ("view", "create")
    ),
    *(
        RoleGrant(role, f"notes.{verb}", Scope.DEALERSHIP)
        for role in _LEADERS
        for verb in ("change", "delete")
    ),
    *(RoleGrant(role, f"notes.{verb}", Scope.OWN) for role in _STAFF for verb in ("change", "delete")),
)
__all__ = ["DICTIONARIES", "EVENTS", "MODELS", "OFFERS", "PERMISSIONS", "ROLES"]
