"""`crm plugins check`: holds an installed plugin to the contract and says where it stands on the scale."""

from __future__ import annotations

import logging
import tempfile
from argparse import Namespace
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_kernel.errors import NotFound
from crm_kernel.i18n import translate
from crm_kernel.plugins import ENTRY_POINTS
from crm_kernel.text import Text, messages
from crm_standalone.cli.context import Context, table
from crm_standalone.cli.parser import Commands

if TYPE_CHECKING:
    from crm_kernel.testing.contract import Level, Outcome

_ = messages("standalone")
LEVELS = ("bronze", "silver", "gold")
MEANS = {
    "none": _("not safe to install"),
    "bronze": _("bronze: safe to install"),
    "silver": _("silver: complete"),
    "gold": _("gold: at home"),
}
STATES = {"held": _("holds"), "broken": _("broken"), "unchecked": _("not checked")}


def register(commands: Commands) -> None:
    """The command of this file."""
    parser = commands.add("check", _("hold an installed plugin to what is asked of every one"), run)
    parser.add_argument(
        "distribution", metavar="DIST", help=translate(_("the package's or the module's name"))
    )
    parser.add_argument(
        "--level", choices=LEVELS, default="bronze", help=translate(_("fail below this level"))
    )


async def run(context: Context, arguments: Namespace) -> int:
    """Exit code 1 when the plugin stands below the level asked for."""
    from crm_kernel.testing.contract import attained

    logging.disable(logging.WARNING)  # provoked faults would stand between the findings
    name, distribution, version = _found(arguments.distribution)
    outcomes = await _examined(name)
    level = attained(outcomes).name.lower()
    document = {
        "plugin": name,
        "distribution": distribution,
        "version": version,
        "level": level,
        "checks": [_document(one) for one in outcomes],
    }
    context.answer(document, _report(context, outcomes, level))
    return int(("none", *LEVELS).index(level) < ("none", *LEVELS).index(arguments.level))


def _found(asked: str) -> tuple[str, str, str]:
    """(plugin, distribution, version) by either name. Raises NotFound."""
    for entry in entry_points(group=ENTRY_POINTS):
        distribution = entry.dist.name if entry.dist else ""
        if asked in (entry.name, distribution):
            return entry.name, distribution, entry.dist.version if entry.dist else ""
    raise NotFound(_("No installed package called {name} brings a module.")(name=asked))


async def _examined(name: str) -> list[Outcome]:
    """Everything looked at; a plugin that does not even run is broken throughout with the one reason."""
    from crm_kernel.testing.contract import CHECKS, Outcome, studied
    from crm_kernel.testing.contract.check import outcome
    from crm_kernel.testing.databases import drop_databases

    with tempfile.TemporaryDirectory(prefix="crm-check-") as home:
        try:
            async with studied(name, Path(home)) as subject:
                return [await outcome(check, subject) for check in CHECKS]
        except LookupError as fault:
            return [Outcome(check, "broken", (str(fault),)) for check in CHECKS[:1]]
        finally:
            await drop_databases()


def _document(one: Outcome) -> dict[str, Any]:
    return {
        "name": one.check.name,
        "level": _name(one.check.level),
        "says": one.check.says,
        "state": one.state,
        "findings": list(one.findings),
    }


def _name(level: Level) -> str:
    return level.name.lower()


def _report(context: Context, outcomes: list[Outcome], level: str) -> str:
    def told(text: Text) -> str:
        return translate(text, context.locale)

    lines = []
    for one in outcomes:
        lines.append((_name(one.check.level), told(STATES[one.state]), told(one.check.says)))
        lines += [("", "", f"  {finding}") for finding in one.findings]
    return f"{table(lines)}\n\n{told(MEANS[level])}"
