"""What saved views bring to the records room."""

from __future__ import annotations

from crm_kernel.actor import Scope
from crm_kernel.contributions import Offer, RoleGrant
from crm_kernel.records.views.models import SavedView
from crm_kernel.records.views.service import SHARE, Views

MODELS = (SavedView,)
PERMISSIONS = (SHARE,)
OFFERS = (Offer("views", Views),)
ROLES = tuple(
    RoleGrant(role, SHARE.name, Scope.DEALERSHIP)
    for role in ("general_manager", "customer_service_supervisor", "sales_manager")
)
