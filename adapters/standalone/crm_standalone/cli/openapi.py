"""`crm openapi`: the description of the API."""

from __future__ import annotations

from argparse import Namespace

from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The command of this module."""
    commands.add("openapi", _("write the description of the API"), run)


def run(context: Context, _arguments: Namespace) -> int:
    """Standard output is the document, with or without `--json`."""
    from crm_kernel.web.openapi import document
    from crm_standalone.pages.product import product

    context.answer(document(context.kernel, product(context.kernel, run_kernel=False)))
    return 0
