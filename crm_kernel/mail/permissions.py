"""Who may say which mailboxes are read."""

from __future__ import annotations

from crm_kernel.contributions import Permission
from crm_kernel.text import messages

_ = messages("kernel")

MANAGE = "mailboxes.manage"

PERMISSIONS = (Permission(MANAGE, _("set up mailboxes, and see what became of their messages")),)
