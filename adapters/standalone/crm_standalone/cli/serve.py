"""`crm serve` and `crm worker`: the processes that stay."""

from __future__ import annotations

import asyncio
import os
import signal
from argparse import Namespace
from typing import Any

from crm_kernel import logs
from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

_ = messages("standalone")

HOST, PORT = "127.0.0.1", 8000
STOP_SECONDS = 20


def register(commands: Commands) -> None:
    """The commands of this module."""
    parser = commands.add("serve", _("serve pages and API"), serve)
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--workers", type=int, default=1)
    commands.add("worker", _("run background work only"), worker)


def serve(context: Context, arguments: Namespace) -> int:
    """Until it is told to stop; exit code 1 when it could not start."""
    settings = context.settings
    os.environ["CRM_HOME"] = str(settings.home)
    logs.configure(settings.log_level, settings.log_format)
    context.serve_at(arguments.host, arguments.port)
    os.environ["CRM_PUBLIC_URL"] = context.settings.public_url
    if arguments.workers > 1:
        return _several(context, arguments)
    return run_server(context, arguments.host, arguments.port)


def run_server(context: Context, host: str, port: int) -> int:
    """One process with everything in it."""
    import uvicorn

    from crm_standalone.server import Server

    application = Server(context.settings)
    server = uvicorn.Server(uvicorn.Config(application, host=host, port=port, **_options()))
    server.run()
    return int(application.failed or not server.started)


def _several(context: Context, arguments: Namespace) -> int:
    """Workers share the port; the tables are brought up to date before the first one starts."""
    import uvicorn

    from crm_kernel.assembly import prepare

    async def upgrade() -> None:
        kernel = context.kernel
        try:
            await prepare(kernel)
        finally:
            await kernel.db.close()

    asyncio.run(upgrade())
    uvicorn.run(
        "crm_standalone.server:application",
        factory=True,
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        **_options(),
    )
    return 0


def _options() -> dict[str, Any]:
    return {
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": STOP_SECONDS,
        "h11_max_incomplete_event_size": 64 * 1024,
    }


async def worker(context: Context, _arguments: Namespace) -> int:
    """Jobs and events, until it is told to stop."""
    logs.configure(context.settings.log_level, context.settings.log_format)
    async with context.running() as kernel:
        from crm_kernel.jobs.background import background

        stopped = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
        async with background(kernel):
            await stopped.wait()
    return 0
