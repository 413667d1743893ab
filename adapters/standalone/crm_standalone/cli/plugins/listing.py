"""`crm plugins list`: which modules there are, and how they are."""

from __future__ import annotations

import logging
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from crm_kernel.i18n import translate
from crm_kernel.logs import describe
from crm_kernel.text import messages
from crm_standalone.cli.context import Context, table
from crm_standalone.cli.parser import Commands

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("standalone")
log = logging.getLogger("crm.cli")


def register(commands: Commands) -> None:
    """The command of this file."""
    commands.add("list", _("show every module and how it is"), show)


async def show(context: Context, _arguments: Namespace) -> int:
    """Installed modules, those that are off and those at fault included."""
    from crm_kernel.assembly import lay_aside_pending
    from crm_standalone.boot import NEEDED

    kernel = context.kernel
    try:
        await lay_aside_pending(kernel, NEEDED)
    except Exception as fault:  # without its database it still knows what is installed
        log.info("the database does not answer", extra=describe(fault))
    finally:
        await kernel.db.close()
    found = listed(kernel, context.locale)
    lines = [(p["name"], p["version"] or "-", p["state"], p["reason"]) for p in found]
    context.answer(found, table(lines) if lines else _("No module is installed."))
    return 0


def listed(kernel: Kernel, locale: str | None = None) -> list[dict[str, Any]]:
    """The modules as programs see them; the kernel's own rooms are left out."""
    from crm_standalone.pages.product import product

    product(kernel, run_kernel=False)  # routes may bring a module into quarantine
    return [
        {
            "name": plugin.name,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "state": plugin.state,
            "reason": translate(plugin.reason, locale),
            "requires": list(plugin.requires),
        }
        for plugin in kernel.plugins
        if not plugin.builtin
    ]
