"""`crm export`: records into a file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

_ = messages("standalone")

FORMATS = ("csv", "xlsx")


def register(commands: Commands) -> None:
    """The command of this module."""
    parser = commands.add("export", _("export records into a file"), run)
    parser.add_argument("kind", metavar="KIND")
    parser.add_argument("--format", choices=FORMATS, default="csv")
    parser.add_argument("--clear", action="store_true", help=translate(_("write masked values in clear")))
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True)


async def run(context: Context, arguments: Namespace) -> int:
    """Everything of a kind within the actor's reach."""
    async with context.running() as kernel:
        actor = await context.actor(kernel)
        written = await kernel.service("exports").to_file(
            actor, arguments.kind, arguments.output, format=arguments.format, clear=arguments.clear
        )
    context.answer(written, _("{rows} rows written.")(rows=written["rows"]))
    return 0
