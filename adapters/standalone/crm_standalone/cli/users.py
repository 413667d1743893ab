"""`crm user`, `crm token`, `crm explain`: people, their programs, and why they may."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.errors import Invalid
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The commands of this module."""
    users = commands.group("user", _("people who may sign in"))
    adding = users.add("add", _("add a person with an account"), add)
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--role", action="append", default=[], metavar="R")
    adding.add_argument("--display-name", default="", metavar="TEXT")
    adding.add_argument("--password-stdin", action="store_true")
    changing = users.add("passwd", _("give a new password"), passwd)
    changing.add_argument("name", metavar="NAME")
    changing.add_argument("--password-stdin", action="store_true")
    users.add("disable", _("lock an account"), disable).add_argument("name", metavar="NAME")
    users.add("enable", _("open a locked account"), enable).add_argument("name", metavar="NAME")
    granting = users.add("grant", _("give a role"), grant)
    granting.add_argument("name", metavar="NAME")
    granting.add_argument("--role", required=True, metavar="R")
    tokens = commands.group("token", _("tokens for programs"))
    token = tokens.add("create", _("make a token that acts for a person"), create_token)
    token.add_argument("--user", required=True, metavar="NAME")
    token.add_argument("--days", type=int, default=90, metavar="N")
    asking = commands.add("explain", _("say why a person may do something, or not"), explain)
    asking.add_argument("--user", required=True, metavar="NAME")
    asking.add_argument("--permission", required=True, metavar="P")
    asking.add_argument("--entity", metavar="E")
    asking.add_argument("--id", type=UUID, metavar="ID")


def _password(arguments: Namespace) -> str | None:
    """A password given on purpose; None lets one be made."""
    if not arguments.password_stdin:
        return None
    if sys.stdin.isatty():
        return getpass.getpass(translate(_("Password: ")))
    return sys.stdin.readline().rstrip("\n")


async def _place(context: Context, kernel: Kernel) -> tuple[Actor, UUID | None]:
    actor = await context.actor(kernel)
    return actor, actor.place.dealership_id


async def add(context: Context, arguments: Namespace) -> int:
    """A new person in the chosen dealership."""
    from crm_standalone.accounts import shell

    async with context.running() as kernel:
        actor, dealership = await _place(context, kernel)
        password = await shell.add_user(
            kernel,
            actor,
            arguments.name,
            name=arguments.display_name,
            roles=arguments.role,
            dealership_id=dealership,
            password=_password(arguments),
        )
    _tell_password(context, arguments.name, password)
    return 0


async def passwd(context: Context, arguments: Namespace) -> int:
    """Ends the person's sessions and tokens."""
    from crm_standalone.accounts import shell

    async with context.running() as kernel:
        actor = await context.actor(kernel, everywhere=True)
        password = await shell.set_password(kernel, actor, arguments.name, _password(arguments))
    _tell_password(context, arguments.name, password)
    return 0


def _tell_password(context: Context, name: str, password: str) -> None:
    context.answer(
        {"user": name, "password": password},
        _("User: {user}\nFirst password, to be changed at the first sign-in: {password}")(
            user=name, password=password
        ),
    )


async def disable(context: Context, arguments: Namespace) -> int:
    """Counts at once."""
    return await _set_active(context, arguments.name, False)


async def enable(context: Context, arguments: Namespace) -> int:
    """Counts at once."""
    return await _set_active(context, arguments.name, True)


async def _set_active(context: Context, name: str, active: bool) -> int:
    from crm_standalone.accounts import shell

    async with context.running() as kernel:
        actor = await context.actor(kernel, everywhere=True)
        await shell.set_active(kernel, actor, name, active)
    context.answer({"user": name, "active": active}, _("Done."))
    return 0


async def grant(context: Context, arguments: Namespace) -> int:
    """In the chosen dealership."""
    from crm_standalone.accounts import shell

    async with context.running() as kernel:
        actor, dealership = await _place(context, kernel)
        await shell.grant(kernel, actor, arguments.name, arguments.role, dealership)
    context.answer({"user": arguments.name, "role": arguments.role}, _("Done."))
    return 0


async def create_token(context: Context, arguments: Namespace) -> int:
    """The token is shown this once."""
    from crm_standalone.accounts import shell

    async with context.running() as kernel:
        actor = await context.actor(kernel, everywhere=True)
        made = await shell.create_token(kernel, actor, arguments.user, days=arguments.days)
    context.answer({"token": made.token, "expires": made.view.expires_at}, made.token)
    return 0


async def explain(context: Context, arguments: Namespace) -> int:
    """Exit code 0 whatever the answer is."""
    from crm_standalone.accounts.lookup import staff_of

    if (arguments.entity is None) != (arguments.id is None):
        raise Invalid.one("entity", "incomplete", _("Give --entity and --id together."))
    async with context.running() as kernel:
        actor = await context.actor(kernel, everywhere=True)
        found = await kernel.service("explain").explain(
            actor,
            await staff_of(kernel, arguments.user),
            arguments.permission,
            arguments.entity,
            arguments.id,
        )
    head = translate(_("Allowed") if found.allowed else _("Not allowed"), context.locale)
    lines = [head, *(f"- {translate(text, context.locale)}" for text in found.because)]
    context.answer({"allowed": found.allowed, "because": found.because}, "\n".join(lines))
    return 0
