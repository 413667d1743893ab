"""Entry point of `crm`: reads the arguments, runs one command, turns refusals into exit codes."""

from __future__ import annotations

import argparse
import asyncio
import inspect
import logging
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_kernel import logs
from crm_kernel.errors import CrmError, Invalid
from crm_kernel.i18n import catalogues, set_locale, translate
from crm_kernel.text import messages
from crm_standalone.cli import audit, check, db, demo, exporting, importing, openapi, plugins, serve, users
from crm_standalone.cli.context import Context, Usage
from crm_standalone.cli.parser import Commands, early_options, language, make_parser

if TYPE_CHECKING:
    from crm_kernel.contributions import Command

_ = messages("standalone")

BUILTIN = (serve, demo, db, plugins, importing, exporting, users, audit, check, openapi)
DONE, REFUSED, WRONG = 0, 1, 2
log = logging.getLogger("crm.cli")


def main(argv: list[str] | None = None) -> int:
    """Run a command and give its exit code: 0 done, 1 refused, failed or findings, 2 wrong usage."""
    words = sys.argv[1:] if argv is None else argv
    early = early_options(words)
    locale = language(early.lang)
    catalogues.add(Path(__file__).parents[1] / "locale")
    set_locale(locale)
    try:
        arguments = _parse(words, early)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    except CrmError as refusal:
        print(translate(refusal.message), file=sys.stderr)
        return REFUSED
    context = Context(
        home=arguments.home,
        dealership=arguments.dealership,
        as_user=arguments.as_user,
        locale=locale,
        json=arguments.json,
    )
    return _run(context, arguments)


def _parse(words: list[str], early: argparse.Namespace) -> argparse.Namespace:
    parser, commands = make_parser()
    for group in BUILTIN:
        group.register(commands)
    if _needs_modules(words, commands.names):
        _add_module_commands(commands, early)
    return parser.parse_args(words)


def _needs_modules(words: list[str], known: Collection[str]) -> bool:
    """Modules are loaded for their commands only when one of them may be meant."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in ("--home", "--dealership", "--as", "--lang"):
            skip = True
        elif not word.startswith("-"):
            return word not in known
    return True


def _add_module_commands(commands: Commands, early: argparse.Namespace) -> None:
    for command in _module_commands(early):
        if command.name in commands.names:
            continue
        parser = commands.add(command.name, command.help, _runner(command))
        if command.configure is not None:
            command.configure(parser)


def _module_commands(early: argparse.Namespace) -> list[Command]:
    from crm_kernel.plugins import PluginSet
    from crm_kernel.settings import Settings

    settings = Settings.load(home=early.home) if early.home else Settings.load()
    plugins = PluginSet(settings.hook_deadline)
    plugins.discover(settings.plugins)
    plugins.order()
    found: list[Command] = []
    for plugin in plugins.running:
        catalogues.add_package(plugin.module)
        try:
            found.extend(plugins.call(plugin, "register_commands") or ())
        except Exception as fault:
            plugins.quarantine(plugin, f"register_commands: {fault}")
    return found


def _runner(command: Command) -> Any:
    async def run(context: Context, arguments: argparse.Namespace) -> int:
        async with context.running() as kernel:
            return await command.run(kernel, await context.actor(kernel), arguments)

    return run


def _run(context: Context, arguments: argparse.Namespace) -> int:
    logs.configure("WARNING", "console")
    try:
        outcome = arguments.run(context, arguments)
        return asyncio.run(outcome) if inspect.iscoroutine(outcome) else int(outcome)
    except Usage as wrong:
        _report(context, wrong)
        return WRONG
    except CrmError as refusal:
        _report(context, refusal)
        return REFUSED
    except BrokenPipeError:
        return REFUSED
    except Exception as fault:
        return _failed(context, fault)
    except KeyboardInterrupt:
        return 130


def _failed(context: Context, fault: Exception) -> int:
    """A database that is away is said in words; a fault of ours is shown whole, to be reported."""
    from crm_kernel.web.database_faults import translate_fault

    known = translate_fault(fault)
    if known is None:
        raise fault
    log.warning("refused", extra=logs.describe(fault))
    _report(context, known)
    return REFUSED


def _report(context: Context, refusal: CrmError) -> None:
    context.warn(refusal.message)
    errors = []
    if isinstance(refusal, Invalid):
        errors = [(one.field, one.code, translate(one.message, context.locale)) for one in refusal.errors]
        for field, _code, message in errors:
            context.warn(f"  {field}: {message}")
    if context.json:
        context.answer(
            {
                "error": {
                    "code": refusal.code,
                    "message": translate(refusal.message, context.locale),
                    "errors": [{"field": f, "code": c, "message": m} for f, c, m in errors],
                }
            }
        )
