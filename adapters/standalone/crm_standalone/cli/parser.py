"""Arguments of the command line, explained in the user's language."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Collection, Coroutine, Iterable
from typing import Any, NoReturn

from crm_kernel.i18n import LOCALES, translate
from crm_kernel.i18n.locales import DEFAULT, supported
from crm_kernel.text import Text, messages

_ = messages("standalone")

Run = Callable[[Any, argparse.Namespace], Coroutine[Any, Any, int] | int]
"""What a command does: gets the context and the arguments, gives the exit code."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help with translated headings."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The first lines."""
        super().add_usage(usage, actions, groups, translate(_("usage: ")) if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """A group of arguments."""
        known = {
            "positional arguments": _("arguments"),
            "options": _("options"),
        }
        super().start_section(translate(known[heading]) if heading in known else heading)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks the user's language; wrong usage ends with code 2."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("formatter_class", Formatter)
        options["add_help"] = False
        super().__init__(*args, **options)
        self.add_argument("-h", "--help", action="help", help=translate(_("show this help and leave")))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and how it goes."""
        self.print_usage()
        self.exit(
            2, translate(_("{program}: wrong usage: {message}")(program=self.prog, message=message)) + "\n"
        )

    def print_usage(self, file: Any = None) -> None:
        """To standard error, so that standard output stays a document."""
        import sys

        super().print_usage(file or sys.stderr)


class Commands:
    """Where command groups put their commands."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parser = parser
        self._subparsers = parser.add_subparsers(
            title=translate(_("commands")), dest=argparse.SUPPRESS, required=True, parser_class=Parser
        )

    @property
    def names(self) -> Collection[str]:
        """Commands there are already."""
        return self._subparsers.choices.keys()

    def add(self, name: str, help: Text, run: Run) -> argparse.ArgumentParser:
        """A command; add its arguments to what this returns."""
        words = translate(help)
        made: argparse.ArgumentParser = self._subparsers.add_parser(name, help=words, description=words)
        made.set_defaults(run=run)
        _add_common(made, again=True)
        return made

    def group(self, name: str, help: Text) -> Commands:
        """A command with commands of its own: `crm plugins list`."""
        words = translate(help)
        return Commands(self._subparsers.add_parser(name, help=words, description=words))


def make_parser() -> tuple[Parser, Commands]:
    """The parser with its global options, and the place for commands."""
    parser = Parser(prog="crm", description=translate(_("Forecourt, the CRM for car dealers.")))
    _add_common(parser)
    return parser, Commands(parser)


def _add_common(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The global options; after a command they work too, without being explained a second time."""

    def options(help: Text, **more: Any) -> dict[str, Any]:
        if again:
            return {"help": argparse.SUPPRESS, "default": argparse.SUPPRESS, **more}
        return {"help": translate(help), **more}

    parser.add_argument("--home", metavar="DIR", **options(_("folder of keys, files and settings")))
    parser.add_argument("--dealership", metavar="CODE", **options(_("the dealership to work in")))
    parser.add_argument("--as", metavar="USER", dest="as_user", **options(_("act as this user")))
    parser.add_argument("--lang", choices=LOCALES, **options(_("language of messages")))
    parser.add_argument("--json", action="store_true", **options(_("answer with one JSON document")))


def early_options(argv: list[str]) -> argparse.Namespace:
    """Those options that must be known before the rest can be explained."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--home")
    parser.add_argument("--lang")
    parser.add_argument("--json", action="store_true")
    try:
        return parser.parse_known_args(argv)[0]
    except argparse.ArgumentError:
        return argparse.Namespace(home=None, lang=None, json="--json" in argv)


def language(chosen: str | None) -> str:
    """The language asked for, else that of the shell, else Chinese."""
    if chosen and supported(chosen):
        return supported(chosen) or DEFAULT
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "").partition(".")[0]
        found = supported(value) if value and value not in ("C", "POSIX") else None
        if found:
            return found
    return DEFAULT
