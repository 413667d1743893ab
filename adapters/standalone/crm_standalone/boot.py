"""Booting the product: the kernel, its services, every installed module, and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_kernel.assembly import assemble
from crm_kernel.dal.environments import KERNEL
from crm_kernel.errors import ConfigurationError
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from crm_kernel.text import messages
from crm_standalone import plugin
from crm_standalone.channels import channels

_ = messages("account")

NEEDED = frozenset((KERNEL, "account"))
"""Without their tables nothing works."""


def boot(settings: Settings, *, overrides: Mapping[str, Any] | None = None, **options: Any) -> Kernel:
    """The product's kernel; opens nothing. Raises ConfigurationError when accounts cannot run."""
    modules = [plugin, *options.pop("modules", ())]
    parts = {**channels(settings), **(overrides or {})}
    kernel = assemble(settings, overrides=parts, modules=modules, **options)
    accounts = kernel.plugins["account"]
    if accounts.state != "on":
        raise ConfigurationError(_("Accounts cannot run: {reason}")(reason=accounts.reason))
    return kernel
