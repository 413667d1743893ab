"""What people read for a role."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crm_kernel.access.models import Role
from crm_kernel.access.policy import SUPER
from crm_kernel.text import Text, messages

_ = messages("kernel")

PRESET_LABELS: Mapping[str, Text] = MappingProxyType(
    {
        SUPER: _("Super administrator"),
        "administrator": _("Administrator"),
        "general_manager": _("General manager"),
        "customer_service_supervisor": _("Customer service centre supervisor"),
        "service_agent": _("Service agent"),
        "service_advisor": _("Service advisor"),
        "sales_manager": _("Sales manager"),
        "sales_consultant": _("Sales consultant"),
        "marketing": _("Marketing"),
    }
)


def role_label(role: Role) -> Text | str:
    """An administrator's own label, else the product's."""
    return role.label or PRESET_LABELS.get(role.name) or role.name
