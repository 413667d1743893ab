"""What people may be allowed to do with accounts."""

from __future__ import annotations

from crm_kernel.contributions import Permission
from crm_kernel.text import messages

_ = messages("account")

MANAGE = "account.manage"
TOKENS = "account.tokens"

PERMISSIONS = (
    Permission(MANAGE, _("manage accounts and applications")),
    Permission(TOKENS, _("make tokens for programs")),
)
