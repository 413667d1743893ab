"""What the feed of changes brings."""

from __future__ import annotations

from collections.abc import Sequence

from crm_kernel.changes.permissions import PERMISSIONS
from crm_kernel.changes.service import ChangeFeed
from crm_kernel.contributions import Manifest, Offer, Permission
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("changes", _("Feed of changes"), "0.1.0")


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def register_services() -> Sequence[Offer]:
    return (Offer("changes", ChangeFeed),)
