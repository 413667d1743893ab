"""`crm audit`: a head to be kept outside, and whether the logs are as they were written."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from crm_kernel.errors import NotFound
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

if TYPE_CHECKING:
    from crm_kernel.audit.findings import KeptHead

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The commands of this group."""
    group = commands.group("audit", _("whether the audit is whole"))
    group.add("head", _("print both logs' ends, to be kept outside"), head)
    verifying = group.add("verify", _("verify the logs' chains; exit code 1 if something is wrong"), verify)
    verifying.add_argument(
        "--head", metavar="FILE", type=Path, help=translate(_("compare with a head that was kept outside"))
    )


async def head(context: Context, _arguments: Namespace) -> int:
    """A JSON document in any case, so that it can be kept in a file."""
    async with context.running() as kernel:
        context.answer(await kernel.service("audit_chain").head())
    return 0


async def verify(context: Context, arguments: Namespace) -> int:
    """Exit code 1 when something is wrong."""
    from crm_kernel.audit.findings import shown_finding

    kept = _kept(arguments.head) if arguments.head is not None else None
    async with context.running() as kernel:
        verdict = await kernel.service("audit_chain").verify(kept)
    document = {
        "ok": verdict.ok,
        "entries": verdict.entries,
        "first_bad": shown_finding(verdict.finding),
        "unsealed": verdict.unsealed,
    }
    said = _("{entries} entries are as they were written; {unsealed} are not sealed yet.")(
        entries=verdict.entries, unsealed=verdict.unsealed
    )
    context.answer(document, verdict.finding.words if verdict.finding else said)
    return 0 if verdict.ok else 1


def _kept(file: Path) -> KeptHead:
    from crm_kernel.audit.integrity import read_kept_head

    try:
        return read_kept_head(file.read_bytes())
    except OSError as fault:
        raise NotFound(_("The file {file} cannot be read.")(file=file)) from fault
