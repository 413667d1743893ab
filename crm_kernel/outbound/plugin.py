"""What this room brings: the client, and the setting that opens it to machines inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_kernel.contributions import Manifest, Offer, Setting
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("outbound", _("Calls to other machines"), "0.1.0")


@hookimpl
def register_settings() -> Sequence[Setting]:
    label = _("networks and host names inside that may be called: hosts' interfaces, webhook receivers")
    return [Setting("CRM_OUTBOUND_ALLOW", label, "")]


@hookimpl
def register_services() -> Sequence[Offer]:
    return [Offer("outbound", _client)]


def _client(kernel: Kernel) -> object:
    from crm_kernel.outbound.addresses import Allowed
    from crm_kernel.outbound.client import Outbound

    return Outbound(Allowed.of(kernel.settings))
