"""`crm plugins revision`: the next migration of a module, written from what its models say."""

from __future__ import annotations

from argparse import Namespace

from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The command of this file."""
    parser = commands.add("revision", _("write a module's next migration from its models"), run)
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("message", metavar="TEXT", help=translate(_("what changes, in a few words")))


async def run(context: Context, arguments: Namespace) -> int:
    """The database must be up to date; the file goes where the module's other migrations lie."""
    from crm_kernel.scaffold.revisions import make_revision

    kernel = context.kernel
    try:
        written = await make_revision(kernel, arguments.name, arguments.message)
    finally:
        await kernel.db.close()
    told = (
        _("Written: {file}")(file=written) if written else _("Models and tables agree; nothing was written.")
    )
    context.answer({"file": str(written) if written else None}, told)
    return 0
