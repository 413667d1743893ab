"""What living in a host adds to the kernel: the identity of its people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from crm_embedded import filling, sessions
from crm_embedded.calls import Calls
from crm_embedded.filling import HostReader
from crm_embedded.identity import HostIdentity
from crm_embedded.models import MODELS
from crm_embedded.people import People
from crm_embedded.sidecar.names import SETTINGS
from crm_kernel.contributions import Job, Manifest, Migrations, Offer, Setting
from crm_kernel.hookspecs import hookimpl
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages

_ = messages("embedded")


@hookimpl
def manifest() -> Manifest:
    return Manifest("embedded", _("Host"), "0.1.0", switchable=False)


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return MODELS


@hookimpl
def register_migrations() -> Migrations:
    return Migrations("crm_embedded.migrations")


@hookimpl
def register_settings() -> Sequence[Setting]:
    return SETTINGS


@hookimpl
def register_services() -> Sequence[Offer]:
    return (
        Offer("host_people", People),
        Offer("host_sessions", sessions.Sessions),
        Offer("identity", HostIdentity),
        Offer("calls", Calls),
        Offer("sync_reader.host", HostReader),
    )


@hookimpl
async def startup(kernel: Kernel) -> None:
    await filling.describe(kernel)


@hookimpl
def register_jobs() -> Sequence[Job]:
    return [
        Job(
            "embedded.sweep",
            sessions.sweep,
            _("Forget sessions and links that have run out"),
            every=timedelta(hours=1),
        ),
        Job(
            "embedded.places",
            filling.describe,
            _("See that records of new dealerships are fetched from the host"),
            every=timedelta(minutes=10),
        ),
    ]
