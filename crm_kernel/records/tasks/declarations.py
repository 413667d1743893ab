"""What tasks bring to the records room."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crm_kernel.actor import Actor, Scope
from crm_kernel.contributions import Job, MenuItem, Offer, Permission, RoleGrant
from crm_kernel.records.tasks.events import EVENTS, NOTIFICATIONS
from crm_kernel.records.tasks.models import Task
from crm_kernel.records.tasks.service import Tasks
from crm_kernel.records.tasks.telling import remind
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


async def _overdue(kernel: Kernel, actor: Actor) -> int:
    return int(await kernel.service("tasks").overdue(actor))


MODELS = (Task,)
PERMISSIONS = (
    Permission("tasks.view", _("Tasks: view")),
    Permission("tasks.create", _("Tasks: add")),
    Permission("tasks.change", _("Tasks: change")),
    Permission("tasks.delete", _("Tasks: delete")),
)
OFFERS = (Offer("tasks", Tasks),)
MENU = (MenuItem(_("Tasks"), "/tasks", "tasks.view", "checkbox", order=5, badge=_overdue),)
JOBS = (Job("tasks.remind", remind, _("Remind people of tasks"), every=timedelta(minutes=1)),)

_LEADERS = ("general_manager", "customer_service_supervisor", "sales_manager")
_STAFF = ("service_agent", "service_advisor", "sales_consultant", "marketing")
ROLES = (
    *(
        RoleGrant(role, f"tasks.{verb}", Scope.DEALERSHIP)
        for role in _LEADERS
        for verb in ("view", "create", "change", "delete")
    ),
    *(RoleGrant(role, f"tasks.{verb}", Scope.TEAM) for role in _STAFF for verb in ("view", "create")),
    *(RoleGrant(role, f"tasks.{verb}", Scope.OWN) for role in _STAFF for verb in ("change", "delete")),
)
__all__ = ["EVENTS", "JOBS", "MENU", "MODELS", "NOTIFICATIONS", "OFFERS", "PERMISSIONS", "ROLES"]
