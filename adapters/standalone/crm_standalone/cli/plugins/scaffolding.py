"""`crm plugins new`: a new module to begin with, tests included."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The command of this file."""
    parser = commands.add("new", _("write a new module to begin with"), run)
    parser.add_argument("name", metavar="NAME", help=translate(_("lower case: loan")))
    for option, metavar, words in (
        ("--record", "NAME", _("what one of its records is: loan_car")),
        ("--label", "TEXT", _("the record in English")),
        ("--label-zh", "TEXT", _("the record in Chinese")),
        ("--publisher", "NAME", _("goes before the package's name: acme-crm-loan")),
    ):
        parser.add_argument(option, metavar=metavar, default="", help=translate(words))
    parser.add_argument("--into", metavar="DIR", default=".", help=translate(_("where its folder goes")))
    parser.add_argument(
        "--minimal", action="store_true", help=translate(_("the least there can be: three files"))
    )


def run(context: Context, arguments: Namespace) -> int:
    """Writes files and installs nothing."""
    from crm_kernel.scaffold.distribution import Wish, write

    wish = Wish(
        name=arguments.name,
        record=arguments.record,
        label=arguments.label,
        label_zh=arguments.label_zh,
        publisher=arguments.publisher,
        minimal=arguments.minimal,
    )
    folder = write(wish, Path(arguments.into))
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    told = _("Written: {folder}\nNext: pip install -e '{folder}[test]', then pytest {folder}")(folder=folder)
    context.answer({"folder": str(folder), "files": files}, told)
    return 0
