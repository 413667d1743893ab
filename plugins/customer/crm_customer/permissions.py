"""Rights of this module beyond those every record has, and who holds them from the first day."""

from __future__ import annotations

from crm_kernel.actor import Scope
from crm_kernel.contributions import Permission, RoleGrant
from crm_kernel.text import messages

_ = messages("customer")

FINANCE = "customer.see_finance"

PERMISSIONS = (Permission(FINANCE, _("see bank and loan data of customers")),)

ROLES = tuple(RoleGrant(role, FINANCE, Scope.DEALERSHIP) for role in ("general_manager", "sales_manager"))
