"""Who may call people from their records."""

from __future__ import annotations

from crm_kernel.actor import Scope
from crm_kernel.contributions import Permission, RoleGrant
from crm_kernel.text import messages

_ = messages("kernel")

CALL = "telephone.call"

PERMISSIONS = (Permission(CALL, _("call people from their records; the number stays masked")),)
CALLING = (
    "general_manager",
    "customer_service_supervisor",
    "service_agent",
    "service_advisor",
    "sales_manager",
)
ROLES = (
    *(RoleGrant(role, CALL, Scope.DEALERSHIP) for role in CALLING),
    RoleGrant("sales_consultant", CALL, Scope.OWN),
)
