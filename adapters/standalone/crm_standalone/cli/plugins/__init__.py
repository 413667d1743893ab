"""`crm plugins`: which modules there are, how they are, and how one comes and goes."""

from __future__ import annotations

from crm_kernel.text import messages
from crm_standalone.cli.parser import Commands
from crm_standalone.cli.plugins import checking, listing, rehearsing, revising, scaffolding, uninstalling

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The commands of this group."""
    group = commands.group("plugins", _("modules"))
    for part in (listing, scaffolding, revising, checking, rehearsing, uninstalling):
        part.register(group)
