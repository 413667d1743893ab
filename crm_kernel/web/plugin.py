"""What the web room brings: the table of repeated requests, and its sweeping. Loads no web framework."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crm_kernel.contributions import Job, Manifest, Setting
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages
from crm_kernel.web import idempotency_store
from crm_kernel.web.models import IdempotentAnswer

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

METRICS_TOKEN = "CRM_METRICS_TOKEN"
KEPT = timedelta(hours=24)
"""How long a repeated request gets the stored answer."""


@hookimpl
def manifest() -> Manifest:
    return Manifest("web", _("Web"), "0.1.0")


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return [IdempotentAnswer]


@hookimpl
def register_settings() -> Sequence[Setting]:
    return [Setting(METRICS_TOKEN, _("token that opens /metrics to other machines"), "", secret=True)]


@hookimpl
def register_jobs() -> Sequence[Job]:
    return [Job("web.sweep", sweep, _("Forget answers to old requests"), every=timedelta(hours=1))]


async def sweep(kernel: Kernel) -> None:
    """Forget stored answers that nobody will ask for again."""
    async with kernel.db.work(None) as work:
        await idempotency_store.forget_before(work, kernel.clock.now() - KEPT)
