"""`crm plugins uninstall`: a module leaves; its data is kept, exported or dropped, as the operator says."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from crm_kernel.i18n import translate, translate_plural
from crm_kernel.text import messages
from crm_standalone.cli.context import Context, Usage
from crm_standalone.cli.parser import Commands

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel
    from crm_kernel.removal.leaving import Leaving

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The command of this file."""
    parser = commands.add("uninstall", _("take a module out of this installation"), uninstall)
    parser.add_argument("name", metavar="NAME")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--keep", action="store_true", help=translate(_("leave its data for a later return")))
    choice.add_argument(
        "--export", metavar="FILE", help=translate(_("write its data into a ZIP file, then remove it"))
    )
    choice.add_argument("--drop", action="store_true", help=translate(_("remove its data for good")))


async def uninstall(context: Context, arguments: Namespace) -> int:
    """Does what was chosen, or asks; without a terminal to ask at, nothing is done (exit code 2)."""
    choice, file = _chosen(arguments) or _ask(context, arguments.name)
    context.include(arguments.name)
    kernel = context.kernel
    try:
        actor = await context.master(kernel)
        left = await _leave(kernel, actor, arguments.name, choice, file)
    finally:
        await kernel.db.close()
    document = {
        "plugin": left.plugin,
        "data": choice,
        "rows": left.rows,
        "forgotten": left.forgotten,
        "file": str(left.file) if left.file else None,
    }
    context.answer(document, _summary(context, left, choice))
    distribution = kernel.plugins[arguments.name].distribution
    context.warn(
        _(
            "Now remove the package ({package}) or take {name} out of CRM_PLUGINS, and restart: "
            "otherwise the module comes back at the next start."
        )(package=distribution or arguments.name, name=arguments.name)
    )
    return 0


def _chosen(arguments: Namespace) -> tuple[str, str] | None:
    if arguments.export:
        return "export", arguments.export
    return ("keep", "") if arguments.keep else ("drop", "") if arguments.drop else None


def _ask(context: Context, name: str) -> tuple[str, str]:
    if not sys.stdin.isatty() or context.json:
        raise Usage(_("Say what happens to the data of {name}: --keep, --export FILE or --drop.")(name=name))
    context.say(
        _("What happens to the data of {name}? keep, drop, or the name of a file to export it to:")(name=name)
    )
    answer = input("> ").strip()
    if not answer:
        raise Usage(_("Nothing was changed."))
    return (answer, "") if answer in ("keep", "drop") else ("export", answer)


async def _leave(kernel: Kernel, actor: Actor, name: str, choice: str, file: str) -> Leaving:
    from dataclasses import replace

    from crm_kernel.removal import leaving

    if choice == "keep":
        return await leaving.keep(kernel, name, actor)
    if choice == "drop":
        return await leaving.drop(kernel, name, actor)
    written = await leaving.export(kernel, name, Path(file))
    return replace(await leaving.drop(kernel, name, actor), file=written.file)


def _summary(context: Context, left: Leaving, choice: str) -> str:
    count = sum(left.rows.values())
    rows = translate_plural("{count} row", "{count} rows", count, "standalone", context.locale)
    told = {
        "keep": _("{name} is out. Its data stays: {rows}."),
        "export": _("{name} is out. Its data lies in {file}: {rows}."),
        "drop": _("{name} is out. Its data is gone: {rows}."),
    }[choice]
    return translate(told(name=left.plugin, rows=rows, file=left.file or ""), context.locale)
