"""What may be wrong with an installation, each as a finding that says what to do."""

from __future__ import annotations

import logging
import stat
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from ipaddress import ip_network
from typing import Any

from crm_kernel.checks import events
from crm_kernel.contributions import Setting
from crm_kernel.dal.migrate import status_all
from crm_kernel.jobs import check as jobs
from crm_kernel.kernel import Kernel
from crm_kernel.logs import describe
from crm_kernel.notifications import check as notifications
from crm_kernel.text import Text, messages

_ = messages("kernel")
log = logging.getLogger("crm.check")

OWN_SETTINGS = frozenset(("CRM_DEMO_PASSWORD", "CRM_SKIP_ASSETS", "CRM_TEST_SERVICES"))
SECRET_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: a stable code, what it is about, and the words."""

    code: str
    subject: str
    message: Text


async def findings(kernel: Kernel, product: Callable[[Kernel], Any]) -> list[Finding]:
    """Faults that matter everywhere. Building the web application and asking for revisions brings
    faults of modules to light."""
    product(kernel)
    tables = await _tables(kernel)
    return [*_modules(kernel), *tables, *_assets(), *_settings(kernel), *_rooms(kernel)]


def _modules(kernel: Kernel) -> list[Finding]:
    return [
        Finding(
            "quarantined",
            plugin.name,
            _("The module {name} does not run: {reason}")(name=plugin.name, reason=plugin.reason),
        )
        for plugin in kernel.plugins
        if plugin.state == "quarantined"
    ]


def _rooms(kernel: Kernel) -> list[Finding]:
    """Events a subscriber cannot read, timetables nobody can, channels that do not exist."""
    rooms = {"events": events, "jobs": jobs, "notifications": notifications}
    return [Finding(name, name, text) for name, room in rooms.items() for text in room.findings(kernel)]


async def _tables(kernel: Kernel) -> list[Finding]:
    try:
        reports = await status_all(kernel)
    except Exception as fault:
        log.info("the database does not answer", extra=describe(fault))
        return [Finding("database", "database", _("The database does not answer. Look at CRM_DATABASE_URL."))]
    return [
        Finding(
            "migration",
            report.plugin,
            _("Tables of {name} are not up to date. Run `crm db upgrade`.")(name=report.plugin),
        )
        for report in reports
        if report.state in ("pending", "failed")
    ]


def _assets() -> list[Finding]:
    if files("crm_kernel.ui").joinpath("dist/manifest.json").is_file():
        return []
    return [Finding("assets", "ui", _("The page assets are missing. Run `make install` with Node.js."))]


def _settings(kernel: Kernel) -> list[Finding]:
    known = {setting.name for setting in kernel.registry.of(Setting)} | OWN_SETTINGS
    return [
        Finding("setting", name, _("Nobody reads the setting {name}. Is it misspelt?")(name=name))
        for name in sorted(kernel.settings.extra)
        if name not in known and not name.startswith("CRM_TEST_")
    ]


async def deployment_findings(kernel: Kernel) -> list[Finding]:
    """What is too open for production."""
    settings = kernel.settings
    found: list[Finding] = []

    def add(code: str, subject: str, message: Text) -> None:
        found.append(Finding(code, subject, message))

    if not settings.public_url.startswith("https://"):
        add(
            "public_url",
            "CRM_PUBLIC_URL",
            _("The public address does not begin with https: passwords would travel in clear."),
        )
    if settings.secret_key and len(settings.secret_key) < SECRET_LENGTH:
        add("secret_key", "CRM_SECRET_KEY", _("The secret key is shorter than 32 characters."))
    if settings.log_level.upper() == "DEBUG":
        add("log_level", "CRM_LOG_LEVEL", _("The log level DEBUG writes more than production should."))
    if "*" in settings.frame_ancestors:
        add("frame_ancestors", "CRM_FRAME_ANCESTORS", _("Any site may show these pages in a frame."))
    if any(ip_network(proxy, strict=False).prefixlen == 0 for proxy in settings.trusted_proxies):
        add("trusted_proxies", "CRM_TRUSTED_PROXIES", _("Everybody is a trusted proxy."))
    found += _files(kernel)
    return found


def _files(kernel: Kernel) -> list[Finding]:
    found = []
    keys = kernel.settings.home / "keys.json"
    if keys.exists() and stat.S_IMODE(keys.stat().st_mode) & 0o077:
        found.append(
            Finding("keys", keys.name, _("Others on this machine can read the key file. Run chmod 600."))
        )
    database = kernel.db.engine.url
    if database.drivername.startswith("sqlite") and database.database:
        from pathlib import Path

        file = Path(database.database)
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o007:
            found.append(
                Finding(
                    "database_file",
                    file.name,
                    _("Others on this machine can read the database file. Run chmod 640."),
                )
            )
    return found
