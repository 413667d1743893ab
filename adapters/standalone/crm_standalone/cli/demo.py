"""`crm demo`: the product with data to look at."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager

from crm_kernel import logs
from crm_kernel.errors import Unavailable
from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands
from crm_standalone.cli.serve import HOST, PORT, run_server

_ = messages("standalone")

LOCK = "demo.lock"
PATIENCE_MS = 10 * 60 * 1000


def register(commands: Commands) -> None:
    """The command of this module."""
    parser = commands.add("demo", _("serve the product with demo data"), run)
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--no-serve", action="store_true")


def run(context: Context, arguments: Namespace) -> int:
    """Tell address, user and password, then serve."""
    settings = context.settings
    os.environ["CRM_HOME"] = str(settings.home)
    logs.configure("WARNING" if settings.log_level == "INFO" else settings.log_level, settings.log_format)
    from crm_standalone.demo_staff import LOGINS

    context.serve_at(arguments.host, arguments.port)
    with _one_start(context):
        document = asyncio.run(_furnish(context))
    context.answer(
        document,
        _("{url}\nUser: {user}\nPassword: {password}\nColleagues, same password: {others}")(
            url=document["url"],
            user=document["user"],
            password=document["password"],
            others="、".join(f"{login} ({one.position})" for login, one in LOGINS.items()),
        ),
    )
    if arguments.no_serve:
        return 0
    return run_server(context, arguments.host, arguments.port)


@contextmanager
def _one_start(context: Context) -> Iterator[None]:
    """Let a second start wait until the first has filled what it fills.

    The lock is SQLite's, which is the same on every platform and falls with the process that holds it.
    """
    home = context.settings.home
    home.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(home / LOCK, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            context.warn(_("Another start is filling the demo. Waiting for it …"))
            lock.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            lock.execute("BEGIN EXCLUSIVE")
        yield


async def _furnish(context: Context) -> dict[str, str]:
    from crm_kernel.assembly import prepare
    from crm_standalone.demo import LOGIN, fill

    kernel = context.kernel
    reports = await prepare(kernel)
    failed = [report.plugin for report in reports if report.state == "failed"]
    if failed:
        await kernel.db.close()
        raise Unavailable(_("Migrations failed: {names}")(names=", ".join(failed)))
    async with kernel.running():
        shop = await context.dealership(kernel) or (await kernel.access.store.shops())[0]
        password = await fill(kernel, shop, lambda name: context.warn(_("Filling {module} …")(module=name)))
    for plugin in kernel.plugins:
        if plugin.state == "quarantined":
            context.warn(
                _("The module {name} does not run: {reason}")(name=plugin.name, reason=plugin.reason)
            )
    return {
        "url": context.settings.public_url + "/",
        "user": LOGIN,
        "password": password,
        "dealership": shop.code,
    }
