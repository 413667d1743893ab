"""What the profile menu of the shell offers in the product."""

from __future__ import annotations

from typing import Any

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages

_ = messages("account")


class ProfileMenu:
    """Offered as `profile_menu`."""

    def __init__(self, kernel: Kernel) -> None:
        self._prefix = kernel.settings.prefix

    @public
    def items(self, actor: Actor) -> list[dict[str, Any]]:
        """Entries for this person; open, since each leads to his own account."""
        if actor.via != "session":
            return []
        return [{"label": translate(_("My account")), "url": f"{self._prefix}/profile", "icon": "user"}]
