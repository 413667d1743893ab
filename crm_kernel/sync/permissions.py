"""Who may push records, look after deliveries, and say what is read from where."""

from __future__ import annotations

from crm_kernel.contributions import Permission
from crm_kernel.text import messages

_ = messages("kernel")

PUSH = "sync.push"
MANAGE = "sync.manage"
CONFIGURE = "sync.configure"

PERMISSIONS = (
    Permission(PUSH, _("push records from other systems")),
    Permission(MANAGE, _("see what other systems delivered, and take it again")),
    Permission(CONFIGURE, _("say which files, databases and addresses are read"), reserved=True),
)
"""Reading places reaches into the machine and the network, so that right is the super administrator's to
give."""
