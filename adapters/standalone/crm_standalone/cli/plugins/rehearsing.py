"""`crm plugins rehearse`: tries the installed packages, or newer ones, on a copy of the database."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import zipfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_kernel.errors import NotFound
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_standalone.cli.context import Context, table
from crm_standalone.cli.parser import Commands

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.rehearsal.rehearsal import Step
    from crm_kernel.settings import Settings

_ = messages("standalone")
AGAIN = "import sys; from crm_standalone.cli import main; sys.exit(main())"


def register(commands: Commands) -> None:
    """The command of this file."""
    parser = commands.add("rehearse", _("try an upgrade on a copy of the database"), run)
    wheels = translate(_("try these wheels in place of what is installed"))
    parser.add_argument("--with", dest="wheels", metavar="WHEEL", nargs="+", default=[], help=wheels)


def run(context: Context, arguments: Namespace) -> Any:
    """Exit code 1 when a step did not hold."""
    return _with(arguments.wheels) if arguments.wheels else _rehearsed(context)


def _with(wheels: list[str]) -> int:
    """The same command in a process that finds the contents of the wheels before what is installed."""
    with tempfile.TemporaryDirectory(prefix="crm-wheels-") as folder:
        for wheel in wheels:
            if not zipfile.is_zipfile(wheel):
                raise NotFound(_("{file} is no wheel.")(file=wheel))
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder)
        path = os.pathsep.join([folder, *filter(None, [os.environ.get("PYTHONPATH")])])
        words = [word for word in sys.argv[1:] if word not in ("--with", *wheels)]
        env = {**os.environ, "PYTHONPATH": path}
        return subprocess.run([sys.executable, "-c", AGAIN, *words], env=env, check=False).returncode


async def _rehearsed(context: Context) -> int:
    from crm_kernel.rehearsal.rehearsal import rehearse
    from crm_standalone.boot import boot

    def booted(settings: Settings, overrides: Mapping[str, Any]) -> Kernel:
        return boot(settings, overrides=overrides)

    logging.disable(logging.WARNING)  # provoked faults would stand between the findings
    with tempfile.TemporaryDirectory(prefix="crm-rehearsal-") as scratch:
        steps = await rehearse(context.settings, booted, Path(scratch))
    document = {
        "done": all(step.done for step in steps),
        "steps": [{"name": s.name, "says": s.says, "done": s.done, "faults": list(s.faults)} for s in steps],
    }
    context.answer(document, _report(context, steps))
    return int(not document["done"])


def _report(context: Context, steps: list[Step]) -> str:
    done, not_done = (translate(word, context.locale) for word in (_("holds"), _("broken")))
    lines = []
    for step in steps:
        lines.append((done if step.done else not_done, translate(step.says, context.locale)))
        lines += [("", f"  {fault}") for fault in step.faults]
    return table(lines)
