"""What this room brings: the service behind figures."""

from __future__ import annotations

from collections.abc import Sequence

from crm_kernel.contributions import Manifest, Offer
from crm_kernel.hookspecs import hookimpl
from crm_kernel.reports.service import Reports
from crm_kernel.text import messages

_ = messages("kernel")


@hookimpl
def manifest() -> Manifest:
    return Manifest("reports", _("Figures"), "0.1.0", requires=("records",))


@hookimpl
def register_services() -> Sequence[Offer]:
    return [Offer("reports", Reports)]
