"""What administrators may be allowed to do."""

from __future__ import annotations

from crm_kernel.contributions import Permission
from crm_kernel.text import messages

_ = messages("kernel")

ACCESS_MANAGE = "access.manage"
ORGANISATION_MANAGE = "organisation.manage"
MODULES_MANAGE = "modules.manage"
SHARING_MANAGE = "sharing.manage"

PERMISSIONS = (
    Permission(ACCESS_MANAGE, _("manage roles and who holds them")),
    Permission(ORGANISATION_MANAGE, _("manage dealerships, departments, teams and staff")),
    Permission(MODULES_MANAGE, _("switch modules on and off")),
    Permission(SHARING_MANAGE, _("manage sharing between dealerships")),
)
