"""`crm db`: tables and their revisions."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_standalone.cli.context import Context, table
from crm_standalone.cli.parser import Commands

if TYPE_CHECKING:
    from crm_kernel.dal.migrate import MigrationReport

_ = messages("standalone")

OPERATOR = "crm"
"""What the log calls whoever holds the shell."""
UNINSTALLED = "uninstalled.log"


def register(commands: Commands) -> None:
    """The commands of this group."""
    group = commands.group("db", _("the database's tables"))
    group.add("upgrade", _("bring all tables up to date"), upgrade)
    group.add("status", _("show each module's revision"), status)
    drop_parser = group.add("drop", _("delete a removed module's tables and their data"), drop)
    drop_parser.add_argument("--plugin", required=True, metavar="NAME")
    drop_parser.add_argument(
        "--export", metavar="FILE", type=Path, help=translate(_("write the data into this zip file before"))
    )
    commands.add("uninstall", _("take all our tables out of the database"), uninstall)


async def upgrade(context: Context, _arguments: Namespace) -> int:
    """Exit code 1 when a module's migration failed. The change log says who brought what up to date."""
    from crm_kernel.administration.upgrades import note_upgrades
    from crm_kernel.assembly import prepare
    from crm_kernel.dal.migrate import status_all

    kernel = context.kernel
    try:
        before = await status_all(kernel)
        reports = await prepare(kernel)
        await note_upgrades(kernel, await context.named(kernel), before, reports)
    finally:
        await kernel.db.close()
    _show(context, reports)
    return int(any(report.state == "failed" for report in reports))


async def status(context: Context, _arguments: Namespace) -> int:
    """Exit code 0 whatever waits; `crm check` judges."""
    from crm_kernel.dal.migrate import status_all

    kernel = context.kernel
    try:
        _show(context, await status_all(kernel))
    finally:
        await kernel.db.close()
    return 0


async def drop(context: Context, arguments: Namespace) -> int:
    """Take a module's tables away with all that speaks of it; refused while another module needs it."""
    from crm_kernel.removal import leaving

    context.include(arguments.plugin)
    kernel = context.kernel
    document: dict[str, Any] = {"dropped": arguments.plugin}
    try:
        actor = await context.master(kernel)
        if arguments.export is not None:
            written = await leaving.export(kernel, arguments.plugin, arguments.export)
            document["rows"] = sum(written.rows.values())
        await leaving.drop(kernel, arguments.plugin, actor)
    finally:
        await kernel.db.close()
    name = arguments.plugin
    context.answer(document, _("The tables of {name} are gone.")(name=name))
    return 0


async def uninstall(context: Context, _arguments: Namespace) -> int:
    """At a terminal it asks first. Keys, files and a line that says who did it stay in the home folder."""
    from crm_kernel.administration.uninstall_store import uninstall as take_away

    kernel = context.kernel
    if sys.stdin.isatty():
        context.warn(_("This deletes all tables of Forecourt with their data. Type uninstall to go on."))
        if (await asyncio.to_thread(sys.stdin.readline)).strip() != "uninstall":
            return 1
    try:
        by = (await context.master(kernel)).login if context.acts_as_somebody else OPERATOR
        names_gone = await take_away(kernel)
    finally:
        await kernel.db.close()
    _note_uninstall(context.settings.home, by)
    context.answer(
        {"dropped": names_gone, "by": by},
        _("All tables of Forecourt are gone. Keys and files are still in {folder}.")(
            folder=context.settings.home
        ),
    )
    return 0


def _note_uninstall(home: Path, by: str) -> None:
    """The change log went with the tables."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / UNINSTALLED).open("a", encoding="utf-8") as file:
        file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} uninstalled by {by}\n")


def _show(context: Context, reports: Sequence[MigrationReport]) -> None:
    document = [
        {
            "plugin": report.plugin,
            "revision": report.revision,
            "head": report.head,
            "state": report.state,
            **({"fault": report.fault} if report.fault else {}),
        }
        for report in reports
    ]
    lines = [(r.plugin, r.revision or "-", r.head or "-", r.state, r.fault) for r in reports]
    context.answer(document, table(lines))
