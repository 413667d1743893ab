"""`crm check`: what is wrong with this installation, and with `--deploy` what is too open for production."""

from __future__ import annotations

from argparse import Namespace

from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The command of this module."""
    parser = commands.add("check", _("look for faults in this installation"), run)
    parser.add_argument("--deploy", action="store_true")


async def run(context: Context, arguments: Namespace) -> int:
    """Exit code 1 when anything was found."""
    from crm_kernel.checks.installation import deployment_findings, findings
    from crm_kernel.notifications.check import notes
    from crm_standalone.pages.product import product

    kernel = context.kernel
    try:
        found = await findings(kernel, product)
        if arguments.deploy:
            found += await deployment_findings(kernel)
    finally:
        await kernel.db.close()
    for note in notes(kernel):
        context.warn(note)
    document = [{"code": one.code, "subject": one.subject, "message": one.message} for one in found]
    if context.json:
        context.answer(document)
    elif not found:
        context.say(_("Nothing was found."))
    else:
        for one in found:
            context.say(one.message)
    return int(bool(found))
