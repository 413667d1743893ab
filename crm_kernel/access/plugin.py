"""What the access room brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_kernel.access import models, organisation
from crm_kernel.contributions import Manifest
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("access", _("Access"), "0.1.0")


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return (
        organisation.Group,
        organisation.Region,
        organisation.Dealership,
        organisation.Department,
        organisation.Team,
        organisation.Staff,
        organisation.ModuleSwitch,
        models.Role,
        models.SeededGrant,
        models.AccessRule,
        models.AccessRevision,
        models.SharingRule,
    )
