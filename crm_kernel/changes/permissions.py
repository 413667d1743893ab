"""Who may follow the changes of records."""

from __future__ import annotations

from crm_kernel.contributions import Permission
from crm_kernel.text import messages

_ = messages("kernel")

READ = "changes.read"

PERMISSIONS = (Permission(READ, _("follow the changes of records")),)
