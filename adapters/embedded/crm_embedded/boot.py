"""Booting the kernel inside a host: its services, the chosen modules, and the host's parts."""

from __future__ import annotations

from typing import Any

from crm_embedded import plugin
from crm_embedded.host import Host
from crm_kernel.assembly import assemble, lay_aside_pending, prepare
from crm_kernel.dal.environments import KERNEL
from crm_kernel.errors import ConfigurationError
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from crm_kernel.text import messages

_ = messages("embedded")

NEEDED = frozenset((KERNEL, "embedded"))
"""Without their tables nothing works."""


def boot(settings: Settings, host: Host, **options: Any) -> Kernel:
    """The kernel of a host; opens nothing. Raises ConfigurationError when the adapter cannot run."""
    kernel = assemble(
        settings,
        overrides=host.parts(),
        modules=[plugin, *host.modules],
        **options,
    )
    adapter = kernel.plugins["embedded"]
    if adapter.state != "on":
        raise ConfigurationError(_("The embedded adapter cannot run: {reason}")(reason=adapter.reason))
    return kernel


async def make_ready(kernel: Kernel, *, upgrade: bool) -> None:
    """Bring the tables up to date, or only make sure that they are.

    Where they may not be touched, modules whose tables are behind are laid aside. Raises ConfigurationError
    when they are the kernel's own.
    """
    if upgrade:
        await prepare(kernel)
        return
    waiting = await lay_aside_pending(kernel, NEEDED)
    if NEEDED & set(waiting):
        raise ConfigurationError(_("Tables of {names} are not up to date.")(names=", ".join(waiting)))
