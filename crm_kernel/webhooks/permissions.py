"""Who may say where events go."""

from __future__ import annotations

from crm_kernel.contributions import Permission
from crm_kernel.text import messages

_ = messages("kernel")

MANAGE = "webhooks.manage"

PERMISSIONS = (Permission(MANAGE, _("say which systems are told of events, and see what reached them")),)
