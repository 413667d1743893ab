"""Rights of this module beyond those every record has, and who holds them from the first day."""

from __future__ import annotations

from crm_kernel.actor import Scope
from crm_kernel.contributions import Permission, RoleGrant
from crm_kernel.text import messages

_ = messages("complaint")

ASSIGN = "complaint.assign"
HANDLE = "complaint.handle"
FOLLOW_UP = "complaint.follow_up"
REOPEN = "complaint.reopen"
FORCE_CLOSE = "complaint.force_close"
COMPENSATE = "complaint.compensate"
FIGURES = "complaint.figures"
WEB_FORM = "complaint.web_form"

PERMISSIONS = (
    Permission(ASSIGN, _("assign complaints")),
    Permission(HANDLE, _("investigate and solve complaints")),
    Permission(FOLLOW_UP, _("ask whether the customer is satisfied")),
    Permission(REOPEN, _("open closed complaints again")),
    Permission(FORCE_CLOSE, _("close a complaint without satisfaction")),
    Permission(COMPENSATE, _("ask for and decide compensation")),
    Permission(FIGURES, _("see the figures of complaints")),
    Permission(WEB_FORM, _("switch the web form for complaints")),
)

_LEADERS = ("general_manager", "customer_service_supervisor")
_HANDLERS = ("service_advisor", "sales_manager", "sales_consultant")
ROLES = (
    RoleGrant("general_manager", FORCE_CLOSE, Scope.DEALERSHIP),
    RoleGrant("administrator", WEB_FORM, Scope.DEALERSHIP),
    *(
        RoleGrant(role, permission, Scope.DEALERSHIP)
        for role in _LEADERS
        for permission in (ASSIGN, HANDLE, FOLLOW_UP, REOPEN, COMPENSATE, FIGURES, WEB_FORM)
    ),
    *(RoleGrant("service_agent", one, Scope.DEALERSHIP) for one in (ASSIGN, HANDLE, FOLLOW_UP, COMPENSATE)),
    *(RoleGrant(role, one, Scope.OWN) for role in _HANDLERS for one in (HANDLE, COMPENSATE)),
)
